"""One coroutine per command or question: load, decide, append, answer with what was recorded."""

from services.livescore.domain.commands import GiveMark
from services.livescore.domain.competition import Competition, Receipt
from services.livescore.domain.decide import decide_mark, decide_scheme
from services.livescore.domain.marking import View, marking_view
from services.livescore.domain.scheme_yaml import parse_scheme
from shared.access import Caller
from shared.contracts.livescore import Scheme
from shared.contracts.names import competition_stream, showcase_of
from shared.contracts.text import Text
from shared.errors import Fault, Forbidden, NotFound
from shared.execute import Executor, fingerprint


class Handlers:
    """Livescore's commands on its streams `competition/<id>`."""

    def __init__(self, executor: Executor[Competition], epoch: str) -> None:
        self._executor = executor
        self.epoch = epoch

    async def give_mark(self, competition: str, caller: Caller, command: GiveMark) -> Receipt:
        """Record a mark, or find it recorded, and return its receipt; it is durable when this returns."""
        _check_judge(caller, competition)
        stream = competition_stream(competition)
        state, _ = await self._executor.execute(stream, lambda now: decide_mark(now, command), command.mark)
        receipt = state.receipt(command.mark)
        assert receipt is not None, "an accepted mark has a receipt"
        return receipt

    async def import_scheme(self, competition: str, caller: Caller, text: bytes) -> tuple[int, list[Fault]]:
        """Take a scheme into use; returns its version and the warnings."""
        _check_organiser(caller, competition)
        scheme, warnings = parse_scheme(text)
        digest = fingerprint(scheme.model_dump_json().encode())
        stream = competition_stream(competition)
        state, _ = await self._executor.execute(stream, lambda now: decide_scheme(now, scheme, digest))
        assert state.scheme is not None, "an accepted scheme is in force"
        return state.scheme.version, warnings

    async def scheme(self, competition: str, caller: Caller) -> tuple[int, Scheme]:
        if not caller.judges(competition):
            _check_organiser(caller, competition)
        return await self._executor.look(competition_stream(competition), _scheme)

    async def competitions(self, caller: Caller) -> list[tuple[str, Text]]:
        """Id and title of those the judge's link names and that exist."""
        titles = [
            (one, await self._executor.look(competition_stream(one), lambda state: state.title))
            for one in sorted(caller.competitions)
        ]
        return [(one, title) for one, title in titles if title is not None]

    async def marking(self, competition: str, caller: Caller, known: str | None) -> tuple[str, View | None]:
        """What this judge may see, and its tag; no view when the judge has the one with that tag already.

        The view moves exactly when this judge may know of something new, and so does its tag (R21).
        """
        _check_judge(caller, competition)
        judge = caller.subject

        def cut(state: Competition) -> tuple[str, View | None]:
            if not state.opened:
                raise NotFound("unknown_competition", "There is no such competition.")
            tag = f'"{self.epoch}.{judge}.{state.seen(judge)}"'
            return tag, None if tag == known else marking_view(state, judge)

        return await self._executor.look(competition_stream(competition), cut)


def _scheme(state: Competition) -> tuple[int, Scheme]:
    if state.scheme is None:
        raise NotFound("no_scheme", "This competition has no marking scheme yet.")
    return state.scheme.version, state.scheme.scheme


def _check_judge(caller: Caller, competition: str) -> None:
    if not caller.judges(competition):
        raise Forbidden("not_your_competition", "Your access link is not for this competition.")


def _check_organiser(caller: Caller, competition: str) -> None:
    if not caller.organises(showcase_of(competition)):
        raise NotFound("unknown_competition", "There is no such competition.")
