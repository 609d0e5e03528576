"""No leak (R21, R51-R56): whatever marks nobody outside may know yet are changed, the public sees the very same bytes.

Random histories of whole competitions (freeze, delay, release, reopening, appeals, rehearsals and all) are played
twice, the second time with other values in every mark that never came to count for the public. After every event the
board has to be the same, byte for byte, and so has its `seq`: neither order nor counts nor "last changed" tell.
Which marks count for the public is worked out here by the words of the rules, not by the code under test.
"""

from __future__ import annotations

from datetime import datetime
from itertools import count
from random import Random
from typing import TYPE_CHECKING

import pytest

from services.livescore.domain import judgement
from services.livescore.domain.board import Standings
from services.livescore.domain.cells import MeasuredCell
from services.livescore.domain.feed.objects import public_objects
from services.livescore.domain.public import Public
from services.livescore.domain.scorecard import Scorecard
from shared.contracts.board import encode_board
from shared.contracts.events import Recorded
from shared.contracts.livescore import MarkGiven
from tests.properties.random_competitions import ID, random_competition
from tests.properties.random_schemes import random_reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from services.livescore.domain.cells import Cell

BATCHES, PER_BATCH = 10, 52
_REACHED = {"at_once": 0, "verified": 2, "signed": 3, "locked": 4}
_PLACE = {"open": 0, "remark": 0, "reopened": 0, "submitted": 1, "verified": 2, "signed": 3, "locked": 4}


def counts(card: Scorecard, form: str, competitor: str) -> bool:
    """Whether what is on this sheet now is what the public sees of it (R51, R52)."""
    when, sheet = card.release.when(form), card.sheet(form, competitor)
    return when != "withheld" and not sheet.review and _PLACE[sheet.state] >= _REACHED[when]


def given_in(cell: Cell) -> Iterable[int]:
    """The seqs of the marks that a standing cell's award comes from."""
    if isinstance(cell, MeasuredCell):
        return [cell.seq]
    if cell.award is not None:
        return [given.seq for round_ in (*cell.earlier, cell.revealed) for given in round_.values()]
    return []


def disclosed(ledger: Sequence[Recorded]) -> set[int]:
    """The seqs of all marks that ever counted in figures or an order that the public could see."""
    card, found = Scorecard(ID), set()
    for recorded in ledger:
        if card.release.stands_still(recorded.at):
            card.release.freeze(recorded.at)
        card.apply(recorded)
        revealing = card.release.reveal is not None
        final = card.final is not None and not card.release.frozen
        figures = card.release.mode != "progress" and card.kind == "competition" and not card.release.frozen
        if card.scheme is None or not (figures or revealing or final):
            continue
        for one in card.competitors.values():
            for aspect, cell in one.cells.items():
                rule = card.scheme.aspects[aspect]
                if revealing or final or counts(card, rule.form, one.id):
                    found |= set(given_in(cell))
    return found


def changed(ledger: Sequence[Recorded], keep: set[int], rng: Random) -> tuple[list[Recorded], int]:
    """The same history with other values in all marks but those, as long as rounds that stand go on standing."""
    groups: dict[tuple[str, str, int], list[int]] = {}
    for at, recorded in enumerate(ledger):
        if isinstance(event := recorded.event, MarkGiven):
            groups.setdefault((event.competitor, event.aspect, event.round), []).append(at)
    others, number = list(ledger), 0
    card = Scorecard(ID)
    schemes = []
    for recorded in ledger:
        card.apply(recorded)
        schemes.append(card.scheme)
    for places in groups.values():
        marks = [event for at in places if isinstance(event := ledger[at].event, MarkGiven)]
        if any(ledger[at].seq in keep for at in places) and (marks[0].score is not None or marks[0].pair is not None):
            continue
        if marks[0].pair is not None:
            continue  # two pairs' readings say whether they agree, which decides what happens next
        if marks[0].score is not None:
            values = other_scores(marks, rng)
            for at, score in zip(places, values, strict=True):
                number += ledger[at].event.score != score  # type: ignore[attr-defined]
                others[at] = with_mark(ledger[at], score=score)
            continue
        for at in places:
            scheme = schemes[at]
            rule = None if scheme is None else scheme.aspects.get(marks[0].aspect)
            if ledger[at].seq in keep or rule is None or rule.aspect.measure is None:
                continue
            others[at] = with_mark(ledger[at], value=random_reading(rng, rule.aspect.measure.model_dump()))
            number += others[at].event != ledger[at].event
    return others, number


