"""Gold, silver and bronze by the letter of R62, on whole numbers."""

from collections.abc import Callable

Within = Callable[[int, int], bool]
"""Whether the second of two totals is no further below the first than the band."""


def medals(totals: dict[str, int], within: Within, bronze_after_tied_silver: str) -> dict[str, str]:
    """`totals` are those of everybody eligible; guests and others have been removed before (R64)."""
    v = sorted(totals.values(), reverse=True)
    if not v:
        return {}
    # 1. Gold: all with v_first - v <= band.
    golds = sum(within(v[0], one) for one in v)
    silvers = bronzes = 0
    rest = v[golds:]
    if golds >= 3:
        # 2. Three or more golds: no silver; bronze only for those with v_last_gold - v <= band.
        bronzes = sum(within(v[golds - 1], one) for one in rest)
    elif golds == 2:
        # 3. Two golds: no silver; bronze for the next competitor and all within band of that one.
        bronzes = sum(within(rest[0], one) for one in rest)
    elif rest:
        # 4. One gold: silver for the next and all within band of that one.
        silvers = sum(within(rest[0], one) for one in rest)
        after = rest[silvers:]
        if silvers == 1:
            # 5. One gold and one silver: bronze for the next and all within band of that one.
            bronzes = sum(within(after[0], one) for one in after)
        elif bronze_after_tied_silver == "within_band":
            bronzes = sum(within(rest[silvers - 1], one) for one in after)
    colours = ["gold"] * golds + ["silver"] * silvers + ["bronze"] * bronzes
    by_total = sorted(totals, key=lambda one: -totals[one])
    return dict(zip(by_total, colours, strict=False))


def given_to(starters: int, *, small_field: bool) -> set[str]:
    """The colours there are in a field of so many starters (R63)."""
    if not small_field or starters > 5:
        return {"gold", "silver", "bronze"}
    return {5: {"gold", "silver"}, 4: {"gold"}}.get(starters, set())
