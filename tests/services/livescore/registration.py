"""What registration would do, over the real ledger, relay and bus: sign links and tell who competes and judges.

Two competitions of the showcase `autumn`, `electronics` and `welding`; two British and two Chinese competitors each;
judges gb, cn and the neutral sg, ch, fr.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from services.registration.access_tokens import AccessTokens
from services.registration.signing_key import open_signing_key
from shared.bus.sqlite import SqliteBus
from shared.contracts.events import Event
from shared.contracts.registration import CompetitionAdded, CompetitorApproved, JudgeAssigned, Office
from shared.contracts.text import Text
from shared.contracts.topics import REGISTRATION
from shared.ids import record
from shared.ledger.sqlite import SqliteLedger
from shared.relay import Relay

_JUDGES = ("gb", "cn", "sg", "ch", "fr")
COUNTRIES = {"01": "GB", "02": "CN", "03": "GB", "04": "CN"}
_NOW = datetime.now(UTC)


class Registration:
    """What registration would do: sign links, record facts, relay them."""

    def __init__(self, data: Path, ledger: SqliteLedger, relay: Relay) -> None:
        self.data = data
        self.key = open_signing_key(data / "keys")
        self.tokens = AccessTokens(self.key, "http://registration.example", "http://livescore.example")
        self._ledger = ledger
        self._relay = relay
        self._seq = 0

    async def tell(self, *facts: Event) -> None:
        recorded = record("showcase/autumn", self._seq, facts)
        await self._ledger.append(recorded)
        self._seq = recorded[-1].seq
        while await self._relay.step():
            pass

    async def competition(self, slug: str) -> None:
        await self.tell(
            CompetitionAdded(
                competition=f"autumn.{slug}",
                title=Text(en=slug.capitalize()),
                capacity=10,
                opens_at=_NOW,
                closes_at=_NOW,
                minimum_age=16,
                board_mode="marks",
            ),
            *(approved(f"c{bib}", bib, country, slug) for bib, country in COUNTRIES.items()),
        )

    async def judge(self, judge: str, country: str, *slugs: str, office: Office = "judge") -> None:
        competitions = tuple(f"autumn.{one}" for one in slugs)
        await self.tell(JudgeAssigned(judge=judge, country=country, competitions=competitions, office=office))

    def judge_token(self, judge: str, *slugs: str, hours: int = 1, office: Office = "judge") -> str:
        competitions = [f"autumn.{slug}" for slug in slugs or ("electronics", "welding")]
        ends = _NOW + timedelta(hours=hours)
        link = self.tokens.seat(office, judge, "GB", "autumn", competitions, f"link-{judge}", _NOW, ends)
        return _token(link.url)

    def follower_token(self, role: Literal["competitor", "trainer"], follower: str, *competitors: str) -> str:
        """A competitor's own link, or a trainer's for these competitors, in electronics."""
        seen, ends = competitors or (follower,), _NOW + timedelta(hours=1)
        here = ("autumn.electronics",)
        link = self.tokens.follower(role, follower, "autumn", here, seen, f"link-{follower}", _NOW, ends)
        return _token(link.url)

    def organiser_token(self, showcase: str = "*") -> str:
        return _token(self.tokens.organiser(showcase, "link-organiser", _NOW, _NOW + timedelta(hours=1)).url)


def approved(competitor: str, bib: str, country: str, slug: str = "electronics") -> CompetitorApproved:
    return CompetitorApproved(
        competition=f"autumn.{slug}", competitor=competitor, country=country, bib=bib, display_name=f"Invented {bib}"
    )


def _token(link: str) -> str:
    return link.partition("#token=")[2]


@asynccontextmanager
async def registered(data: Path) -> AsyncIterator[Registration]:
    """Two competitions, four competitors each, five judges; said before livescore starts."""
    await asyncio.to_thread(data.mkdir)
    async with SqliteLedger(data / "registration.db") as ledger, SqliteBus(data / "bus", "registration") as bus:
        one = Registration(data, ledger, Relay(ledger, bus, REGISTRATION))
        await one.competition("electronics")
        await one.competition("welding")
        for judge in _JUDGES:
            await one.judge(judge, judge.upper(), "electronics", "welding")
        yield one