def other_scores(marks: list[MarkGiven], rng: Random) -> list[int]:
    """Other scores of one round, which stand together exactly when the first ones did."""
    last = {mark.judge: mark.score or 0 for mark in marks}
    if len(last) < judgement.PANEL_SIZE:
        return [rng.randrange(4) for _ in marks]
    stood = judgement.stands(list(last.values()))
    while True:
        drawn = {judge: rng.randrange(4) for judge in last}
        if judgement.stands(list(drawn.values())) == stood:
            return [drawn[mark.judge] for mark in marks]


def with_mark(recorded: Recorded, **fields: object) -> Recorded:
    return recorded._replace(event=recorded.event.model_copy(update=fields))


def pictures(ledger: Sequence[Recorded]) -> list[tuple[bool, int, bytes]]:
    standings = Standings(ID)
    return [(standings.apply(recorded), standings.seq, encode_board(standings.board("epoch"))) for recorded in ledger]


def pictures_in_time(ledger: Sequence[Recorded], moments: Sequence[datetime]) -> list[bytes]:
    """What is public at certain moments, the delay included."""
    public, found = Public(ID), []
    for recorded, moment in zip(ledger, moments, strict=True):
        public.apply(recorded)
        public.advance(moment)
        found.append(encode_board(public.board("epoch")))
    return found


def told_apart(first_seed: int, wanted: int) -> Iterator[tuple[int, list[Recorded], list[Recorded]]]:
    """So many random histories in which there was something to change, each with its double."""
    found = 0
    for seed in count(first_seed):
        one = random_competition(seed)
        others, number = changed(one.ledger, disclosed(one.ledger), Random(seed))
        if number:
            yield seed, one.ledger, others
            found += 1
        if found == wanted:
            return


@pytest.mark.parametrize("batch", range(BATCHES))
def test_r56_hidden_marks_change_no_public_byte(batch: int) -> None:
    for seed, ledger, others in told_apart(batch * 10_000, PER_BATCH):
        for recorded, was, is_ in zip(ledger, pictures(ledger), pictures(others), strict=True):
            assert is_ == was, f"competition {seed}: seq {recorded.seq} {recorded.event!r}"


def test_r53_r56_neither_do_they_through_the_delay() -> None:
    for _, ledger, others in told_apart(200_000, 40):
        moments = [datetime.fromisoformat(recorded.at) for recorded in ledger]
        assert pictures_in_time(ledger, moments) == pictures_in_time(others, moments)


def test_r88_nor_what_programs_follow() -> None:
    for _, ledger, others in told_apart(300_000, 30):
        boards = []
        for history in (ledger, others):
            standings = Standings(ID)
            for recorded in history:
                standings.apply(recorded)
            boards.append(public_objects(standings.board("epoch")))
        assert boards[0] == boards[1]


def test_what_is_changed_would_show_if_it_leaked() -> None:
    """Most of these doubles have other totals: a board that showed what is hidden would be caught by many of them."""
    different = 0
    for _, ledger, others in told_apart(400_000, 40):
        totals = []
        for history in (ledger, others):
            card = Scorecard(ID)
            for recorded in history:
                card.apply(recorded)
            totals.append([card.totals(entrant).total for entrant in card.competitors.values()])
        different += totals[0] != totals[1]
    assert different >= 20
