"""The organiser robot: sets an event up through the real API. Doing it again changes nothing."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.rehearsal.event import Event
from services.rehearsal.http import Http, RefusedError
from services.supervisor import Place
from shared.errors import BadStart
from shared.ids import rfc3339, utc_now


@dataclass(frozen=True, slots=True)
class Cast:
    """Who was set up: competitors' ids by bib, judges' tokens by their key in the file."""

    competitors: dict[str, str]
    tokens: dict[str, str]


def organiser_token(link: Path) -> str:
    try:
        return link.read_text().strip().partition("#token=")[2]
    except OSError as exc:
        raise BadStart(f"no organiser's link in {link}: {exc.strerror}") from exc


async def set_up(event: Event, at: Place, http: Http) -> Cast:
    """Create the showcase, competition and scheme, register and approve the competitors, seat the judges."""
    token = organiser_token(at.organiser_link)
    api = f"{at.url('registration')}/api/registration"
    competition = event.competition_id
    await http.send("POST", f"{api}/showcases", token, event.showcase)
    await _open_competition(event, api, token, http)
    competitors = {}
    for bib, person in event.competitors.items():
        form = {
            "id": f"rehearsal-{bib}",
            **person,
            "email": f"competitor-{bib}@example.org",
            "agreed": True,
            "consents": {"named_results": True},
        }
        people = f"{api}/competitions/{competition}/competitors"
        competitors[bib] = (await http.send("POST", people, body=form)).body["id"]
        await http.send("POST", f"{people}/{competitors[bib]}/approve", token, {"bib": bib})
    tokens = {}
    for key, judge in event.judges.items():
        seat = {"id": f"rehearsal-judge-{key}", **judge, "competitions": [competition], "days_valid": 30}
        answer = await http.send("POST", f"{api}/showcases/{event.showcase['id']}/judges", token, seat)
        tokens[key] = answer.body["link"].partition("#token=")[2]
    scheme = f"{at.url('livescore')}/api/livescore/competitions/{competition}/scheme"
    await _when_known(http, scheme, token, event.scheme)
    return Cast(competitors, tokens)


async def _open_competition(event: Event, api: str, token: str, http: Http) -> None:
    """Add the competition with its registration window moved around today, unless it is there already."""
    showcase = f"{api}/showcases/{event.showcase['id']}"
    there = (await http.send("GET", showcase)).body["competitions"]
    if any(one["id"] == event.competition_id for one in there):
        return
    now = utc_now()
    body: dict[str, Any] = {
        **event.competition,
        "capacity": int(event.competition["capacity"]),
        "minimum_age": int(event.competition["minimum_age"]),
        "opens_at": rfc3339(now - timedelta(days=1)),
        "closes_at": rfc3339(now + timedelta(days=30)),
    }
    await http.send("POST", f"{showcase}/competitions", token, body)


async def _when_known(http: Http, url: str, token: str, scheme: bytes) -> None:
    """Livescore hears of a new competition over the bus, a moment after registration has answered."""
    for _ in range(200):
        try:
            await http.send("PUT", url, token, scheme, "application/yaml")
            return
        except RefusedError as exc:
            if exc.status != 404:
                raise
            await asyncio.sleep(0.05)
    raise BadStart("livescore did not hear of the competition")
