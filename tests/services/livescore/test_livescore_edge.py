"""The edge around the rules: sizes, media types, other sites, headers, wrong addresses, the API document."""

from __future__ import annotations

import asyncio
import gzip
import io
from typing import TYPE_CHECKING, Any

import orjson
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.services.livescore.service import Livescore, Reply

pytestmark = pytest.mark.asyncio(loop_scope="module")

BASE = "/api/livescore/competitions/autumn.electronics"
CANARY = b"canary7"


def check(reply: Reply, status: int, code: str) -> None:
    assert (reply.status, reply.code) == (status, code)
    assert reply.headers["Content-Type"] == "application/problem+json"
    assert CANARY not in reply.content


@pytest.mark.parametrize("size", [9 * 1024, 3 * 1024 * 1024])
async def test_a_huge_mark_is_refused_by_what_it_says_of_its_size(refusing: Livescore, size: int) -> None:
    before = refusing.recorded()
    body = io.BytesIO(b'{"id": "canary7' + b"x" * size)
    check(await refusing.send("cn", body), 413, "http_413")
    assert refusing.recorded() == before


@pytest.mark.parametrize("chunks", [10, 3000])
async def test_a_huge_mark_that_does_not_say_its_size_is_refused_all_the_same(refusing: Livescore, chunks: int) -> None:
    async def endless() -> AsyncIterator[bytes]:
        for _ in range(chunks):
            yield b"canary7." * 128

    token = refusing.registration.judge_token("cn")
    headers = {"Content-Type": "application/json"}
    check(await refusing.ask("POST", f"{BASE}/marks", endless(), token=token, headers=headers), 413, "http_413")


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_mark_that_unpacks_to_something_huge_is_refused(refusing: Livescore, chunked: bool) -> None:
    packed = gzip.compress(b'{"id": "canary7' + b"x" * 6 * 1024 * 1024)
    assert len(packed) < 8 * 1024

    async def in_pieces() -> AsyncIterator[bytes]:
        yield packed

    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    body = in_pieces() if chunked else packed
    token = refusing.registration.judge_token("cn")
    reply = await refusing.ask("POST", f"{BASE}/marks", body, token=token, headers=headers)
    assert reply.status in {400, 413}
    assert CANARY not in reply.content


async def test_a_huge_scheme_is_refused(refusing: Livescore) -> None:
    check(await refusing.scheme(b"title: {en: canary7}\n" * 30_000), 413, "http_413")


@pytest.mark.parametrize(
    "media",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/xml", "canary7", ""],
)
async def test_a_mark_that_is_not_sent_as_json_is_refused(refusing: Livescore, media: str) -> None:
    body = orjson.dumps(refusing.form())
    check(await refusing.as_judge("cn", "POST", "/autumn.electronics/marks", body, headers={"Content-Type": media}),
          415, "wrong_media_type")  # fmt: skip


async def test_a_charset_behind_the_media_type_is_welcome(refusing: Livescore) -> None:
    headers = {"Content-Type": "application/json; charset=utf-8"}
    reply = await refusing.as_judge("cn", "POST", "/autumn.electronics/marks", b"{}", headers=headers)
    assert (reply.status, reply.code) == (422, "invalid")


@pytest.mark.parametrize(
    "origin", ["https://canary7.example", "null", "http://127.0.0.1", "http://127.0.0.1.canary7.example", "canary7"]
)
async def test_a_page_of_another_site_can_not_mark(refusing: Livescore, origin: str) -> None:
    before = refusing.recorded()
    for send in (
        refusing.as_judge("cn", "POST", "/autumn.electronics/marks", refusing.form(), headers={"Origin": origin}),
        refusing.ask("PUT", f"{BASE}/scheme", b"canary7", token=refusing.registration.organiser_token(),
                     headers={"Origin": origin, "Content-Type": "application/yaml"}),
    ):  # fmt: skip
        check(await send, 403, "foreign_origin")
    assert refusing.recorded() == before


async def test_the_own_pages_may_mark(refusing: Livescore) -> None:
    own = str(refusing.session._base_url).rstrip("/")
    reply = await refusing.as_judge("cn", "POST", "/autumn.electronics/marks", b"{}", headers={"Origin": own})
    assert (reply.status, reply.code) == (422, "invalid")


async def test_no_answer_opens_the_api_to_other_sites(refusing: Livescore) -> None:
    for method in ("GET", "OPTIONS"):
        headers = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
        reply = await refusing.as_judge("cn", method, "/autumn.electronics/marking", headers=headers)
        assert not [name for name in reply.headers if name.lower().startswith("access-control")]


ADDRESSES = ["/judge", "/schemes", "/livescore/judge.js", "/shared/base.css", "/healthz", "/readyz", "/openapi.json",
             "/api/livescore/competitions", f"{BASE}/marking", f"{BASE}/scheme", "/nowhere", "/metrics"]  # fmt: skip


