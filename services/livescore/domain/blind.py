"""Blind pieces: on a form that is marked blind, judges see a number in place of a person and a country (R32).

The number follows from a secret of the competition, the form and the competitor, so every copy of the service gives the
same one and nobody can work it out; it differs from form to form, so a piece cannot be followed.
"""

from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b

_PREFIX = "piece-"
_NUMBERS = 10_000
"""Ten times as many as a competition may have competitors."""


@lru_cache(maxsize=64)
def pieces(secret: str, form: str, competitors: tuple[str, ...]) -> dict[str, str]:
    """Piece ids such as `piece-4171` by competitor, who are given in the order in which they entered.

    Whoever comes later takes a number that is free: a tablet without a network may hold marks for the earlier ones.
    """
    taken: dict[str, str] = {}
    for competitor in competitors:
        number = _draw(secret, form, competitor) % _NUMBERS
        while f"{_PREFIX}{number:04}" in taken:
            number = (number + 1) % _NUMBERS
        taken[f"{_PREFIX}{number:04}"] = competitor
    return {competitor: piece for piece, competitor in taken.items()}


def behind(secret: str, form: str, competitors: Iterable[str], piece: str) -> str | None:
    """The competitor behind a piece's id, or None."""
    found = pieces(secret, form, tuple(competitors))
    return next((competitor for competitor, one in found.items() if one == piece), None)


def _draw(secret: str, form: str, competitor: str) -> int:
    digest = blake2b(f"{form}/{competitor}".encode(), key=secret.encode()[:64], digest_size=8).digest()
    return int.from_bytes(digest, "big")
