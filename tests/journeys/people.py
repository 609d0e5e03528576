"""The people of a showcase, each doing through the real edges what their page would do."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest

from services.rehearsal.http import RefusedError

if TYPE_CHECKING:
    from tests.conftest import Running

Json = dict[str, Any]
NOW = datetime.now(UTC)
_ids = count(1)


class Organiser:
    """Has the link that registration wrote at its first start."""

    def __init__(self, running: Running) -> None:
        self._running = running

    async def _registration(self, path: str, body: Json) -> Any:
        path = f"/api/registration{path}"
        return await self._running.ask("POST", "registration", path, body, self._running.organiser)

    async def creates_a_showcase(self, showcase: str, **title: str) -> None:
        day = (NOW + timedelta(days=60)).date().isoformat()
        dates = {"starts_on": day, "ends_on": day}
        await self._registration("/showcases", {"id": showcase, "title": title, "timezone": "Asia/Shanghai", **dates})

    async def adds_a_competition(self, showcase: str, slug: str, **title: str) -> str:
        times = {
            "opens_at": (NOW - timedelta(days=1)).isoformat(),
            "closes_at": (NOW + timedelta(days=30)).isoformat(),
        }
        body = {"slug": slug, "title": title, "capacity": 10, "board_mode": "marks", **times}
        return str((await self._registration(f"/showcases/{showcase}/competitions", body))["id"])

    async def imports_the_scheme(self, competition: str, text: bytes) -> Json:
        """Livescore hears of a new competition a moment after registration has answered."""
        path, token = f"/api/livescore/competitions/{competition}/scheme", self._running.organiser
        async with asyncio.timeout(10):
            while True:
                try:
                    return dict(await self._running.ask("PUT", "livescore", path, text, token, "application/yaml"))
                except RefusedError as exc:
                    if exc.problem["code"] != "unknown_competition":
                        raise
                await asyncio.sleep(0.02)

    async def approves(self, competition: str, competitor: str, bib: str) -> None:
        await self._registration(f"/competitions/{competition}/competitors/{competitor}/approve", {"bib": bib})

    async def withdraws(self, competition: str, competitor: str) -> None:
        await self._registration(f"/competitions/{competition}/competitors/{competitor}/withdraw", {})

    async def seats_a_judge(self, competition: str, name: str, country: str) -> Judge:
        id_, page, token = await self._seats(competition, name, country, "judge")
        assert page == f"{self._running.at.url('livescore')}/judge"
        return Judge(self._running, competition, id_, token)

    async def seats_an_official(self, competition: str, office: str) -> str:
        """The token of a chief expert, manager or presenter."""
        return (await self._seats(competition, f"Invented {office}", "SG", office))[2]

    async def _seats(self, competition: str, name: str, country: str, office: str) -> tuple[str, str, str]:
        """Id, page and token; the link that is handed over has the token in its fragment."""
        who = {"id": f"judge-{next(_ids):06d}", "name": name, "country": country, "office": office}
        path = f"/showcases/{competition.partition('.')[0]}/judges"
        seat = await self._registration(path, {**who, "competitions": [competition]})
        page, _, token = seat["link"].partition("#token=")
        assert seat["qr"].startswith("data:image/svg+xml")
        return seat["id"], page, token

    async def revokes(self, judge: Judge) -> None:
        await self._registration(f"/showcases/{judge.competition.partition('.')[0]}/judges/{judge.id}/revoke", {})


class Competitor:
    """Fills in the public form; nobody is signed in."""

    def __init__(self, running: Running) -> None:
        self._running = running

    async def registers(self, competition: str, given_name: str, country: str) -> str:
        n = next(_ids)
        form = {
            "id": f"competitor-{n:06d}",
            "given_name": given_name,
            "family_name": "Invented",
            "email": f"competitor{n}@school.example",
            "birth_date": "2001-04-25",
            "country": country,
            "locale": "en",
            "agreed": True,
            "consents": {"named_results": True},
        }
        path = f"/api/registration/competitions/{competition}/competitors"
        return str((await self._running.ask("POST", "registration", path, form))["id"])


class Judge:
    """Has a link and marks with it."""

    def __init__(self, running: Running, competition: str, id_: str, token: str) -> None:
        self._running = running
        self._path = f"/api/livescore/competitions/{competition}"
        self.token = token
        self.competition = competition
        self.id = id_

    async def _marks(self, competitor: str, aspect: str, **fields: Any) -> Json:
        form = {
            "id": f"mark-{next(_ids):08d}",
            "competitor": competitor,
            "aspect": aspect,
            "marked_at": datetime.now(UTC).isoformat(),
            **fields,
        }
        answer: Json = await self._running.ask("POST", "livescore", f"{self._path}/marks", form, self.token)
        return answer

    async def reads(self, competitor: str, aspect: str, value: str, **fields: Any) -> Json:
        return await self._marks(competitor, aspect, value=value, **fields)

    async def scores(self, competitor: str, aspect: str, score: int, **fields: Any) -> Json:
        return await self._marks(competitor, aspect, score=score, **fields)

    async def is_refused(self, competitor: str, aspect: str, value: str) -> Json:
        """The problem document that tells why."""
        with pytest.raises(RefusedError) as caught:
            await self.reads(competitor, aspect, value)
        return {**caught.value.problem, "status": caught.value.status}

    async def sheet(self) -> Json:
        found: Json = await self._running.ask("GET", "livescore", f"{self._path}/marking", None, self.token)
        return found

    async def may_mark(self) -> set[str]:
        return {one["name"] for one in (await self.sheet())["competitors"] if one["may_mark"]}

    async def finds(self, *names: str) -> None:
        """Wait until exactly these competitors may be marked."""
        async with asyncio.timeout(10):
            while await self.may_mark() != set(names):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
