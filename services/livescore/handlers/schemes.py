"""Marking schemes: brought in as a file, tried out first, read and taken out again by whoever works with them.

Files are opened elsewhere (`spreadsheets/reading_room.py`); only a YAML file as short as most are is read here, in the
time a mark takes. A trial decides with the same function as the import and records nothing.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.schemes import decide_scheme, lateness
from services.livescore.domain.schemes.amend import Change, affected_aspects, differences
from services.livescore.domain.schemes.checking import Checked
from services.livescore.domain.schemes.finding import Finding
from services.livescore.domain.schemes.from_yaml import check_yaml
from services.livescore.domain.schemes.index import scheme_digest
from services.livescore.handlers.access import check_link, check_opened, check_organiser
from services.livescore.spreadsheets.reading_room import FileKind, ReadingRoom
from shared.access import Caller
from shared.contracts.names import competition_stream
from shared.contracts.scheme import Scheme
from shared.errors import Clash, Fault, NotFound
from shared.execute import Executor

SHORT_BYTES = 16 * 1024

Outcome = Literal["refused", "unchanged", "first", "replaces", "needs_amendment"]


@dataclass(frozen=True, slots=True)
class Trial:
    """What an import would do now: `version` is the one in force after it, if it went through."""

    outcome: Outcome
    version: int | None
    in_force: int | None
    findings: tuple[Finding, ...]
    scheme: Scheme | None = None
    changes: tuple[Change, ...] = ()
    affected: tuple[str, ...] = ()


class Schemes:
    def __init__(self, executor: Executor[Competition]) -> None:
        self._executor = executor
        self._room = ReadingRoom()

    async def import_scheme(
        self, competition: str, caller: Caller, kind: FileKind, content: bytes, now: datetime
    ) -> tuple[int, list[Fault]]:
        """Take a scheme into use; returns its version and the warnings. Raises Rejected with every error."""
        check_organiser(caller, competition)
        checked = await self._checked(competition, kind, content)
        scheme = checked.usable()
        digest = scheme_digest(scheme)
        stream = competition_stream(competition)
        state, _ = await self._executor.execute(stream, lambda state: decide_scheme(state, scheme, digest))
        assert state.scheme is not None, "an accepted scheme is in force"
        return state.scheme.version, [*(one.fault() for one in lateness(state, now)), *checked.warnings]

    async def try_scheme(
        self, competition: str, caller: Caller, kind: FileKind, content: bytes, now: datetime
    ) -> Trial:
        """Say what an import would do, and all there is to say about the file, without doing it."""
        _check_staff(caller, competition)
        checked = await self._checked(competition, kind, content)
        return await self._executor.look(competition_stream(competition), lambda state: _trial(state, checked, now))

    async def scheme(self, competition: str, caller: Caller) -> tuple[int, Scheme]:
        _check_staff(caller, competition)
        return await self._executor.look(competition_stream(competition), _scheme)

    async def scheme_file(self, competition: str, caller: Caller, kind: FileKind) -> tuple[str, bytes]:
        """The scheme in force as a file that can be brought in again, with a name for it."""
        version, scheme = await self.scheme(competition, caller)
        name = re.sub(r"[^A-Za-z0-9.-]+", "-", competition)
        return f"{name}-scheme-v{version}.{kind}", await self._room.file(kind, scheme)

    async def _checked(self, competition: str, kind: FileKind, content: bytes) -> Checked:
        bilingual = await self._executor.look(competition_stream(competition), _bilingual)
        if kind == "yaml" and len(content) <= SHORT_BYTES:
            return check_yaml(content, bilingual=bilingual)
        return await self._room.check(kind, content, bilingual=bilingual)


def _check_staff(caller: Caller, competition: str) -> None:
    if caller.role == "organiser":
        check_organiser(caller, competition)
    else:
        check_link(caller, competition)


def _bilingual(state: Competition) -> bool:
    check_opened(state)
    return state.bilingual


def _scheme(state: Competition) -> tuple[int, Scheme]:
    if state.scheme is None:
        raise NotFound("no_scheme", "This competition has no marking scheme yet.")
    return state.scheme.version, state.scheme.scheme


def _trial(state: Competition, checked: Checked, now: datetime) -> Trial:
    old = state.scheme
    in_force = None if old is None else old.version
    new = checked.scheme
    if new is None:
        return Trial("refused", None, in_force, checked.findings)
    changes = () if old is None else tuple(differences(old.scheme, new))
    affected = () if old is None else tuple(sorted(affected_aspects(old.scheme, new)))
    outcome: Outcome = "first" if old is None else "replaces"
    version = 1 if in_force is None else in_force + 1
    try:
        if not decide_scheme(state, new, ""):
            outcome, version = "unchanged", in_force or 1
    except Clash:
        outcome = "needs_amendment"
    findings = (*lateness(state, now), *checked.findings)
    return Trial(outcome, version, in_force, findings, new, changes, affected)
