"""What viewers may and may not do to the connection, and what becomes of those that do not keep up."""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from typing import Any

import orjson
import pytest
from websockets.frames import Frame as WsFrame
from websockets.frames import Opcode

from tests.properties.person import WebSocketReader
from tests.services.broadcast.service import CHANNEL, UPGRADE, Broadcast, Start, close_code, frame, until


def masked(opcode: Opcode, data: bytes, fin: bool = True) -> bytes:
    return WsFrame(opcode, data, fin).serialize(mask=True)


async def opened(broadcast: Broadcast, more: bytes = b"") -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A viewer that speaks bytes; its handshake and first frame are read."""
    reader, writer = await broadcast.raw(UPGRADE + more)
    assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101 ")
    return reader, writer


def feed(broadcast: Broadcast) -> str:
    return f"{broadcast.url}/live/events?c={CHANNEL}"


async def closed_with(reader: asyncio.StreamReader, code: int) -> None:
    """Read up to a close frame with this code."""
    async with asyncio.timeout(10):
        await reader.readuntil(code.to_bytes(2, "big"))


@pytest.mark.parametrize("message", ["hello", b"\x00bytes", ""])
async def test_a_message_from_a_viewer_ends_its_connection_with_4400(broadcast: Broadcast, message: Any) -> None:
    await broadcast.show(1)
    async with broadcast.live() as viewer:
        await viewer.send(message)
        assert await close_code(viewer) == 4400


async def test_a_message_in_fragments_is_a_message_too(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    reader, writer = await opened(broadcast)
    writer.write(masked(Opcode.TEXT, b"begin", fin=False))
    await closed_with(reader, 4400)
    writer.close()


@pytest.mark.parametrize("size", [8193, 300_000, 2**40])
async def test_an_oversize_frame_is_refused_by_its_announcement(broadcast: Broadcast, size: int) -> None:
    await broadcast.show(1)
    reader, writer = await opened(broadcast)
    writer.write(b"\x82\xff" + size.to_bytes(8, "big") + b"mask" + b"x" * 500)
    await closed_with(reader, 1009)
    writer.close()


async def test_an_unmasked_frame_is_a_protocol_error(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    reader, writer = await opened(broadcast)
    writer.write(b"\x89\x00")
    await closed_with(reader, 1002)
    writer.close()


async def test_a_ping_is_answered_also_when_it_comes_in_pieces_or_with_the_handshake(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    reader, writer = await opened(broadcast, more=masked(Opcode.PING, b"early"))
    await reader.readuntil(b"\x8a\x05early")
    for byte in masked(Opcode.PING, b"slow"):
        writer.write(bytes([byte]))
        await writer.drain()
        await asyncio.sleep(0)
    await reader.readuntil(b"\x8a\x04slow")
    writer.close()


async def test_an_event_stream_is_ended_when_too_much_comes_in(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    reader, writer = await broadcast.raw(f"GET /live/events?c={CHANNEL} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    await reader.readuntil(b'"type":"snapshot"')
    writer.write(b"x" * 2000)
    await broadcast.show(2)
    await reader.readuntil(b'"seq":2,')
    writer.write(b"x" * 2000)
    async with asyncio.timeout(10):
        await reader.read()
    assert await broadcast.figure('closes_total{code="4400"}') == 1
    writer.close()


async def test_a_viewer_that_leaves_politely_is_answered_and_forgotten(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    async with broadcast.live() as viewer:
        await frame(viewer)
    assert viewer.close_code == 1000
    assert await broadcast.figure('viewers{wire="deflate"}') == 0
    assert await broadcast.figure('closes_total{code="1000"}') == 1


async def test_a_viewer_that_stops_reading_is_closed_while_others_get_everything(start: Start) -> None:
    async with start(behind_seconds=0.5, tick_ms=5) as broadcast:
        await broadcast.show(1)
        stalled = socket.create_connection(("127.0.0.1", broadcast.port))
        stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        stalled.sendall(UPGRADE)
        async with broadcast.live(max_size=2**24) as healthy:
            await frame(healthy)
            seq = 1
            async with asyncio.timeout(20):
                while await broadcast.figure('closes_total{code="4008"}') == 0:
                    seq += 1
                    # Random text in every row: nothing about this state can be left out of a delta.
                    rows = {str(n): {"text": os.urandom(512).hex()} for n in range(40)}
                    await broadcast.publish(seq, rows)
                    assert (await frame(healthy))["base"] == seq - 1
        assert await broadcast.figure("skips_total") >= 1
        stalled.close()


async def test_a_viewer_that_was_passed_over_gets_the_newest_state_when_it_reads_again(start: Start) -> None:
    async with start(behind_seconds=30, soft_limit_bytes=1024, tick_ms=5) as broadcast:
        await broadcast.show(1)
        reader, writer = await asyncio.open_connection("127.0.0.1", broadcast.port, limit=1024)
        writer.write(UPGRADE)
        seq = 1
        async with asyncio.timeout(20):
            while await broadcast.figure("skips_total") == 0:
                seq += 1
                await broadcast.show(seq, {str(n): {"text": os.urandom(1024).hex()} for n in range(100)})
            seq += 1  # passed over once, it could still be sent what it missed
            await broadcast.show(seq)
            seen = bytearray()
            while b'"type":"snapshot"' not in seen[1000:] or f'"seq":{seq},'.encode() not in seen:
                seen += await reader.read(1 << 16)
        writer.close()


async def test_addresses_have_limits_and_full_is_said_before_the_upgrade(start: Start) -> None:
    async with start(max_viewers=2) as broadcast:
        await broadcast.show(1)
        async with broadcast.live(), broadcast.live(), broadcast.http.get(feed(broadcast)) as answer:
            assert answer.status == 503
            assert int(answer.headers["Retry-After"]) >= 1
            assert (await answer.json(content_type=None))["code"] == "full"
        async with broadcast.live() as viewer:
            await frame(viewer)


async def test_a_forged_header_does_not_make_another_address(start: Start) -> None:
    async with start(max_viewers_per_address=1) as broadcast:
        await broadcast.show(1)
        forged = {"X-Forwarded-For": "203.0.113.7"}
        async with broadcast.live(), broadcast.http.get(feed(broadcast), headers=forged) as answer:
            assert (await answer.json(content_type=None))["code"] == "address_full"
    async with (
        start(max_viewers_per_address=1, proxies=["127.0.0.0/8"]) as broadcast,
        broadcast.live(),
        broadcast.http.get(feed(broadcast), headers=forged) as answer,
    ):
        assert answer.status == 200


async def test_at_the_end_everybody_is_told_when_to_come_back(start: Start) -> None:
    async with start(retry_ms=1000) as broadcast:
        await broadcast.show(1)
        viewers = [await broadcast.live() for _ in range(5)]
        events = await broadcast.http.get(feed(broadcast))
        for viewer in viewers:
            await frame(viewer)
        goodbyes = [asyncio.create_task(_goodbye(viewer)) for viewer in viewers]
    pauses = {pause for pause, code in await asyncio.gather(*goodbyes) if code == 1012}
    assert len(pauses) > 1
    assert all(500 <= pause <= 1500 for pause in pauses)
    text = (await events.content.read()).decode()
    assert "retry: " in text.split("snapshot")[1]
    assert '{"type":"bye","retry_ms":' in text


async def _goodbye(viewer: Any) -> tuple[int, int]:
    bye = await frame(viewer)
    assert bye["type"] == "bye"
    return bye["retry_ms"], await close_code(viewer)


@contextlib.asynccontextmanager
async def behind_an_answer(broadcast: Broadcast) -> AsyncIterator[tuple[socket.socket, bytes]]:
    """A viewer on a connection whose answer to an earlier request is still going out; and what it has read by now."""
    await broadcast.show(1, {str(n): {"text": os.urandom(512).hex()} for n in range(150)})
    loop = asyncio.get_running_loop()
    seen = b""
    with socket.socket() as slow:
        slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        slow.setblocking(False)
        await loop.sock_connect(slow, ("127.0.0.1", broadcast.port))
        await loop.sock_sendall(slow, f"GET /live/state/{CHANNEL} HTTP/1.1\r\nHost: x\r\n\r\n".encode() + UPGRADE)
        async with asyncio.timeout(20):
            while await broadcast.figure('viewers{wire="ws"}') == 0:
                seen += await loop.sock_recv(slow, 4096)
            yield slow, seen


async def test_frames_on_a_used_connection_come_behind_the_answer_that_is_still_going_out(
    start: Start,
) -> None:
    async with start(behind_seconds=30) as broadcast, behind_an_answer(broadcast) as (slow, first):
        seen = first
        for seq in range(2, 12):
            await broadcast.show(seq, {"a": {"total": str(seq)}})
        while b'"seq":11,' not in seen:
            seen += (some := await asyncio.get_running_loop().sock_recv(slow, 65536))
            assert some, "closed"
    head, _, rest = seen.partition(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
    upgraded, _, frames = rest[length:].partition(b"\r\n\r\n")
    assert orjson.loads(rest[:length])["seq"] == 1
    assert upgraded.startswith(b"HTTP/1.1 101 ")
    told = [orjson.loads(body) for body in WebSocketReader(deflate=False).feed(frames)]
    assert told[0]["type"] == "snapshot"
    assert [one["seq"] for one in told] == sorted(one["seq"] for one in told)


async def test_who_stops_reading_before_its_first_frame_is_closed_too(start: Start) -> None:
    async with start(behind_seconds=0.5) as broadcast, behind_an_answer(broadcast):

        async def closed() -> bool:
            return await broadcast.figure('closes_total{code="4008"}') == 1

        await until(closed)
        assert await broadcast.figure("viewers_behind") == 0
