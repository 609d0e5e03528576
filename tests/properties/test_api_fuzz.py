"""Hostile input to the running services: whatever is sent, the answer is never a fault of ours (5xx).

Most inputs are a good request in which something was replaced, because pure noise never gets past the first check.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import aiohttp
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.rehearsal.http import Http
from services.supervisor import Supervisor, place
from shared.ids import new_id
from tests.conftest import Running
from tests.journeys.people import Competitor, Organiser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")
fuzz = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)

SCHEME = (Path(__file__).parents[2] / "examples" / "reference-event" / "scheme.yaml").read_bytes()
COMPETITION = "autumn.electronics"
MARK = {"id": "mark-00000001", "competitor": "", "aspect": "A1.1", "marked_at": "2020-11-19T16:00:00Z", "value": "met"}
FORM = {
    "id": "competitor-9999",
    "given_name": "Given",
    "family_name": "Invented",
    "email": "given@school.example",
    "birth_date": "2001-04-25",
    "country": "CN",
    "organisation": "An Invented College",
    "locale": "en",
    "agreed": True,
    "guardian_agreed": False,
    "consents": {"named_results": True},
}
SHOWCASE = {
    "id": "winter",
    "title": {"en": "Winter"},
    "timezone": "Asia/Shanghai",
    "starts_on": "2030-11-18",
    "ends_on": "2030-11-19",
    "programme": [
        {"starts_at": "2030-11-18T16:00:00Z", "ends_at": "2030-11-18T17:00:00Z", "title": {"zh": "开幕"}},
    ],
}
ADDED = {
    "slug": "welding",
    "title": {"en": "Welding"},
    "capacity": 10,
    "opens_at": "2020-11-18T16:00:00Z",
    "closes_at": "2030-11-18T16:00:00Z",
    "minimum_age": 16,
    "board_mode": "marks",
}
SEAT = {"id": "judge-99999", "name": "Heidi Nullpunkt", "country": "CH", "competitions": [COMPETITION], "days_valid": 3}

nasty = st.sampled_from(
    ["", "\x00", "\u202e", "\ud800", "NaN", "-0", "1e9999", "9" * 400, "<script>", "../..", "A1.1", "{}", "None",
     "9999-12-31T23:59:59.999999+23:59", "0001-01-01T00:00:00+14:00", "2020-02-30", "0000-00-00", "🏳️‍🌈", "a" * 5000]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | nasty
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something can be replaced."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inside for place in _places(one, (*path, key)))]


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {**value, path[0]: _replaced(value[path[0]], path[1:], new)}
    return [_replaced(one, path[1:], new) if place == path[0] else one for place, one in enumerate(value)]


def like(good: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A good request with one or two things replaced by anything."""
    one = st.builds(lambda place, new: (place, new), st.sampled_from(_places(good)[1:]), anything)

    def apply(changes: list[tuple[tuple[Any, ...], Any]]) -> Any:
        value: Any = good
        for path, new in changes:
            try:
                value = _replaced(value, path, new)
            except (KeyError, IndexError, TypeError):
                continue  # an earlier change took away what this one would replace
        return value

    return st.lists(one, min_size=1, max_size=2).map(apply) | anything


class Target:
    """The running services with one competition ready to be marked."""

    def __init__(self, running: Running, session: aiohttp.ClientSession, judge: str, competitor: str) -> None:
        self._running = running
        self._session = session
        self.tokens = {"judge": judge, "organiser": running.organiser, "nobody": ""}
        self.competitor = competitor

    async def takes(self, method: str, service: str, path: str, body: Any = None, who: str = "nobody") -> None:
        """Send it and expect an answer that is not our fault."""
        raw = isinstance(body, bytes)
        headers = {"Content-Type": "application/yaml" if raw else "application/json"} if body is not None else {}
        if self.tokens[who]:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        content = body if raw or body is None else _json(body)
        url = f"{self._running.at.url(service)}{path}"
        async with self._session.request(method, url, data=content, headers=headers, allow_redirects=False) as answer:
            said = await answer.read() if answer.content_type != "text/event-stream" else b""
            assert answer.status < 500, said
            if answer.status >= 400 and said:
                assert answer.content_type in {"application/problem+json", "text/plain"}, said


