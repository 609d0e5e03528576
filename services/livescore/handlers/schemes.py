"""Marking schemes: imported by organisers, read by whoever works with them."""

from services.livescore.domain.competition import Competition
from services.livescore.domain.decide import decide_scheme
from services.livescore.domain.schemes.from_yaml import parse_scheme
from services.livescore.handlers.access import check_organiser
from shared.access import Caller
from shared.contracts.names import competition_stream
from shared.contracts.scheme import Scheme
from shared.errors import Fault, NotFound
from shared.execute import Executor, fingerprint


class Schemes:
    def __init__(self, executor: Executor[Competition]) -> None:
        self._executor = executor

    async def import_scheme(self, competition: str, caller: Caller, text: bytes) -> tuple[int, list[Fault]]:
        """Take a scheme into use; returns its version and the warnings."""
        check_organiser(caller, competition)
        scheme, warnings = parse_scheme(text)
        digest = fingerprint(scheme.model_dump_json().encode())
        stream = competition_stream(competition)
        state, _ = await self._executor.execute(stream, lambda now: decide_scheme(now, scheme, digest))
        assert state.scheme is not None, "an accepted scheme is in force"
        return state.scheme.version, warnings

    async def scheme(self, competition: str, caller: Caller) -> tuple[int, Scheme]:
        if not caller.judges(competition):
            check_organiser(caller, competition)
        return await self._executor.look(competition_stream(competition), _scheme)


def _scheme(state: Competition) -> tuple[int, Scheme]:
    if state.scheme is None:
        raise NotFound("no_scheme", "This competition has no marking scheme yet.")
    return state.scheme.version, state.scheme.scheme
