"""The key that signs links, on its way from one place to another: never over another one, never half written."""

from pathlib import Path

from services.registration.signing_key import open_signing_key, write_private
from shared.errors import BadStart

_KEY = "signing.pem"


def read_key(folder: Path) -> bytes:
    try:
        return (folder / _KEY).read_bytes()
    except OSError as exc:
        raise BadStart(f"cannot read {folder / _KEY}: {exc.strerror}") from exc


def has_key(folder: Path) -> bool:
    return (folder / _KEY).exists()


def refuse_another(folder: Path, pem: bytes) -> None:
    """Raise BadStart when links signed with this key could not be checked there."""
    if has_key(folder) and read_key(folder) != pem:
        raise BadStart(f"{folder} holds another signing key; name an empty folder with --keys")


def keep_key(folder: Path, pem: bytes) -> None:
    """Keep the key with its public half; raise BadStart when it is none, and leave nothing then."""
    refuse_another(folder, pem)
    if has_key(folder):
        return
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_private(folder / _KEY, pem)
    except OSError as exc:
        raise BadStart(f"cannot write in {folder}: {exc.strerror}") from exc
    try:
        open_signing_key(folder)
    except BadStart:
        (folder / _KEY).unlink()
        raise
