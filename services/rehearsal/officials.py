"""The officials' robots: they name panels before the marks, and after them take every sheet through its life.

Submitted by its coordinator, verified by the chief expert, signed by everybody who marked it, locked; then frozen,
finalised by two people, revealed step by step, thawed. Each act has an id of its own that stays the same from start to
start, so what was done before a stop is not done again.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from services.rehearsal.event import Event
from services.rehearsal.http import Http, RefusedError
from services.rehearsal.organiser import Cast, staff_id
from services.supervisor import Place
from shared.errors import BadStart
from shared.ids import rfc3339, utc_now

_NEUTRAL_FIRST = ("sg", "ch", "gb", "cn")
_FILES = ("results.xlsx", "best-of-nation.xlsx", "results.csv", "results.json")
_BEFORE = frozenset({"id_reused", "unchanged", "no_proposal", "frozen", "not_frozen", "not_revealing", "another_step"})
"""Refusals that say: this has been done, in an earlier run."""


class Officials:
    """Chief expert, manager and presenter of an event; raises BadStart when one of them is refused."""

    def __init__(self, event: Event, at: Place, cast: Cast, http: Http) -> None:
        self._event = event
        self._url = f"{at.url('livescore')}/api/livescore/competitions/{event.competition_id}"
        self._cast = cast
        self._http = http

    async def name_panels(self) -> None:
        """A mixed panel for every form: the two neutral judges, and whoever is no compatriot (R29)."""
        judges = [staff_id(key) for key in _in_order(self._event.judges)]
        await self._act("chief", "set-rules", "rules", rules={"appeal_window_minutes": 0, "skill_number": "16"})
        for form in self._event.forms:
            await self._act("chief", "name-panel", f"panel-{form}", form=form, judges=judges, mode="mixed")

    async def sign_off(self) -> None:
        """Every sheet submitted, verified, signed and locked, form by form (R42)."""
        for form in self._event.forms:
            await asyncio.gather(*(self._verify(form, bib) for bib in self._cast.competitors))
            for key in self._event.judges:
                await self._act(key, "sign-sheets", f"sign-{form}-{key}", form=form)
            await self._act("chief", "sign-sheets", f"sign-{form}-chief", form=form)

    async def _verify(self, form: str, bib: str) -> None:
        sheet = {"form": form, "competitor": self._cast.competitors[bib]}
        await self._act(self._event.coordinator(bib), "submit-sheet", f"submit-{form}-{bib}", **sheet)
        await self._act("chief", "verify-sheet", f"verify-{form}-{bib}", **sheet)

    async def freeze(self) -> None:
        await self._act("chief", "freeze", "freeze")

    async def finalise(self) -> None:
        """Competitors see their sheets; then two people make the result final (R48)."""
        await self._act("chief", "show-sheets", "show-sheets")
        await self._act("chief", "finalise", "finalise", reason="all sheets are signed and locked")
        await self._act("manager", "approve", "approve-finalise", proposal="rehearsal-finalise")

    async def reveal(self, pause_seconds: float) -> None:
        """From the last place to the first, one click after the other, and the thaw (R58)."""
        ceremony = await self._read("host", "ceremony")
        if not ceremony["final"]:
            raise BadStart("the result is not final after two people finalised it")
        if not ceremony["frozen"]:
            return  # revealed and thawed in an earlier run
        await self._act("host", "begin-reveal", "reveal")
        taken = (ceremony["reveal"] or {"step": 0})["step"]
        for step in range(taken + 1, len(ceremony["steps"]) + 1):
            await asyncio.sleep(pause_seconds)
            await self._act("host", "move-reveal", f"reveal-{step}", step=step)
        await self._act("chief", "thaw", "thaw")

    async def files(self) -> dict[str, bytes]:
        """The result files by name."""
        token = self._cast.officials["chief"]
        return {name: await self._http.fetch(f"{self._url}/{name}", token) for name in _FILES}

    async def result(self) -> Any:
        return await self._read("chief", "results")

    async def _read(self, who: str, what: str) -> Any:
        return (await self._http.send("GET", f"{self._url}/{what}", self._token(who))).body

    async def _act(self, who: str, act: str, name: str, **fields: Any) -> None:
        """Do it, unless it was done in an earlier run."""
        body = {"act": act, "id": f"rehearsal-{name}", "done_at": rfc3339(utc_now()), **fields}
        try:
            await self._http.send("POST", f"{self._url}/acts", self._token(who), body)
        except RefusedError as exc:
            if exc.problem.get("code") not in _BEFORE:
                raise BadStart(f"{who} could not {act}: {exc}") from None

    def _token(self, who: str) -> str:
        return (self._cast.tokens | self._cast.officials)[who]


def _in_order(judges: Mapping[str, Any]) -> list[str]:
    """Those who are nobody's compatriots take the seats first."""
    return sorted(judges, key=lambda key: _NEUTRAL_FIRST.index(key) if key in _NEUTRAL_FIRST else len(_NEUTRAL_FIRST))
