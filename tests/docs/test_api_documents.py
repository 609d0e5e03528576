"""The committed API documents are what the code makes, what the services serve, and what really travels."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from services.documents import documents
from services.rehearsal.event import load_event
from services.rehearsal.judges import Judges
from services.rehearsal.officials import Officials
from services.rehearsal.organiser import set_up
from shared.bus.sqlite import read_compacted
from shared.contracts.events import Event
from shared.contracts.topics import BOARDS, LIVESCORE, REGISTRATION
from shared.contracts.viewer import CLOSE_CODES

if TYPE_CHECKING:
    from tests.conftest import Running
    from tests.docs.conftest import Pages

SERVICES = ("registration", "livescore", "broadcast")


def _api(pages: Pages, name: str) -> Any:
    return json.loads(pages.text(f"docs/api/{name}"))


@pytest.mark.parametrize("name", documents())
def test_the_committed_document_is_what_the_code_makes(pages: Pages, name: str) -> None:
    assert pages.text(f"docs/api/{name}") == documents()[name], "write it anew: make docs"


@pytest.mark.parametrize("service", SERVICES)
def test_an_openapi_document_is_valid(pages: Pages, service: str) -> None:
    document = _api(pages, f"{service}.openapi.json")
    assert document["openapi"].startswith("3.1.")
    OpenAPIV31SpecValidator(document).validate()


def test_every_reference_in_the_asyncapi_document_leads_somewhere(pages: Pages) -> None:
    document = _api(pages, "asyncapi.json")
    for reference in _references(document):
        place = document
        for part in reference.removeprefix("#/").split("/"):
            place = place[part.replace("~1", "/").replace("~0", "~")]
        assert isinstance(place, dict), reference


def _references(part: Any) -> list[str]:
    if isinstance(part, list):
        return [found for one in part for found in _references(one)]
    if not isinstance(part, dict):
        return []
    own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
    return own + [found for one in part.values() for found in _references(one)]


def test_every_schema_in_the_asyncapi_document_is_a_json_schema(pages: Pages) -> None:
    components = _api(pages, "asyncapi.json")["components"]
    for schema in components["schemas"].values():
        Draft202012Validator.check_schema(schema)
    for message in components["messages"].values():
        Draft202012Validator.check_schema(message["payload"])


def test_the_asyncapi_document_tells_every_event_type_and_close_code(pages: Pages) -> None:
    document = _api(pages, "asyncapi.json")
    told = {name for topic in (REGISTRATION, LIVESCORE) for name in document["channels"][topic]["messages"]}
    assert told == {name for name, model in Event.registry.items() if model.__module__.startswith("shared.contracts.")}
    assert [one["code"] for one in document["channels"]["live"]["x-close-codes"]] == sorted(CLOSE_CODES)


class _Sent:
    """Checks what travelled against the payload of the message it should be."""

    def __init__(self, document: Any) -> None:
        self._registry: Registry[Any] = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))

    def is_a(self, message: str, payload: Any) -> None:
        schema = {"$ref": f"urn:api#/components/messages/{message}/payload"}
        Draft202012Validator(schema, registry=self._registry, format_checker=FormatChecker()).validate(payload)


async def test_what_travels_in_a_whole_event_is_as_documented(running: Running, pages: Pages) -> None:
    sent = _Sent(_api(pages, "asyncapi.json"))
    event = load_event(pages.root / "examples" / "reference-event")
    cast = await set_up(event, running.at, running.http)
    channel = f"competition/{event.competition_id}"
    websocket = asyncio.create_task(_websocket(running, channel))
    events = asyncio.create_task(_server_sent_events(running, channel))
    officials = Officials(event, running.at, cast, running.http)
    await officials.name_panels()
    await Judges(event, running.at, cast, running.http).play(pace=None)
    await officials.freeze()
    await officials.sign_off()
    await officials.finalise()
    await officials.reveal(pause_seconds=0)
    os.kill(running.supervisor.pid("broadcast"), signal.SIGTERM)

    for frames in (await websocket, await events):
        assert [frames[0]["type"], frames[-1]["type"]] == ["snapshot", "bye"]
        assert {frame["type"] for frame in frames} == {"snapshot", "delta", "bye"}
        for frame in frames:
            sent.is_a(frame["type"], frame)
    for topic in (REGISTRATION, LIVESCORE):
        facts = [orjson.loads(message.body) for message in read_compacted(running.data / "bus", topic)]
        assert facts
        for fact in facts:
            sent.is_a(fact["type"].removeprefix("org.showcase."), fact)
    for message in read_compacted(running.data / "bus", BOARDS):
        sent.is_a("board", orjson.loads(message.body))


async def _websocket(running: Running, channel: str) -> list[Any]:
    url = running.at.url("broadcast").replace("http", "ws", 1)
    frames = []
    async with connect(f"{url}/live?c={channel}", proxy=None) as live:
        with contextlib.suppress(ConnectionClosed):
            while True:
                frames.append(orjson.loads(await live.recv()))
        assert live.close_code == 1012
    return frames


async def _server_sent_events(running: Running, channel: str) -> list[Any]:
    host = running.at.url("broadcast").removeprefix("http://")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    writer.write(f"GET /live/events?c={channel} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
    body = await reader.read()
    writer.close()
    return [orjson.loads(line[6:]) for line in body.splitlines() if line.startswith(b"data: ")]


async def test_a_running_service_serves_the_committed_document(running: Running, pages: Pages) -> None:
    for service in SERVICES:
        assert await running.ask("GET", service, "/openapi.json") == _api(pages, f"{service}.openapi.json")
