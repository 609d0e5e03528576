"""Tokens for organisers, staff, competitors and trainers, and the links and QR codes that carry them.

A token is a JWT signed with Ed25519; `shared/tokens.py` checks it in every service with the public key alone. It
travels in the link's fragment, which browsers send to nobody (S19). Times and ids are passed in, so the same request
makes the same link again and a lost answer can be asked for once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Literal

import jwt
import segno

from services.registration.signing_key import SigningKey, write_private
from shared.contracts.registration import Office
from shared.ids import new_id, utc_now
from shared.tokens import ALGORITHM, AUDIENCE, ISSUER

_RENEW_BEFORE = timedelta(days=7)
_AFTER_THE_END = timedelta(days=4)
_AT_LEAST = timedelta(days=7)
_PAGES: dict[Office, str] = {"judge": "judge", "chief": "chief", "manager": "chief", "presenter": "presenter"}
"""The page of livescore that each office works on; chief expert and competition manager share one."""


@dataclass(frozen=True, slots=True)
class Link:
    """An address with its token; whoever has it is let in, so `repr` hides it."""

    url: str = field(repr=False)
    expires_at: datetime

    def qr(self) -> str:
        """The link as a QR code: an SVG image in a data URI."""
        return segno.make(self.url, error="l", micro=False).svg_data_uri(scale=4, border=4)


class AccessTokens:
    def __init__(self, key: SigningKey, public_url: str, livescore_url: str) -> None:
        self._key = key
        self._public_url = public_url
        self._livescore_url = livescore_url

    def organiser(self, showcase: str, token_id: str, at: datetime, expires_at: datetime) -> Link:
        """`*` stands for every showcase, also those to come."""
        token = self._sign({"role": "organiser", "sub": "organiser", "showcase": showcase}, token_id, at, expires_at)
        return Link(f"{self._public_url}/organise#token={token}", expires_at)

    def seat(
        self,
        office: Office,
        holder: str,
        country: str,
        showcase: str,
        competitions: Sequence[str],
        token_id: str,
        at: datetime,
        expires_at: datetime,
    ) -> Link:
        claims = {
            "role": office,
            "sub": holder,
            "showcase": showcase,
            "country": country,
            "competitions": list(competitions),
        }
        return self._link(_PAGES[office], claims, token_id, at, expires_at)

    def follower(
        self,
        role: Literal["competitor", "trainer"],
        follower: str,
        showcase: str,
        competitions: Sequence[str],
        competitors: Sequence[str],
        token_id: str,
        at: datetime,
        expires_at: datetime,
    ) -> Link:
        """For somebody who may see these competitors' results and nobody else's."""
        claims = {
            "role": role,
            "sub": follower,
            "showcase": showcase,
            "competitions": list(competitions),
            "competitors": list(competitors),
        }
        return self._link("mine", claims, token_id, at, expires_at)

    def _link(self, page: str, claims: dict[str, Any], token_id: str, at: datetime, expires_at: datetime) -> Link:
        return Link(f"{self._livescore_url}/{page}#token={self._sign(claims, token_id, at, expires_at)}", expires_at)

    def _sign(self, claims: dict[str, Any], token_id: str, at: datetime, expires_at: datetime) -> str:
        return jwt.encode(
            {
                **claims,
                "iss": ISSUER,
                "aud": AUDIENCE,
                "iat": int(at.timestamp()),
                "exp": int(expires_at.timestamp()),
                "jti": token_id,
            },
            self._key.private,
            algorithm=ALGORITHM,
            headers={"kid": self._key.kid},
        )


def link_ends(last_day: date, at: datetime, days_valid: int | None) -> datetime:
    """So many days after `at`, or long enough for the last marks after the showcase in every time zone."""
    if days_valid is not None:
        return at + timedelta(days=days_valid)
    return max(datetime.combine(last_day, time(), UTC) + _AFTER_THE_END, at + _AT_LEAST)


def keep_organiser_link(path: Path, tokens: AccessTokens, key: SigningKey, days: int) -> None:
    """Write the first organiser's link at the first start, and a new one when the old one is about to end."""
    now = utc_now()
    if path.exists() and _works_until(path.read_text(), key) > now + _RENEW_BEFORE:
        return
    link = tokens.organiser("*", new_id(), now, now + timedelta(days=days))
    write_private(path, link.url.encode() + b"\n")


def _works_until(link: str, key: SigningKey) -> datetime:
    """When the token in a link ends; long ago, when it is not signed with our key."""
    try:
        claims = jwt.decode(
            link.strip().partition("#token=")[2], key.private.public_key(), algorithms=[ALGORITHM], audience=AUDIENCE
        )
    except jwt.InvalidTokenError:
        return datetime.fromtimestamp(0, UTC)
    return datetime.fromtimestamp(claims["exp"], UTC)
