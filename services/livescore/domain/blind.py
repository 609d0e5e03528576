"""Blind pieces: on a form that is marked blind, judges see a number in place of a person and a country (R32).

The number follows from a secret of the competition, the form and the competitor, so every copy of the service gives the
same one and nobody can work it out; it differs from form to form, so a piece cannot be followed.
"""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

_PREFIX = "piece-"


@lru_cache(maxsize=64)
def pieces(secret: str, form: str, competitors: tuple[str, ...]) -> dict[str, str]:
    """Piece ids such as `piece-417` by competitor; three digits, five where there are many competitors."""
    digits = 3 if len(competitors) <= 300 else 5
    taken: dict[str, str] = {}
    for competitor in sorted(competitors, key=lambda one: _draw(secret, form, one)):
        number = _draw(secret, form, competitor) % 10**digits
        while f"{_PREFIX}{number:0{digits}}" in taken:
            number = (number + 1) % 10**digits
        taken[f"{_PREFIX}{number:0{digits}}"] = competitor
    return {competitor: piece for piece, competitor in taken.items()}


def behind(secret: str, form: str, competitors: Iterable[str], piece: str) -> str | None:
    """The competitor behind a piece's id, or None."""
    found = pieces(secret, form, tuple(competitors))
    return next((competitor for competitor, one in found.items() if one == piece), None)


def _draw(secret: str, form: str, competitor: str) -> int:
    digest = blake2b(f"{form}/{competitor}".encode(), key=secret.encode()[:64], digest_size=8).digest()
    return int.from_bytes(digest, "big")
