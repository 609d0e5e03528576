"""A rehearsal plays an event of the past as if it were today."""

from datetime import UTC, datetime, timedelta

from services.cli import EXAMPLE
from services.rehearsal.event import load_event
from services.rehearsal.organiser import moved_to

NOW = datetime(2026, 3, 28, 17, 44, 10, tzinfo=UTC)


def test_the_session_before_the_last_has_just_begun() -> None:
    moved = moved_to(NOW, load_event(EXAMPLE).showcase)
    starts = datetime.fromisoformat(moved["programme"][-2]["starts_at"])
    assert timedelta(0) <= NOW - starts < timedelta(minutes=30)
    assert starts.minute in {0, 30}


def test_lengths_and_gaps_of_the_programme_stay() -> None:
    showcase = load_event(EXAMPLE).showcase
    moved = moved_to(NOW, showcase)

    def times(programme: list[dict[str, str]]) -> list[datetime]:
        return [datetime.fromisoformat(one[end]) for one in programme for end in ("starts_at", "ends_at")]

    before, after = times(showcase["programme"]), times(moved["programme"])
    assert {late - early for early, late in zip(before, after, strict=True)} == {after[0] - before[0]}


def test_the_days_are_those_of_the_programme_in_the_hosts_zone() -> None:
    """17:30 in London is 01:30 of the next day in Shanghai."""
    moved = moved_to(NOW, load_event(EXAMPLE).showcase)
    assert (moved["starts_on"], moved["ends_on"]) == ("2026-03-27", "2026-03-29")
    assert all(one["starts_at"].endswith("+08:00") for one in moved["programme"])


def test_a_showcase_without_a_programme_stays_as_it_is() -> None:
    assert moved_to(NOW, {"id": "x", "starts_on": "2020-11-18"}) == {"id": "x", "starts_on": "2020-11-18"}