@pytest.mark.parametrize("path", ADDRESSES)
async def test_every_answer_carries_the_headers_that_keep_browsers_careful(refusing: Livescore, path: str) -> None:
    reply = await refusing.ask("GET", path, token=refusing.registration.judge_token("cn"))
    assert reply.headers["X-Content-Type-Options"] == "nosniff"
    assert reply.headers["Referrer-Policy"] == "no-referrer"
    assert reply.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    if reply.headers["Content-Type"].startswith("text/html"):
        policy = dict(one.strip().split(" ", 1) for one in reply.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'self'"
        assert "unsafe" not in reply.headers["Content-Security-Policy"]
        assert policy["frame-ancestors"] == "'self'"
        assert policy["base-uri"] == policy["object-src"] == "'none'"


@pytest.mark.parametrize("page", ["/judge", "/schemes"])
async def test_a_page_is_a_page(refusing: Livescore, page: str) -> None:
    reply = await refusing.ask("GET", page)
    assert (reply.status, reply.headers["Content-Type"].partition(";")[0]) == (200, "text/html")
    assert b"<script>" not in reply.content  # the policy would refuse it


@pytest.mark.parametrize("path", [f"{BASE}/marking", f"{BASE}/scheme", "/api/livescore/competitions"])
async def test_what_only_some_may_see_stays_out_of_shared_caches(refusing: Livescore, path: str) -> None:
    reply = await refusing.ask("GET", path, token=refusing.registration.judge_token("cn"))
    assert reply.status == 200
    assert "no-store" in reply.headers["Cache-Control"] or "private" in reply.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/canary7", 404),
        ("GET", "/api/livescore/competitions/canary7/nothing", 404),
        ("GET", "/livescore/..%2fapp.py", 404),
        ("GET", "/livescore/%2e%2e/%2e%2e/app.py", 404),
        ("GET", "/shared/..%2faccess.py", 404),
        ("DELETE", f"{BASE}/marks", 405),
        ("GET", f"{BASE}/marks", 405),
        ("PATCH", f"{BASE}/scheme", 405),
        ("POST", "/healthz", 405),
        ("PROPFIND", f"{BASE}/marks", 405),
    ],
)
async def test_an_address_or_method_that_is_not_there_is_a_problem_document(
    refusing: Livescore, method: str, path: str, status: int
) -> None:
    reply = await refusing.ask(method, path)
    check(reply, status, f"http_{status}")
    assert (status == 405) == ("Allow" in reply.headers)


@pytest.mark.parametrize(
    "name", ["canary7.js", "canary7" * 200, "%00canary7", "..%2f..%2fapp.py", "words", "/etc/passwd"]
)
async def test_a_file_that_is_not_there_is_not_found(refusing: Livescore, name: str) -> None:
    check(await refusing.ask("GET", f"/livescore/{name}"), 404, "http_404")


async def test_a_page_is_asked_about_with_head(refusing: Livescore) -> None:
    page, asked = await refusing.ask("GET", "/judge"), await refusing.ask("HEAD", "/judge")
    assert (asked.status, asked.content) == (200, b"")
    assert asked.headers["ETag"] == page.headers["ETag"]


async def test_who_waits_to_be_told_to_send_a_body_is_told(refusing: Livescore) -> None:
    url = refusing.session._base_url
    assert url is not None
    reader, writer = await asyncio.open_connection("127.0.0.1", url.port)
    token = refusing.registration.judge_token("cn")
    writer.write(
        f"POST {BASE}/marks HTTP/1.1\r\nHost: {url.host}:{url.port}\r\nAuthorization: Bearer {token}\r\n"
        "Content-Type: application/json\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n".encode()
    )
    assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
    writer.write(b"{}")
    assert (await reader.readline()).split()[1] == b"422"
    writer.close()
    await writer.wait_closed()


async def test_bytes_that_are_no_http_harm_nobody(refusing: Livescore) -> None:
    url = refusing.session._base_url
    assert url is not None
    for raw in (b"canary7\r\n\r\n", b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"GET /" + b"a" * 70_000):
        reader, writer = await asyncio.open_connection("127.0.0.1", url.port)
        writer.write(raw)
        writer.write_eof()
        assert (await reader.read()).partition(b" ")[2][:3] in {b"400", b""}
        writer.close()
        await writer.wait_closed()
    assert (await refusing.ask("GET", "/livez")).status == 200


async def test_metrics_are_for_this_machine_and_not_for_what_comes_through_the_front_door(refusing: Livescore) -> None:
    assert (await refusing.ask("GET", "/metrics")).status == 200
    check(await refusing.ask("GET", "/metrics", headers={"X-Forwarded-For": "203.0.113.7"}), 404, "http_404")


async def test_metrics_count_requests_by_route_and_not_by_what_is_in_the_address(refusing: Livescore) -> None:
    await refusing.ask("GET", "/canary7")
    await refusing.ask("GET", "/api/livescore/competitions/canary7/marking")
    figures = (await refusing.ask("GET", "/metrics")).content
    assert b'route="/api/livescore/competitions/{competition}/marking"' in figures
    assert CANARY not in figures


async def test_the_api_document_is_valid_and_wants_a_token_everywhere_but_at_the_public_feed(
    refusing: Livescore,
) -> None:
    document: dict[str, Any] = (await refusing.ask("GET", "/openapi.json")).json
    OpenAPIV31SpecValidator(document).validate()
    operations = {
        (method.upper(), path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }
    one = "/api/livescore/competitions/{competition}"
    for asked in (("POST", f"{one}/marks"), ("POST", f"{one}/acts"), ("PUT", f"{one}/scheme")):
        assert set(operations[asked]["responses"]) >= {"400", "401", "403", "404", "409", "413", "415", "422", "503"}
    wanted = {place: operation.get("security") for place, operation in operations.items()}
    assert all(security in ([{"token": []}], None) for security in wanted.values())
    assert {place for place, security in wanted.items() if security is None} == {
        ("GET", f"{one}/feed"),
        ("GET", f"{one}/feed/{{type}}"),
        ("GET", f"{one}/feed/{{type}}/{{id}}"),
    }


async def test_health_says_nothing_of_the_inside(refusing: Livescore) -> None:
    assert (await refusing.ask("GET", "/healthz")).json == {"status": "alive"}
    assert (await refusing.ask("GET", "/livez")).json == {"status": "alive"}
    assert (await refusing.ask("GET", "/readyz")).json == {"status": "ready", "reasons": []}
