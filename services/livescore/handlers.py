"""One coroutine per command or question: load, decide, append, answer with what was recorded."""

from services.livescore.domain.commands import GiveMark
from services.livescore.domain.competition import Competition, Receipt
from services.livescore.domain.decide import decide_mark, decide_scheme
from services.livescore.domain.scheme_yaml import parse_scheme
from shared.access import Caller
from shared.contracts.livescore import Scheme
from shared.contracts.names import competition_stream, showcase_of
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
        state = await self._executor.state(competition_stream(competition))
        if state.scheme is None:
            raise NotFound("no_scheme", "This competition has no marking scheme yet.")
        return state.scheme.version, state.scheme.scheme

    async def competitions(self, caller: Caller) -> list[Competition]:
        """Those the judge's link names and that exist."""
        known = [await self._executor.state(competition_stream(one)) for one in sorted(caller.competitions)]
        return [state for state in known if state.opened]

    async def sheet(self, competition: str, caller: Caller) -> Competition:
        """The state a judge's view is cut from; hidden scores are still in it."""
        _check_judge(caller, competition)
        state = await self._executor.state(competition_stream(competition))
        if not state.opened:
            raise NotFound("unknown_competition", "There is no such competition.")
        return state


def _check_judge(caller: Caller, competition: str) -> None:
    if not caller.judges(competition):
        raise Forbidden("not_your_competition", "Your access link is not for this competition.")


def _check_organiser(caller: Caller, competition: str) -> None:
    if not caller.organises(showcase_of(competition)):
        raise NotFound("unknown_competition", "There is no such competition.")
