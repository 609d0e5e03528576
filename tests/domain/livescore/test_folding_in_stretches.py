"""A ledger folded many events at a time: the board, its seq and its times are those of the slow way, event by event."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.livescore.domain.arithmetic import Sum
from services.livescore.domain.board import Standings
from services.livescore.domain.public import Public
from services.livescore.domain.ranking import Order, ranks
from shared.contracts.acts import BoardModeSet, RulesSet
from shared.contracts.board import encode_board
from shared.contracts.events import Event, decode, encode
from shared.contracts.livescore import (
    CompetitionOpened,
    CompetitorEntered,
    CompetitorLeft,
    CompetitorStatusSet,
    MarkGiven,
    SchemeImported,
)
from shared.contracts.marks_in_bulk import decode_all
from shared.contracts.release import DelaySet, FreezePlanned, Frozen, ReleaseSet, Thawed
from shared.contracts.sheets import SheetLocked, SheetReopened, SheetSigned, SheetSubmitted, SheetVerified
from shared.contracts.text import Text
from shared.ids import record
from tests.domain.livescore.told import JUDGED, NOON, a_scheme

_FORMS = st.sampled_from(["A1", "B1"])
_COMPETITORS = st.sampled_from(["c01", "c02", "c03"])
# Few readings that are worth little apart: ties, passed neighbours and changes below a hundredth come up often.
_READINGS = {
    "A1.1": ["0", "1", "2", "3"],
    "A1.2": ["5400", "6000", "6000.1", "6001", "7200"],
    "A1.3": ["0", "1.5"],
    "B1.3": ["0", "9", "10"],
    "B1.4": ["met", "not_met", "not_attempted"],
}
_READ = st.sampled_from([(aspect, value) for aspect, values in _READINGS.items() for value in values])
_WHENS = st.sampled_from(["withheld", "at_once", "verified", "signed", "locked"])
_ACT: dict[str, Any] = {"command": "act-000001", "fingerprint": "0", "by": "chief", "office": "chief", "done_at": NOON}
_AGREED: dict[str, Any] = {**_ACT, "proposed_by": "manager", "proposal": "act-000000", "reason": "we looked again"}


def _mark(competitor: str, aspect: str, judge: str, **given: Any) -> MarkGiven:
    fields = {"mark": f"mark-{judge}-0001", "competitor": competitor, "aspect": aspect, "judge": judge}
    return MarkGiven(**fields, **given, marked_at=NOON, fingerprint="0")


def _sheet(kind: str, form: str, competitor: str) -> Event:
    place = {"form": form, "competitor": competitor, "version": 1}
    match kind:
        case "submitted":
            return SheetSubmitted(**_ACT, **place, digest="0", outcome="submitted")
        case "verified":
            return SheetVerified(**_ACT, **place, digest="0")
        case "signed":
            return SheetSigned(**_ACT, **place, digest="0", complete=True)
        case "locked":
            return SheetLocked(**_ACT, **place, digest="0")
        case _:
            return SheetReopened(**_AGREED, **place, code="judging")


_readings = st.builds(lambda competitor, read: _mark(competitor, read[0], "j1", value=read[1]), _COMPETITORS, _READ)
_scores = st.builds(
    lambda competitor, judge, score: _mark(competitor, JUDGED, judge, score=score),
    _COMPETITORS,
    st.sampled_from(["j1", "j2", "j3"]),
    st.sampled_from([1, 2]),
)
_sheets = st.builds(
    _sheet, st.sampled_from(["submitted", "verified", "signed", "locked", "reopened"]), _FORMS, _COMPETITORS
)
_status = st.sampled_from(["competing", "guest", "disqualified"])
_facts = st.one_of(
    st.builds(lambda mode: BoardModeSet(**_ACT, mode=mode), st.sampled_from(["marks", "rank", "progress"])),
    st.builds(lambda form, when: ReleaseSet(**_ACT, forms=(form,), when=when), _FORMS, _WHENS),
    st.builds(
        lambda rounding: RulesSet(**_ACT, rules={"rounding": rounding}), st.sampled_from(["exact", "aspect_2dp"])
    ),
    st.builds(lambda one, to: CompetitorStatusSet(competitor=one, status=to, source_seq=9), _COMPETITORS, _status),
    st.builds(lambda one: CompetitorLeft(competitor=one, source_seq=9), _COMPETITORS),
    st.builds(lambda minutes: FreezePlanned(**_ACT, at=NOON + timedelta(minutes=minutes)), st.integers(1, 60)),
    st.sampled_from([Frozen(**_ACT), Thawed(**_ACT), DelaySet(**_ACT, seconds=5), DelaySet(**_ACT, seconds=0)]),
)
_histories = st.lists(st.one_of(_readings, _readings, _readings, _scores, _sheets, _facts), min_size=5, max_size=60)
PER_EXAMPLE = settings(max_examples=150)


def ledger(history: list[Event], mode: str) -> list[bytes]:
    entered = [
        CompetitorEntered(competitor=one, bib=one[1:], display_name=one, country="GB", source_seq=2)
        for one in ("c01", "c02", "c03")
    ]
    opened = CompetitionOpened.model_validate(
        {"competition": "autumn.electronics", "title": Text(en="Electronics"), "board_mode": mode, "source_seq": 1}
    )
    events = [opened, *entered, SchemeImported(version=1, digest="0", scheme=a_scheme()), *history]
    # A second between two events, so that a planned freeze comes in the middle of them.
    recorded = record("competition/autumn.electronics", 0, events)
    times = [NOON + timedelta(seconds=10 * n) for n in range(len(events))]
    return [
        encode(one._replace(at=f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.000Z"))
        for one, at in zip(recorded, times, strict=True)
    ]


@PER_EXAMPLE
@given(_histories, st.sampled_from(["marks", "marks", "rank", "progress"]), st.lists(st.integers(1, 30), min_size=1))
def test_a_ledger_folded_in_stretches_gives_the_same_board(history: list[Event], mode: str, sizes: list[int]) -> None:
    bodies = ledger(history, mode)
    slowly, quickly = Public("autumn.electronics"), Public("autumn.electronics")
    for body in bodies:
        slowly.apply(decode(body))
    place = 0
    while place < len(bodies):
        for size in sizes:
            before = encode_board(quickly.board("epoch"))
            changed = quickly.apply_all(decode_all(bodies[place : place + size]))
            place += size
            assert changed or encode_board(quickly.board("epoch")) == before
            if place >= len(bodies):
                break
    later = datetime(2030, 1, 1, tzinfo=UTC)
    assert slowly.advance(later) == quickly.advance(later)
    assert encode_board(quickly.board("epoch")) == encode_board(slowly.board("epoch"))


def seen(standings: Standings) -> Any:
    """A board without what counts its changes."""
    board = standings.board("epoch")
    return {**board.head, "updated_at": None}, board.rows


@PER_EXAMPLE
@given(_histories, st.sampled_from(["marks", "rank", "progress"]))
def test_r50_the_public_seq_moves_exactly_when_the_public_bytes_do(history: list[Event], mode: str) -> None:
    kept = Standings("autumn.electronics")
    opened, *bodies = ledger(history, mode)
    kept.apply(decode(opened))
    for recorded in map(decode, bodies):
        seq, before = kept.seq, seen(kept)
        changed = kept.apply(recorded)
        assert (kept.seq == seq + 1) is changed
        assert (seen(kept) != before) is changed, recorded


@PER_EXAMPLE
@given(_histories, st.sampled_from(["marks", "rank"]))
def test_what_a_board_keeps_between_two_events_is_what_a_new_fold_works_out(history: list[Event], mode: str) -> None:
    kept = Standings("autumn.electronics")
    bodies = ledger(history, mode)
    for recorded in map(decode, bodies):
        kept.apply(recorded)
        kept.board("epoch")
    anew = Standings("autumn.electronics")
    for recorded in map(decode, bodies):
        anew.apply(recorded)
    assert encode_board(kept.board("epoch")) == encode_board(anew.board("epoch"))


_TOTALS = st.none() | st.builds(Sum, st.integers(0, 6), st.sampled_from([1, 2, 3, 6]))


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from("abcde"), _TOTALS), max_size=30))
def test_r59_an_order_that_is_kept_ranks_as_one_made_anew_and_says_when_ranks_move(
    changes: list[tuple[str, Sum | None]],
) -> None:
    kept, totals = Order({}), dict[str, Sum]()
    for competitor, total in changes:
        before = ranks(totals)
        if total is None:
            totals.pop(competitor, None)
        else:
            totals[competitor] = total
        moved = kept.put(competitor, total)
        better = {one: 1 + sum(other.exact > own.exact for other in totals.values()) for one, own in totals.items()}
        assert kept.ranks() == ranks(totals) == better
        assert moved is (better != before)
