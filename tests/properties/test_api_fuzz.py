"""Hostile input to the running services: whatever is sent, the answer is never a fault of ours (5xx).

The acts that are done to a competition besides marks are in `test_acts_fuzz.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ids import new_id
from tests.properties.hostile import COMPETITION, SCHEME, Target, fuzz, like, nasty

pytestmark = pytest.mark.asyncio(loop_scope="module")

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