def _json(value: Any) -> bytes:
    """As a careless client encodes it: with NaN and half surrogate pairs."""
    return json.dumps(value).encode("utf-8", "surrogatepass")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def target(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Target]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REGISTRATION_REGISTRATIONS_PER_MINUTE", "6000")
        patch.setenv("REGISTRATION_REGISTRATIONS_BURST", "6000")
        at = place(tmp_path_factory.mktemp("fuzz") / "data", "127.0.0.1", 0)
        async with Supervisor(at) as supervisor, Http() as http, aiohttp.ClientSession() as session:
            running = Running(at, supervisor, http)
            organiser = Organiser(running)
            await organiser.creates_a_showcase("autumn", en="Autumn")
            await organiser.adds_a_competition("autumn", "electronics", en="Electronics")
            await organiser.imports_the_scheme(COMPETITION, SCHEME)
            competitor = await Competitor(running).registers(COMPETITION, "Ivy", "GB")
            await organiser.approves(COMPETITION, competitor, "03")
            judge = await organiser.seats_a_judge(COMPETITION, "Heidi Nullpunkt", "CH")
            await judge.finds("Ivy")
            yield Target(running, session, judge.token, competitor)
            for service in ("registration", "livescore", "broadcast"):
                assert supervisor.starts(service) == 1, f"{service} died and was started again"


@fuzz
@given(st.data())
async def test_marks(target: Target, data: st.DataObject) -> None:
    good = MARK | {"competitor": target.competitor, "marked_at": datetime.now(UTC).isoformat()}
    scored = good | {"aspect": "A1.3", "score": 2, "justification": "We looked at it together."}
    body = data.draw(like(data.draw(st.sampled_from([good, good | {"saw": 1}, scored]))))
    await target.takes("POST", "livescore", f"/api/livescore/competitions/{COMPETITION}/marks", body, "judge")
    await target.takes("GET", "livescore", f"/api/livescore/competitions/{COMPETITION}/marking", who="judge")


@fuzz
@given(aspect=st.sampled_from(["A1.1", "A1.2", "B1.2", "C1.1", "F2.3", "G1.1"]), value=st.text(max_size=40) | nasty)
async def test_readings(target: Target, aspect: str, value: str) -> None:
    body = MARK | {"id": new_id(), "competitor": target.competitor, "aspect": aspect, "value": value}
    await target.takes("POST", "livescore", f"/api/livescore/competitions/{COMPETITION}/marks", body, "judge")


@fuzz
@given(body=like(FORM))
async def test_registering(target: Target, body: Any) -> None:
    await target.takes("POST", "registration", f"/api/registration/competitions/{COMPETITION}/competitors", body)


@fuzz
@given(body=like(SHOWCASE))
async def test_showcases(target: Target, body: Any) -> None:
    await target.takes("POST", "registration", "/api/registration/showcases", body, "organiser")


@fuzz
@given(body=like(ADDED))
async def test_competitions(target: Target, body: Any) -> None:
    await target.takes("POST", "registration", "/api/registration/showcases/autumn/competitions", body, "organiser")


@fuzz
@given(body=like(SEAT))
async def test_judges(target: Target, body: Any) -> None:
    await target.takes("POST", "registration", "/api/registration/showcases/autumn/judges", body, "organiser")


@fuzz
@given(st.data())
async def test_schemes(target: Target, data: st.DataObject) -> None:
    """The reference scheme with a piece cut out, doubled or replaced by noise."""
    start = data.draw(st.integers(0, len(SCHEME)))
    length = data.draw(st.integers(0, 200))
    noise = data.draw(st.binary(max_size=40) | nasty.map(lambda text: text.encode("utf-8", "surrogatepass")))
    body = SCHEME[:start] + noise * data.draw(st.integers(0, 3)) + SCHEME[start + length :]
    await target.takes("PUT", "livescore", f"/api/livescore/competitions/{COMPETITION}/scheme", body, "organiser")


ADDRESSES = (
    ("GET", "registration", "/api/registration/showcases/{}"),
    ("GET", "registration", "/api/registration/competitions/{}/competitors"),
    ("POST", "registration", "/api/registration/competitions/autumn.electronics/competitors/{}/approve"),
    ("POST", "registration", "/api/registration/showcases/autumn/judges/{}/revoke"),
    ("POST", "registration", "/api/registration/showcases/{}/judges/{}/link"),
    ("GET", "registration", "/register/{}"),
    ("GET", "registration", "/shared/{}"),
    ("GET", "livescore", "/api/livescore/competitions/{}/marking"),
    ("GET", "livescore", "/api/livescore/competitions/{}/scheme"),
    ("GET", "livescore", "/livescore/{}"),
    ("GET", "broadcast", "/live/state/{}"),
    ("GET", "broadcast", "/live/events?c={}&since={}"),
    ("GET", "broadcast", "/live?c={}"),
    ("GET", "broadcast", "/register/{}"),
    ("GET", "broadcast", "/s/{}"),
    ("GET", "broadcast", "/{}"),
)


@settings(fuzz, max_examples=150)
@given(
    address=st.sampled_from(ADDRESSES),
    word=st.text(min_size=1, max_size=30) | nasty,
    who=st.sampled_from(["organiser", "judge"]),
)
async def test_addresses(target: Target, address: tuple[str, str, str], word: str, who: str) -> None:
    method, service, path = address
    path = path.replace("{}", quote(word.encode("utf-8", "surrogatepass"), safe=""))
    await target.takes(method, service, path, {} if method == "POST" else None, who)
