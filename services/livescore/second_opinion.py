"""Asks the second scorer before a result is released: reads the whole ledger of a competition and compares.

What is compared is what will be released: the state that decisions are made on, the same folded anew, and its board,
all as of the moment of the question. Between every few events the thread is handed back, so judges go on marking.
"""

import asyncio
from collections.abc import Awaitable, Callable, Generator, Sequence
from fractions import Fraction

from services.livescore.domain.board import Standings
from services.livescore.domain.competition import Competition
from services.livescore.domain.conclusion import final_result, present_result
from services.livescore.domain.scorecard import Scorecard
from services.livescore.domain.totals import effective
from services.livescore.opinion.book import Book
from services.livescore.opinion.differences import Difference, Theirs, board_differences, result_differences
from services.livescore.opinion.opine import Opinion, deliberate
from shared.contracts.events import Recorded
from shared.contracts.names import competition_stream
from shared.errors import Fault
from shared.execute import Executor
from shared.ledger.port import Ledger

Read = Callable[[str, int], Awaitable[Sequence[Recorded]]]
"""Of a stream, what comes after a seq: some events at a time, in order, and none at its end."""

_EVENTS_AT_ONCE = 200


class SecondOpinion:
    """Call it with a competition; no faults mean that both scorers agree on everything."""

    def __init__(self, ledger: Ledger, executor: Executor[Competition]) -> None:
        self._ledger = ledger
        self._executor = executor

    async def __call__(self, competition: str) -> list[Fault]:
        # What decides is asked once, and its ledger read up to there: marks that go on coming hold nothing up.
        seq, live = await self._executor.look(competition_stream(competition), lambda state: (state.seq, theirs(state)))
        reading = _Reading(competition)
        opinion = await reading.opinion(self._after, seq)
        # Cells and results of the state that decides, and of one folded anew with its board.
        decided = result_differences(opinion, live)
        found = await reading.differences(opinion)
        return [one.fault() for one in [*decided, *(one for one in found if one not in decided)]]

    def _after(self, stream: str, seq: int) -> Awaitable[Sequence[Recorded]]:
        return self._ledger.read(stream, seq, _EVENTS_AT_ONCE)


async def second_opinion(competition: str, read: Read) -> list[Difference]:
    """Where a fresh fold of the first scorer and the second one differ; the other tasks have their turns in between."""
    reading = _Reading(competition)
    return await reading.differences(await reading.opinion(read))


class _Reading:
    """Both scorers on their way through one ledger."""

    def __init__(self, competition: str) -> None:
        self._stream = competition_stream(competition)
        self._book = Book()
        self._standings = Standings(competition)

    async def opinion(self, read: Read, until: int | None = None) -> Opinion:
        """Of everything up to that seq, or of all there is."""
        while self._book.seq != until and (some := await read(self._stream, self._book.seq)):
            for recorded in some:
                if until is not None and recorded.seq > until:
                    break
                self._book.enter(recorded)
                self._standings.apply(recorded)
            await asyncio.sleep(0)
        return await _patiently(deliberate(self._book))

    async def differences(self, opinion: Opinion) -> list[Difference]:
        first = theirs(self._standings.state)
        await asyncio.sleep(0)
        found = result_differences(opinion, first)
        await asyncio.sleep(0)
        board = self._standings.board("-")
        await asyncio.sleep(0)
        return [*found, *board_differences(opinion, board.head, board.rows)]


def theirs(card: Scorecard) -> Theirs:
    """What the first scorer says of awards and results, as plain values."""
    final = final_result(card)
    rules = {} if card.scheme is None else card.scheme.aspects
    return Theirs(
        cells={
            (one.id, aspect): _exact(effective(one.cells.get(aspect), rule, card.full_marks, "exact"))
            for one in card.competitors.values()
            for aspect, rule in rules.items()
        },
        result=present_result(card, len(card.finals) + 1).to_json(),
        final=None if final is None else final.to_json(),
    )


def _exact(award: Fraction | None) -> str | None:
    return None if award is None else str(award)


async def _patiently(deliberation: Generator[None, None, Opinion]) -> Opinion:
    while True:
        try:
            next(deliberation)
        except StopIteration as ended:
            opinion: Opinion = ended.value
            return opinion
        await asyncio.sleep(0)
