"""The organiser robot: sets an event up through the real API. Doing it again changes nothing."""

import asyncio
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from services.rehearsal.event import Event
from services.rehearsal.http import Http, RefusedError
from services.supervisor import Place
from shared.errors import BadStart
from shared.ids import rfc3339, utc_now


@dataclass(frozen=True, slots=True)
class Cast:
    """Who was set up: competitors' ids by bib, judges' and officials' tokens by their key in the file; all links."""

    competitors: dict[str, str]
    tokens: dict[str, str]
    officials: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict, repr=False)


def organiser_token(link: Path) -> str:
    try:
        return link.read_text().strip().partition("#token=")[2]
    except OSError as exc:
        raise BadStart(f"no organiser's link in {link}: {exc.strerror}") from exc


async def set_up(event: Event, at: Place, http: Http, *, approve_texts: bool = True) -> Cast:
    """Create the showcase, competition and scheme, register and approve the competitors, seat the judges.

    `approve_texts` lets the chief expert's robot approve both languages (R11), which nobody may do for a person. Raise
    BadStart when a service refuses any of it.
    """
    try:
        cast = await _set_up(event, at, http)
        if approve_texts and "chief" in cast.officials:
            await _approve_texts(event, at, cast.officials["chief"], http)
        return cast
    except RefusedError as exc:
        raise BadStart(f"the event was refused: {exc}") from exc


async def _set_up(event: Event, at: Place, http: Http) -> Cast:
    token = organiser_token(at.organiser_link)
    api = f"{at.url('registration')}/api/registration"
    competition = event.competition_id
    await _open(event, api, token, http)
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
    links = {}
    for key, person in (event.judges | event.officials).items():
        seat = {"id": staff_id(key), **person, "competitions": [competition], "days_valid": 30}
        answer = await http.send("POST", f"{api}/showcases/{event.showcase['id']}/judges", token, seat)
        links[key] = answer.body["link"]
    tokens = {key: link.partition("#token=")[2] for key, link in links.items()}
    judges = {key: tokens[key] for key in event.judges}
    marking = f"{at.url('livescore')}/api/livescore/competitions/{competition}"
    await _when_known(http, f"{marking}/scheme", token, event.scheme)
    await _when_seated(http, f"{marking}/marking", *judges.values())
    await _when_leading(http, f"{marking}/ceremony", *(tokens[key] for key in event.officials))
    return Cast(competitors, judges, {key: tokens[key] for key in event.officials}, links)


async def _approve_texts(event: Event, at: Place, token: str, http: Http) -> None:
    url = f"{at.url('livescore')}/api/livescore/competitions/{event.competition_id}"
    view = (await http.send("GET", f"{url}/chief", token)).body
    waiting = [form["id"] for form in view["forms"] if form["texts"] and not form["texts"]["approved"]]
    if waiting:
        act = {"act": "approve-texts", "id": "rehearsal-approve-texts", "done_at": rfc3339(utc_now())}
        await http.send("POST", f"{url}/acts", token, {**act, "scheme": view["scheme"], "forms": waiting})


def staff_id(key: str) -> str:
    return f"rehearsal-judge-{key}"


def write_links(at: Place, cast: Cast) -> Path:
    """Judges' and officials' links, for who wants to look over a robot's shoulder; only the owner reads the file."""
    path = at.data / "rehearsal.links"
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.writelines(f"{key}\t{link}\n" for key, link in cast.links.items())
    return path


async def _open(event: Event, api: str, token: str, http: Http) -> None:
    """Create showcase and competition around the present time, unless they are there already."""
    now = utc_now()
    there = {one["id"]: one for one in (await http.send("GET", f"{api}/showcases")).body}
    showcase = there.get(event.showcase["id"])
    if showcase is None:
        showcase = (await http.send("POST", f"{api}/showcases", token, moved_to(now, event.showcase))).body
    if any(one["id"] == event.competition_id for one in showcase["competitions"]):
        return
    body: dict[str, Any] = {
        **event.competition,
        "capacity": int(event.competition["capacity"]),
        "minimum_age": int(event.competition["minimum_age"]),
        "bilingual": event.competition.get("bilingual") == "true",
        "opens_at": rfc3339(now - timedelta(days=1)),
        "closes_at": rfc3339(now + timedelta(days=30)),
    }
    await http.send("POST", f"{api}/showcases/{showcase['id']}/competitions", token, body)


def moved_to(now: datetime, showcase: dict[str, Any]) -> dict[str, Any]:
    """The same showcase with its programme moved so that the session before the last has just begun."""
    programme = showcase.get("programme", [])
    if len(programme) < 2:
        return showcase
    zone = ZoneInfo(showcase["timezone"])
    half_hour = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0)
    by = half_hour - datetime.fromisoformat(programme[-2]["starts_at"])

    def moved(moment: str) -> str:
        return (datetime.fromisoformat(moment) + by).astimezone(zone).isoformat()

    sessions = [{**one, "starts_at": moved(one["starts_at"]), "ends_at": moved(one["ends_at"])} for one in programme]
    return {
        **showcase,
        "starts_on": sessions[0]["starts_at"][:10],
        "ends_on": sessions[-1]["ends_at"][:10],
        "programme": sessions,
    }


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


async def _when_seated(http: Http, url: str, *tokens: str) -> None:
    """A link is good at once, the seat that it is for comes over the bus like everything else."""
    for token in tokens:
        for _ in range(200):
            if (await http.send("GET", url, token)).body["judge"]["country"] is not None:
                break
            await asyncio.sleep(0.05)
        else:
            raise BadStart("livescore did not hear of a judge")


async def _when_leading(http: Http, url: str, *tokens: str) -> None:
    """The same of officials, to whom nothing is shown before they are seated."""
    for token in tokens:
        for _ in range(200):
            try:
                await http.send("GET", url, token)
                break
            except RefusedError as exc:
                if exc.problem.get("code") != "not_seated":
                    raise
                await asyncio.sleep(0.05)
        else:
            raise BadStart("livescore did not hear of an official")
