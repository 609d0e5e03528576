"""The one listener: who is let in, what is refused and how, and what is handed on."""

import asyncio
import contextlib
import time

import orjson
import pytest

from services.livescore.edge import PAGES as LIVESCORE_PAGES
from services.registration.app import pages as registration_pages
from tests.services.broadcast.service import CHANNEL, UPGRADE, Broadcast, Start, answer_of, frame, until


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (None, 101),
        ("http://{host}", 101),
        ("https://{host}", 101),
        ("https://college.example", 101),
        ("https://COLLEGE.example", 101),
        ("https://evil.example", 403),
        ("https://college.example.evil.example", 403),
        ("https://evilcollege.example", 403),
        ("http://college.example", 403),
        ("http://127.0.0.1:1", 403),
        ("http://{host}.evil.example", 403),
        ("http://x@{host}", 403),
        ("null", 403),
        ("", 403),
    ],
)
@pytest.mark.parametrize("path", ["/live", "/live/events"])
async def test_only_our_own_and_configured_origins_may_open_a_feed(
    start: Start, origin: str | None, status: int, path: str
) -> None:
    async with start(origins=["https://college.example"]) as broadcast:
        await broadcast.show(1)
        host = f"127.0.0.1:{broadcast.port}"
        head = UPGRADE.replace(b"Host: x", f"Host: {host}".encode()).replace(b"/live", path.encode())
        if origin is not None:
            head = head.replace(b"Upgrade: ", f"Origin: {origin.format(host=host)}\r\nUpgrade: ".encode(), 1)
        reader, writer = await broadcast.raw(head)
        line = await reader.readline()
        assert int(line.split()[1]) == (200 if path == "/live/events" and status == 101 else status)
        writer.close()


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /live?c=x HTTP/1.1\r\nHost: x\r\n\r\n", 426),
        (UPGRADE.replace(b"13", b"12"), 400),
        (UPGRADE.replace(b"dGhlIHNhbXBsZSBub25jZQ==", b"short"), 400),
        (UPGRADE.replace(b"Host: x\r\n", b""), 400),
        (UPGRADE.replace(b"Host: x", b"Host: x\r\nHost: y"), 400),
        (UPGRADE.replace(b"Host: x", b"Host: x\r\nOrigin: http://x\r\nOrigin: http://evil.example"), 400),
        (UPGRADE.replace(b"Host: x", b"Host: x\r\nTransfer-Encoding: chunked"), 400),
        (UPGRADE.replace(b"Host: x", b"Host: x\r\n folded"), 400),
        (UPGRADE.replace(b"Host: x", b"Host: x\r\nbroken"), 400),
        (UPGRADE.replace(b"Host: x", b"Host: x\r\nA: \0"), 400),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
        (b"GET /live/nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 404),
        (b"GET /live/events?c=nobody HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET /live/events HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 20_000 + b"\r\n\r\n", 431),
        (b"x" * 20_000, 431),
    ],
)
async def test_a_broken_request_is_refused_and_ended(broadcast: Broadcast, head: bytes, status: int) -> None:
    await broadcast.show(1)
    reader, writer = await broadcast.raw(head)
    assert (await answer_of(reader))[0] == status
    writer.close()


@pytest.mark.parametrize("path", ["/live", "/live/events", "/live/state"])
async def test_feeds_are_only_read(broadcast: Broadcast, path: str) -> None:
    async with broadcast.http.post(broadcast.url + path, data=b"x") as answer:
        assert answer.status == 405


async def test_a_refusal_is_a_problem_document(broadcast: Broadcast) -> None:
    reader, writer = await broadcast.raw(b"GET /live/events?c=nobody HTTP/1.1\r\nHost: x\r\n\r\n")
    _, data = await answer_of(reader)
    head, _, body = data.partition(b"\r\n\r\n")
    assert b"Content-Type: application/problem+json" in head
    assert orjson.loads(body)["code"] == "no_such_channel"
    writer.close()


async def test_a_handshake_may_come_byte_by_byte(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    reader, writer = await broadcast.raw(b"")
    for byte in UPGRADE:
        writer.write(bytes([byte]))
        await asyncio.sleep(0)
    assert (await reader.readline()).startswith(b"HTTP/1.1 101 ")
    writer.close()


async def test_who_never_finishes_a_request_is_cut_and_holds_up_nobody(start: Start) -> None:
    async with start(head_seconds=0.3) as broadcast:
        await broadcast.show(1)
        half = [await broadcast.raw(b"GET /live?c=x HTTP/1.1\r\nHost: ") for _ in range(100)]
        began = time.monotonic()
        async with broadcast.live() as viewer:
            await frame(viewer)
        assert time.monotonic() - began < 1
        for reader, writer in half:
            with contextlib.suppress(ConnectionResetError):
                assert (await answer_of(reader))[0] == 0
            writer.close()
        assert time.monotonic() - began < 4


async def test_requests_that_come_together_are_all_answered(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    one = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    last = f"GET /live/state/{CHANNEL} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()
    reader, writer = await broadcast.raw(one + one + last)
    _, data = await answer_of(reader)
    assert data.count(b"HTTP/1.1 200 OK") == 3
    assert b'"type":"snapshot"' in data
    writer.close()


@pytest.mark.parametrize("wire", ["ws", "sse"])
async def test_a_feed_may_begin_on_a_connection_that_was_used_before(broadcast: Broadcast, wire: str) -> None:
    await broadcast.show(1, {"a": {"total": "1"}})
    reader, writer = await broadcast.raw(b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    await reader.readuntil(b'"}')
    writer.write(UPGRADE if wire == "ws" else f"GET /live/events?c={CHANNEL} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101 " if wire == "ws" else b"HTTP/1.1 200 ")
    await reader.readuntil(b'"seq":1,')
    await broadcast.publish(2, {"a": {"total": "2"}})
    await reader.readuntil(b'"base":1,"seq":2,')
    assert await broadcast.figure(f'viewers{{wire="{wire}"}}') == 1
    writer.close()


async def test_who_asks_for_more_behind_a_feed_is_seen_leaving(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    other = b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n"
    events = f"GET /live/events?c={CHANNEL} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    reader, writer = await broadcast.raw(other + events + other * 500)
    await reader.readuntil(b'"type":"snapshot"')
    writer.close()

    async def gone() -> bool:
        return await broadcast.figure('viewers{wire="sse"}') == 0

    await until(gone)


async def test_other_services_pages_are_redirected_to(start: Start) -> None:
    ways = {"registration_url": "https://join.example", "livescore_url": "https://judge.example/"}
    async with start(**ways) as broadcast:
        for path, place in {
            "/register/expo?lang=zh": "https://join.example/register/expo?lang=zh",
            "/organise": "https://join.example/organise",
            "/judge/x%20y?b=ü": "https://judge.example/judge/x%20y?b=%C3%BC",
        }.items():
            async with broadcast.http.get(broadcast.url + path, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (307, place)


async def test_every_page_of_another_service_is_found_at_broadcasts_address(start: Start) -> None:
    ways = {"registration_url": "https://join.example", "livescore_url": "https://judge.example"}
    pages = {page.path: "https://join.example" for page in registration_pages("https://watch.example")}
    pages |= {page.path: "https://judge.example" for page in LIVESCORE_PAGES}
    async with start(**ways) as broadcast:
        for path, base in pages.items():
            asked = path.replace("{showcase}", "expo")
            async with broadcast.http.get(broadcast.url + asked, allow_redirects=False) as answer:
                assert (answer.status, answer.headers.get("Location")) == (307, base + asked), asked
