"""Judge robots: give every mark of an event through the real edge, and remember what they were told.

Cells are worked on in marking order, several at once; the turns of one cell follow each other, because a correction
needs the seq it saw and a re-mark needs the first round to be complete. Every tenth mark is sent twice on purpose:
the second answer must be the first one.
"""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from services.rehearsal.event import Cell, Event, Turn
from services.rehearsal.http import Http, RefusedError
from services.rehearsal.organiser import Cast
from services.supervisor import Place
from shared.errors import BadStart
from shared.ids import new_id, rfc3339, utc_now

_REPEAT_EVERY = 10


@dataclass(frozen=True, slots=True)
class Ack:
    """What a judge was told, and when the mark was sent and acknowledged (`time.perf_counter` seconds)."""

    mark: str
    seq: int
    competitor: str
    aspect: str
    sent: float
    acked: float
    moves_board: bool
    """Whether this mark settled a cell that was not settled before."""


@dataclass(slots=True)
class Told:
    """Everything the robots were told."""

    acks: list[Ack] = field(default_factory=list)
    contradictions: list[str] = field(default_factory=list)
    """Repeats that were answered differently."""


class Judges:
    """The panel of an event; `play` gives what is still missing."""

    def __init__(self, event: Event, at: Place, cast: Cast, http: Http) -> None:
        self.told = Told()
        self._event = event
        self._url = f"{at.url('livescore')}/api/livescore/competitions/{event.competition_id}"
        self._cast = cast
        self._http = http

    async def play(self, pace: float | None, at_once: int = 16) -> None:
        """Give the marks, `pace` a second or as fast as answers come; may be cancelled at any moment.

        Raise BadStart when a mark is refused: the event's files do not fit its scheme or its people.
        """
        views = {key: await self._cells(key) for key in self._cast.tokens}
        work = iter([one for cell in self._event.cells if (one := self._missing(cell, views))])
        ticket = _Pace(pace)

        async def robot() -> None:
            for cell, turns, seen in work:
                seq = seen
                for turn in turns:
                    await ticket.wait()
                    seq = await self._give(cell, turn, seq if turn.corrects else None)

        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(at_once):
                    group.create_task(robot())
        except* RefusedError as refused:
            raise BadStart(f"a mark was refused: {refused.exceptions[0]}") from None

    async def _cells(self, judge: str) -> Any:
        return (await self._http.send("GET", f"{self._url}/marking", self._cast.tokens[judge])).body["cells"]

    def _missing(self, cell: Cell, views: dict[str, Any]) -> tuple[Cell, tuple[Turn, ...], int | None] | None:
        """What of a cell is not given yet, and the seq a correction has to name; None when all of it is there."""
        competitor = self._cast.competitors[cell.bib]
        seen = {judge: view for judge in views if (view := views[judge].get(competitor, {}).get(cell.aspect))}
        if not seen:
            return cell, cell.turns, None
        some = next(iter(seen.values()))
        last = cell.turns[-1]
        if last.score is None:
            return None if some["value"] == last.value else (cell, (last,), some["seq"])
        if some["state"] == "settled":
            return None
        open_round = max(view["round"] for view in seen.values())
        given = {judge for judge, view in seen.items() if view["state"] == "waiting"}
        turns = cell.turns[3 * (open_round - 1) :]
        return cell, tuple(turn for n, turn in enumerate(turns) if n >= 3 or turn.judge not in given), None

    async def _give(self, cell: Cell, turn: Turn, saw: int | None) -> int:
        competitor = self._cast.competitors[cell.bib]
        if turn.justification is not None:
            await self._justify(cell, turn.justification)
        mark = {
            "id": new_id(),
            "competitor": competitor,
            "aspect": cell.aspect,
            "marked_at": rfc3339(utc_now()),
            "value": turn.value,
            "score": turn.score,
            "saw": saw,
            "justification": turn.justification,
        }
        body = {name: value for name, value in mark.items() if value is not None}
        token = self._cast.tokens[turn.judge]
        sent = time.perf_counter()
        answer = (await self._http.send("POST", f"{self._url}/marks", token, body)).body
        moves = answer["state"] == "settled" and not turn.corrects
        self.told.acks.append(
            Ack(answer["id"], answer["seq"], competitor, cell.aspect, sent, time.perf_counter(), moves)
        )
        if len(self.told.acks) % _REPEAT_EVERY == 0:
            again = (await self._http.send("POST", f"{self._url}/marks", token, body)).body
            if again != answer:
                self.told.contradictions.append(answer["id"])
        return int(answer["seq"])

    async def _justify(self, cell: Cell, why: str) -> None:
        """The coordinator says why there is another round; where no panel was named, its first mark does (R24)."""
        act = {
            "act": "justify-round",
            "id": new_id(),
            "done_at": rfc3339(utc_now()),
            "competitor": self._cast.competitors[cell.bib],
            "aspect": cell.aspect,
            "justification": why,
        }
        token = self._cast.tokens[self._event.coordinator(cell.bib)]
        try:
            await self._http.send("POST", f"{self._url}/acts", token, act)
        except RefusedError as exc:
            if exc.problem.get("code") not in {"no_coordinator", "justified"}:  # the latter in an earlier run
                raise


class _Pace:
    """Lets one through every `1 / per_second` seconds; None lets everybody through."""

    def __init__(self, per_second: float | None) -> None:
        self._gap = 1 / per_second if per_second else 0.0
        self._next = time.perf_counter()

    async def wait(self) -> None:
        now = time.perf_counter()
        self._next = max(self._next + self._gap, now)
        if self._gap:
            await asyncio.sleep(self._next - now)
