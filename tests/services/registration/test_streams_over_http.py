from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from shared.bus.sqlite import SqliteBus
from shared.contracts.board import decode_board
from shared.contracts.topics import BOARDS

if TYPE_CHECKING:
    from tests.services.registration.conftest import Registration, Run

SHOWCASE = "/showcases/autumn"
UK = {"url": "https://www.youtube.com/live/aB3_-xYz012", "title": {"en": "From the hall", "zh": "现场"}, "lang": "en"}
CHINA = {"url": "https://live.bilibili.com/21452505", "lang": "zh"}


async def refused(service: Registration, body: Any, token: str | None = None) -> tuple[int, str, str | None]:
    status, problem = await service.ask(
        "POST", f"/api/registration{SHOWCASE}/streams", body, token=token or service.organiser
    )
    return status, problem["code"], problem["errors"][0]["field"] if problem["errors"] else None


async def head(service: Registration, seq: int) -> dict[str, Any]:
    """The head of the showcase's board at this position."""
    async with SqliteBus(service.data / "bus", "watcher") as bus, asyncio.timeout(10):
        async for batch in bus.subscribe(BOARDS).batches():
            for board in map(decode_board, [message.body for message in batch]):
                if board.channel == "showcase/autumn" and board.seq == seq:
                    return board.head
    raise AssertionError("the topic ended")


async def test_streams_are_set_published_replaced_and_taken_away(registration: Registration) -> None:
    shown = await registration.organise("POST", f"{SHOWCASE}/streams", {"streams": [UK, CHINA], "saw": []})
    assert [(one["kind"], one["lang"]) for one in shown["streams"]] == [("youtube", "en"), ("bilibili", "zh")]
    again = await registration.organise("POST", f"{SHOWCASE}/streams", {"streams": [UK, CHINA], "saw": []})
    assert again == shown
    assert (await head(registration, 3))["streams"] == [UK, CHINA]
    await registration.organise("POST", f"{SHOWCASE}/streams", {"streams": [], "saw": [UK, CHINA]})
    assert "streams" not in await head(registration, 4)
    status, public = await registration.ask("GET", f"/api/registration{SHOWCASE}")
    assert (status, public["streams"]) == (200, [])


async def test_two_organisers_do_not_overwrite_each_other_unseen(registration: Registration) -> None:
    await registration.organise("POST", f"{SHOWCASE}/streams", {"streams": [UK], "saw": []})
    assert await refused(registration, {"streams": [CHINA], "saw": []}) == (409, "streams_changed", None)


async def test_wrong_streams_are_refused_by_field(registration: Registration) -> None:
    for stream, code, field in (
        ({"url": "http://media.college.example/live.m3u8"}, "stream_not_https", "streams.0.url"),
        ({"url": "https://me:secret@media.college.example/"}, "stream_credentials", "streams.0.url"),
        ({"url": f"https://media.college.example/{'x' * 500}"}, "invalid", "streams.0.url"),
        ({**UK, "lang": "fr"}, "invalid", "streams.0.lang"),
        ({**UK, "autoplay": True}, "invalid", "streams.0.autoplay"),
        ({**UK, "title": {}}, "invalid", "streams.0.title"),
    ):
        assert await refused(registration, {"streams": [stream], "saw": []}) == (422, code, field)
    assert (await registration.organise("GET", SHOWCASE))["streams"] == []


async def test_only_an_organiser_of_the_showcase_sets_its_streams(registration: Registration) -> None:
    body = {"streams": [UK], "saw": []}
    assert (await registration.ask("POST", f"/api/registration{SHOWCASE}/streams", body))[0] == 401
    status, _ = await registration.ask(
        "POST", "/api/registration/showcases/summer/streams", body, token=registration.organiser
    )
    assert status == 404


async def test_a_showcase_made_with_streams_still_has_them_after_a_restart(run: Run) -> None:
    day = {"starts_on": "2031-04-01", "ends_on": "2031-04-02", "timezone": "Europe/London"}
    made = {"id": "spring", "title": {"en": "Spring"}, **day, "streams": [UK]}
    async with run() as service:
        first = await service.organise("POST", "/showcases", made)
        assert first["streams"] == [{**UK, "kind": "youtube"}]
    async with run() as service:
        assert await service.organise("GET", "/showcases/spring") == first
        assert await service.organise("POST", "/showcases", made) == first
