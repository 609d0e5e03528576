"""Access tokens: signed by registration, verified by everyone else with the public key.

Only EdDSA is accepted, whatever the token's header says; issuer, audience and expiry are required. Only registration
holds the private key, so this module can verify and not sign. Verified tokens are remembered for a while, because
a judge sends the same one with every mark and a signature check costs more than the rest of the request.
"""

import json
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, get_args

import jwt

from shared.access import Caller, Role
from shared.errors import Unauthorised, Unavailable

AUDIENCE = "showcase"
ISSUER = "showcase/registration"
ALGORITHM = "EdDSA"
_REMEMBERED = 4096
_ROLES: dict[str, Role] = {role: role for role in get_args(Role)}


class PublicKeys(Protocol):
    """Where registration's public keys are found."""

    def find(self, kid: str) -> Mapping[str, Any]:
        """The key of this name as a JSON Web Key. Raises KeyError, or Unavailable while it cannot be told."""


class KeyFile:
    """A JWKS file, read again whenever a key is asked for that was not in it before."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def find(self, kid: str) -> Mapping[str, Any]:
        try:
            return keys_in(self._path.read_bytes())[kid]
        except FileNotFoundError:
            raise Unavailable("registration has not made its keys yet") from None


def keys_in(jwks: bytes) -> dict[str, Mapping[str, Any]]:
    """The keys of a JWKS document by name; raise ValueError when it is none."""
    try:
        return {str(key["kid"]): key for key in json.loads(jwks)["keys"]}
    except (KeyError, TypeError) as exc:
        raise ValueError("no JSON Web Key Set") from exc


class TokenVerifier:
    """Verifies tokens with registration's public keys."""

    def __init__(self, keys: PublicKeys) -> None:
        self._source = keys
        self._keys: dict[str, jwt.PyJWK] = {}
        self._known: OrderedDict[str, Caller] = OrderedDict()

    def verify(self, token: str) -> Caller:
        """Raise Unauthorised for anything but a current token of ours."""
        caller = self._known.get(token)
        if caller is None:
            caller = self._check(token)
            self._known[token] = caller
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        if caller.expires <= time.time():
            raise Unauthorised("token_expired", "This access link has expired; ask the organiser for a new one.")
        return caller

    def _key(self, kid: str) -> jwt.PyJWK:
        key = self._keys.get(kid)
        if key is None:
            key = self._keys[kid] = jwt.PyJWK(dict(self._source.find(kid)), algorithm=ALGORITHM)
        return key

    def _check(self, token: str) -> Caller:
        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid")))
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                # A copy whose clock is behind must not turn away a judge whose link was made a moment ago.
                options={"require": ["exp", "iat", "sub", "aud", "iss", "jti"], "verify_iat": False},
            )
            role = _ROLES[claims["role"]]
            competitions = frozenset(str(one) for one in claims.get("competitions", ()))
            competitors = frozenset(str(one) for one in claims.get("competitors", ()))
            return Caller(
                role, str(claims["sub"]), str(claims["showcase"]), competitions, float(claims["exp"]), competitors
            )
        except jwt.ExpiredSignatureError:
            raise Unauthorised(
                "token_expired", "This access link has expired; ask the organiser for a new one."
            ) from None
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            raise Unauthorised("token_invalid", "This access link is not valid here; ask the organiser.") from None
