"""A small competition on two copies of everything, with those who lead it: every act goes to a copy that is named."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from services.rehearsal.http import RefusedError
from shared.contracts.board import Board
from shared.contracts.names import competition_stream
from shared.ids import new_id
from shared.ledger.mongo import MongoLedger
from shared.mongo import Mongo
from tests.journeys.people import Competitor, Judge, Organiser

if TYPE_CHECKING:
    from shared.contracts.events import Event, Recorded
    from tests.cluster.conftest import Twice

Json = dict[str, Any]
SCHEME = """
title: {en: Two forms, zh: 两张评分表}
sections:
  - {id: 1, weight: 100, name: {en: Everything}}
criteria:
  - id: A
    name: {en: Build}
    sub_criteria:
      - id: A1
        name: {en: Build}
        day: 1
        aspects:
          - {id: A1.1, type: M, max: 60, section: 1, description: {en: Errors}, measure: {pattern: deduct, step: 0.5}}
  - id: B
    name: {en: Measure}
    sub_criteria:
      - id: B1
        name: {en: Measure}
        day: 1
        aspects:
          - {id: B1.1, type: M, max: 40, section: 1, description: {en: Errors}, measure: {pattern: deduct, step: 0.5}}
"""
FORMS = ("A1", "B1")


class Led:
    """`tokens` are the links of the judge `sg`, of the `chief`, the `manager` and the `host`; `ids` who they are."""

    def __init__(self, twice: Twice, competition: str) -> None:
        self.twice = twice
        self.competition = competition
        self.api = f"/api/livescore/competitions/{competition}"
        self.tokens: dict[str, str] = {"organiser": twice.organiser}
        self.ids: dict[str, str] = {}

    async def seat(self, who: str, country: str, office: str) -> None:
        body: Json = {"id": f"staff-{who}-1", "name": who, "country": country, "competitions": [self.competition]}
        path = f"/api/registration/showcases/{self.competition.partition('.')[0]}/judges"
        asked = {**body, "office": office}
        link = (await self.twice.ask("POST", "registration", path, asked, self.twice.organiser))["link"]
        self.tokens[who], self.ids[who] = link.partition("#token=")[2], body["id"]

    async def seated(self) -> None:
        """A seat comes over the bus, a moment after its link."""
        ways = {"sg": "/marking", "chief": "/ceremony", "manager": "/ceremony", "host": "/ceremony"}
        async with asyncio.timeout(20):
            for who, way in ways.items():
                while not await self._is_seated(who, way):  # noqa: ASYNC110
                    await asyncio.sleep(0.02)

    async def _is_seated(self, who: str, way: str) -> bool:
        try:
            found = await self.get(0, way, who)
        except RefusedError:
            return False
        return way != "/marking" or found["judge"]["country"] is not None

    async def get(self, copy: int, way: str, who: str) -> Any:
        return await self.twice.through(copy).ask("GET", "livescore", self.api + way, None, self.tokens[who])

    async def send(self, copy: int, who: str, body: Json) -> Any:
        return await self.twice.through(copy).ask("POST", "livescore", f"{self.api}/acts", body, self.tokens[who])

    async def act(self, copy: int, who: str, act: str, **fields: Any) -> Any:
        return await self.send(copy, who, an_act(act, **fields))

    async def said(self, copy: int, who: str, body: Json) -> tuple[int, Any]:
        """The receipt, or the problem."""
        try:
            return 201, await self.send(copy, who, body)
        except RefusedError as exc:
            return exc.status, exc.problem

    def judge(self, copy: int) -> Judge:
        return Judge(self.twice.through(copy), self.competition, self.ids["sg"], self.tokens["sg"])

    async def lock(self, copy: int, form: str, competitor: str) -> None:
        """Every step of a sheet goes to the other copy."""
        sheet = {"form": form, "competitor": competitor}
        await self.act(copy, "sg", "submit-sheet", **sheet)
        await self.act(1 - copy, "chief", "verify-sheet", **sheet)
        await self.act(copy, "sg", "sign-sheets", form=form, competitors=[competitor])
        await self.act(1 - copy, "chief", "sign-sheets", form=form, competitors=[competitor])

    async def ledger(self) -> tuple[str, list[Recorded]]:
        """Its epoch and this competition's events, read behind the services' backs."""
        cluster = self.twice.at.cluster
        assert cluster is not None
        async with (
            Mongo(cluster.mongo, database=cluster.mongo_database) as mongo,
            MongoLedger(mongo, "livescore") as ledger,
        ):
            return ledger.epoch, await ledger.read(competition_stream(self.competition))

    async def recorded(self, kind: type[Event]) -> list[Recorded]:
        return [one for one in (await self.ledger())[1] if isinstance(one.event, kind)]

    async def shown(self, node: int) -> Board:
        """What a viewer of this node sees now."""
        channel = f"competition/{self.competition}"
        frame = await self.twice.through(node).ask("GET", "broadcast", f"/live/state/{channel}")
        state = frame["state"]
        return Board(channel=channel, epoch=frame["epoch"], seq=frame["seq"], head=state["head"], rows=state["rows"])


def an_act(act: str, **fields: Any) -> Json:
    return {"act": act, "id": new_id(), "done_at": datetime.now(UTC).isoformat(), **fields}


async def led(twice: Twice, *competitors: str) -> tuple[Led, list[str]]:
    """An open competition with a scheme and its people; the competitors by the names given, in their order."""
    organiser = Organiser(twice)
    await organiser.creates_a_showcase("autumn", en="Autumn Showcase")
    competition = await organiser.adds_a_competition("autumn", "electronics", en="Electronics")
    await organiser.imports_the_scheme(competition, SCHEME.encode())
    entered = [await Competitor(twice).registers(competition, name, "GB") for name in competitors]
    for bib, competitor in enumerate(entered, 1):
        await organiser.approves(competition, competitor, f"{bib:02d}")
    one = Led(twice, competition)
    for who, country, office in (
        ("sg", "SG", "judge"),
        ("chief", "FR", "chief"),
        ("manager", "DE", "manager"),
        ("host", "FR", "presenter"),
    ):
        await one.seat(who, country, office)
    await one.seated()
    return one, entered
