"""A running showcase with the reference event set up, for measurements that go through the real edges."""

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from services.cli import EXAMPLE
from services.rehearsal.event import Event, load_event
from services.rehearsal.http import Http
from services.rehearsal.organiser import Cast, organiser_token, set_up
from services.supervisor import Cluster, Place, Supervisor, place


@dataclass(frozen=True, slots=True)
class Running:
    event: Event
    place: Place
    supervisor: Supervisor
    http: Http
    cast: Cast

    @property
    def channel(self) -> str:
        return f"competition/{self.event.competition_id}"

    @property
    def marks_url(self) -> str:
        return f"{self.place.url('livescore')}/api/livescore/competitions/{self.event.competition_id}/marks"

    async def judges(self, count: int) -> list[str]:
        """Tokens of `count` judges from a country that nobody competes for."""
        return [await self.seat(f"bench-judge-{n}") for n in range(count)]

    async def seat(self, id_: str, **office: str) -> str:
        """The token of one of the staff, a judge unless another office is given."""
        token = organiser_token(self.place.organiser_link)
        url = f"{self.place.url('registration')}/api/registration/showcases/{self.event.showcase['id']}/judges"
        seat = {"id": id_, "name": id_, "country": "SG", "competitions": [self.event.competition_id], **office}
        answer = await self.http.send("POST", url, token, seat)
        link: str = answer.body["link"]
        return link.partition("#token=")[2]


@asynccontextmanager
async def running(cluster: Cluster | None = None) -> AsyncIterator[Running]:
    event = load_event(EXAMPLE)
    with tempfile.TemporaryDirectory(prefix="showcase-bench-") as data:
        at = place(Path(data), "127.0.0.1", 0, cluster=cluster)
        async with Supervisor(at) as supervisor, Http() as http:
            yield Running(event, at, supervisor, http, await set_up(event, at, http))
