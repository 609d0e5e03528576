"""The key pair that signs links: made once, on the first start, in `<data>/keys`.

`signing.pem` is readable by this user alone from its first byte on, because it is created with that mode, never given
it afterwards. It appears complete or not at all: a crash leaves a `.new` file that the next start throws away.
`jwks.json` holds the public half for every service that checks tokens; its `kid` is the key's thumbprint (RFC 7638),
so a replaced key is never taken for the old one.
"""

import base64
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from shared.errors import BadStart
from shared.tokens import keys_in

_PRIVATE = "signing.pem"
_PUBLIC = "jwks.json"


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The pair; it also tells its own public half, to check what it has signed."""

    kid: str
    private: Ed25519PrivateKey = field(repr=False)
    public_jwks: bytes

    def find(self, kid: str) -> Mapping[str, Any]:
        return keys_in(self.public_jwks)[kid]


def open_signing_key(folder: Path) -> SigningKey:
    """Read the key, making it at the first start; raise BadStart when others can read it or it is no key of ours."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / _PRIVATE
    if not path.exists():
        pem = Ed25519PrivateKey.generate().private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        write_private(path, pem)
    key = read_signing_key(folder)
    jwks = folder / _PUBLIC
    if not jwks.exists() or jwks.read_bytes() != key.public_jwks:
        _write_new(jwks, key.public_jwks, 0o644)
    return key


def read_signing_key(folder: Path) -> SigningKey:
    """Read a key that was made before, and change nothing: several copies share it, and their folder may be read-only.

    Raise BadStart when it is not there, when others can read it, or when it is no key of ours.
    """
    path = folder / _PRIVATE
    try:
        status, content = path.stat(), path.read_bytes()
    except FileNotFoundError:
        raise BadStart(
            f"there is no key pair in {folder}: make one with `showcase keys --out {folder}` and give it to every copy"
        ) from None
    except OSError as exc:
        raise BadStart(f"cannot read {path}: {exc.strerror}") from exc
    # A file that was put there for us by somebody else can only be read through its group (a mounted secret).
    exposed = 0o077 if status.st_uid == os.getuid() else 0o027
    if stat.S_IMODE(status.st_mode) & exposed:
        raise BadStart(f"{path} can be read by others; make a new key or set its mode to 0600")
    try:
        private = serialization.load_pem_private_key(content, None)
    except ValueError as exc:
        raise BadStart(f"{path} is not a private key") from exc
    if not isinstance(private, Ed25519PrivateKey):
        raise BadStart(f"{path} is not an Ed25519 key")
    return _with_public_half(private)


def write_private(path: Path, content: bytes) -> None:
    """Write a file that nobody else can ever read, complete or not at all."""
    _write_new(path, content, 0o600)


def _write_new(path: Path, content: bytes, mode: int) -> None:
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    # O_EXCL: never write a secret into a file that somebody else put there and holds open.
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _with_public_half(private: Ed25519PrivateKey) -> SigningKey:
    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    required = {"crv": "Ed25519", "kty": "OKP", "x": _base64url(raw)}
    thumbprint = json.dumps(required, separators=(",", ":"), sort_keys=True).encode()
    kid = _base64url(hashlib.sha256(thumbprint).digest())
    jwks = {"keys": [{**required, "kid": kid, "use": "sig", "alg": "EdDSA"}]}
    return SigningKey(kid, private, json.dumps(jwks, indent=1).encode() + b"\n")


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
