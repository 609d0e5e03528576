from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.livescore.domain.results.result import Departure, conclude
from services.livescore.domain.results.reveal import announced, reveal_steps, revealed
from shared.contracts.acts import Rules
from tests.domain.livescore.entered import FIXTURE, departing, entrant, result

FIELDS = st.lists(
    st.tuples(st.integers(0, 8), st.sampled_from(["competing", "competing", "guest"]), st.sampled_from(["GB", "CN"])),
    max_size=10,
)


def told(text: str) -> list[tuple[str, int, tuple[str, ...], list[str]]]:
    return [
        (step.kind, step.rank, step.awards, [line.entrant.bib for line in step.lines])
        for step in reveal_steps(result(text))
    ]


def test_the_fixture_is_revealed_from_the_last_to_the_first_with_a_pause_at_each_award() -> None:
    """R58."""
    assert told(FIXTURE) == [
        ("reveal", 10, (), ["05"]),
        ("reveal", 9, (), ["10"]),
        ("reveal", 8, (), ["04"]),
        ("reveal", 7, (), ["01"]),
        ("reveal", 6, (), ["09"]),
        ("announce", 5, ("medallion",), []),
        ("reveal", 5, ("medallion",), ["07"]),
        ("announce", 4, ("medallion", "best_of_nation"), []),
        ("reveal", 4, ("medallion", "best_of_nation"), ["03"]),
        ("announce", 2, ("silver",), []),
        ("reveal", 2, ("silver",), ["02", "06"]),
        ("announce", 1, ("gold", "best_of_nation"), []),
        ("reveal", 1, ("gold", "best_of_nation"), ["08"]),
    ]


def test_a_board_shows_what_has_been_revealed_and_marks_only_in_their_mode() -> None:
    """R50, R58."""
    steps = reveal_steps(result(FIXTURE))
    assert revealed(steps, 1, totals=True) == {"c05": {"rank": 10, "total": "58.50"}}
    assert revealed(steps, 1, totals=False) == {"c05": {"rank": 10}}
    everything = revealed(steps, len(steps), totals=False)
    assert everything["c08"] == {"rank": 1, "medal": "gold", "best_of_nation": True}
    assert everything["c07"] == {"rank": 5, "medal": "medallion"}
    assert len(everything) == 10


def test_an_announcement_names_the_award_and_nobody_and_ends_with_the_reveal() -> None:
    """R58."""
    steps = reveal_steps(result(FIXTURE))
    assert announced(steps, 0) is None
    assert announced(steps, 5) is None
    assert announced(steps, 6) == {"rank": 5, "awards": ["medallion"]}
    assert "c07" not in revealed(steps, 6, totals=True)
    assert announced(steps, 7) is None
    assert "c07" in revealed(steps, 7, totals=True)
    assert announced(steps, 99) is None


def test_awarded_medals_are_revealed_and_not_computed_ones() -> None:
    """R65."""
    steps = reveal_steps(departing(FIXTURE, {"c06": Departure("bronze", "decided by both")}))
    board = revealed(steps, len(steps), totals=False)
    assert (board["c02"]["medal"], board["c06"]["medal"]) == ("silver", "bronze")
    assert announced(steps, 10) == {"rank": 2, "awards": ["silver", "bronze"]}


@given(FIELDS)
def test_everybody_with_a_rank_is_revealed_once_after_everybody_of_a_lower_place(
    field: list[tuple[int, Any, str]],
) -> None:
    """R58."""
    people = [
        entrant(f"{bib:02d}", Fraction(total), country, status) for bib, (total, status, country) in enumerate(field)
    ]
    found = conclude("autumn.electronics", people, Rules(), version=1)
    steps = reveal_steps(found)
    order = [line.entrant.id for step in steps for line in step.lines]
    assert sorted(order) == sorted(line.entrant.id for line in found.ranked)
    ranks = [line.rank for step in steps for line in step.lines if line.rank is not None]
    assert ranks == sorted(ranks, reverse=True)
    for taken, step in enumerate(steps, start=1):
        if step.awards and step.kind == "reveal":
            assert announced(steps, taken - 1) == {"rank": step.rank, "awards": list(step.awards)}
