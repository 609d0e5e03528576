"""Gold, silver and bronze by bands that do not chain (R60-R64), and Medallions for Excellence (R66).

Only those who compete come in here: guests, the withdrawn and the disqualified are removed before and never use up a
medal (R64). Whatever is decided otherwise by people is put on top elsewhere, so that both are kept (R65).
"""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import Literal

from services.livescore.domain.results.entrants import middle
from services.livescore.domain.results.standard import FEWEST, Near
from shared.contracts.release import Medal

COLOURS: tuple[Medal, ...] = ("gold", "silver", "bronze")


def colours(starters: int, *, small_field: bool) -> tuple[Medal, ...]:
    """Which medals a field of so many starters has (R63)."""
    if not small_field or starters >= 6:
        return COLOURS
    return {5: COLOURS[:2], 4: COLOURS[:1]}.get(starters, ())


def medals(
    totals: Mapping[str, Fraction],
    near: Near,
    given: Collection[Medal],
    after_tied_silver: Literal["none", "within_band"],
) -> dict[str, Medal]:
    """Medals by id (R62): anchors are fixed, `near` says whether a gap to an anchor is within the band."""
    left = sorted(totals.items(), key=lambda item: -item[1])

    def within(anchor: Fraction) -> list[tuple[str, Fraction]]:
        """Take those within the band of the anchor off what is left."""
        taken = [one for one in left if near(anchor - one[1])]
        del left[: len(taken)]
        return taken

    def next_group() -> list[tuple[str, Fraction]]:
        return within(left[0][1]) if left else []

    silvers: list[tuple[str, Fraction]] = []
    golds = next_group()
    if len(golds) >= 3:
        bronzes = within(golds[-1][1])
    elif len(golds) == 2:
        bronzes = next_group()
    else:
        silvers = next_group()
        if len(silvers) < 2:
            bronzes = next_group()
        else:
            bronzes = within(silvers[-1][1]) if after_tied_silver == "within_band" else []
    return {
        one: colour
        for colour, group in zip(COLOURS, (golds, silvers, bronzes), strict=True)
        if colour in given
        for one, _ in group
    }


def medallions(totals: Mapping[str, Fraction], medalled: Collection[str], starters: int) -> frozenset[str]:
    """Everybody without a medal at the median or above, in a field of six starters or more (R66)."""
    if starters < FEWEST or not totals:
        return frozenset()
    median = middle(totals.values())
    return frozenset(one for one, total in totals.items() if total >= median and one not in medalled)
