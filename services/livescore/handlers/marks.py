"""Judges' marks: load, decide, append, answer with what was recorded."""

import time
from collections.abc import AsyncGenerator

import orjson

from services.livescore.domain.commands import GiveMark
from services.livescore.domain.competition import Competition, Receipt
from services.livescore.domain.deciding.marks import decide_mark
from services.livescore.domain.marking import View, marking_view
from services.livescore.handlers.access import check_judge, check_opened
from services.livescore.handlers.live import Sight, sights
from services.livescore.handlers.open_sheets import Elsewhere, OpenSheet, OpenSheets
from shared.access import Caller
from shared.contracts.names import competition_stream
from shared.contracts.text import Text
from shared.execute import Executor


class Marks:
    """Giving marks, and what a judge may see of them."""

    def __init__(self, executor: Executor[Competition], epoch: str) -> None:
        self._executor = executor
        self.epoch = epoch
        self._open_sheets = OpenSheets()

    async def give_mark(self, competition: str, caller: Caller, command: GiveMark) -> Receipt:
        """Record a mark, or find it recorded, and return its receipt; it is durable when this returns."""
        check_judge(caller, competition)
        stream = competition_stream(competition)
        state, _ = await self._executor.execute(stream, lambda now: decide_mark(now, command), command.mark)
        receipt = state.receipt(command.mark)
        assert receipt is not None, "an accepted mark has a receipt"
        return receipt

    async def competitions(self, caller: Caller) -> list[tuple[str, Text]]:
        """Id and title of those the judge's link names and that exist."""
        titles = [
            (one, await self._executor.look(competition_stream(one), lambda state: state.title))
            for one in sorted(caller.competitions)
        ]
        return [(one, title) for one, title in titles if title is not None]

    async def marking(
        self, competition: str, caller: Caller, known: str | None, sheet: OpenSheet | None = None
    ) -> tuple[str, View | None, Elsewhere | None]:
        """What this judge may see, and its tag; no view when the judge has the one with that tag already.

        The view moves exactly when this judge may know of something new, and so does its tag (R21). `sheet` is what the
        device has in front; the last answer says whether another device has it too (R45), and is no part of the view.
        """
        check_judge(caller, competition)
        judge = caller.subject

        def cut(state: Competition) -> tuple[str, View | None, Elsewhere | None]:
            tag = self._tag(state, judge)
            now = time.monotonic()
            elsewhere = None if sheet is None else self._open_sheets.open(state, judge, sheet, now)
            return tag, None if tag == known else marking_view(state, judge), elsewhere

        return await self._executor.look(competition_stream(competition), cut)

    def watched(self, competition: str, caller: Caller, known: str | None) -> AsyncGenerator[Sight | None, None]:
        """The tag of what this judge may see, each time it is another one; the view is asked for with it."""
        check_judge(caller, competition)

        def cut(state: Competition) -> Sight:
            tag = self._tag(state, caller.subject)
            return Sight(tag, orjson.dumps({"tag": tag}))

        return sights(self._executor, competition_stream(competition), cut, known)

    def _tag(self, state: Competition, judge: str) -> str:
        check_opened(state)
        return f'"{self.epoch}.{judge}.{state.seen(judge)}"'
