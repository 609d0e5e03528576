"""Access tokens: signed by registration, verified by everyone else with the public key.

Only EdDSA is accepted, whatever the token's header says; issuer, audience and expiry are required. Only registration
holds the private key, so this module can verify and not sign. Verified tokens are remembered for a while, because
a judge sends the same one with every mark and a signature check costs more than the rest of the request.
"""

import json
import time
from collections import OrderedDict
from pathlib import Path

import jwt

from shared.access import Caller, Role
from shared.errors import Unauthorised, Unavailable

AUDIENCE = "showcase"
ISSUER = "showcase/registration"
ALGORITHM = "EdDSA"
_REMEMBERED = 4096


class TokenVerifier:
    """Verifies tokens with the keys of a JWKS file, which registration writes on its first start."""

    def __init__(self, jwks: Path) -> None:
        self._path = jwks
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
        if kid not in self._keys:
            try:
                found = json.loads(self._path.read_text())["keys"]
            except FileNotFoundError:
                raise Unavailable("registration has not made its keys yet") from None
            self._keys = {key["kid"]: jwt.PyJWK(key, algorithm=ALGORITHM) for key in found}
        return self._keys[kid]

    def _check(self, token: str) -> Caller:
        try:
            key = self._key(str(jwt.get_unverified_header(token).get("kid")))
            claims = jwt.decode(
                token,
                key,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                issuer=ISSUER,
                options={"require": ["exp", "iat", "sub", "aud", "iss", "jti"]},
            )
            role: Role = {"organiser": "organiser", "judge": "judge"}[claims["role"]]  # type: ignore[assignment]
            competitions = frozenset(str(one) for one in claims.get("competitions", ()))
            return Caller(role, str(claims["sub"]), str(claims["showcase"]), competitions, float(claims["exp"]))
        except jwt.ExpiredSignatureError:
            raise Unauthorised(
                "token_expired", "This access link has expired; ask the organiser for a new one."
            ) from None
        except (jwt.PyJWTError, KeyError, TypeError, ValueError):
            raise Unauthorised("token_invalid", "This access link is not valid here; ask the organiser.") from None
