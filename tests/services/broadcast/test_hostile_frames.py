"""What RFC 6455 forbids, and what it allows and nobody should do, from a client that shares no code with the server.

Each ends with the code that says what was wrong; another viewer on the same process goes on, and nothing is left over:
no viewer, no descriptor.
"""

import asyncio
import contextlib
import os
import re
from collections.abc import AsyncIterator

import pytest

from tests.services.broadcast.raw_viewer import Close, RawViewer, frame_of
from tests.services.broadcast.service import CHANNEL, UPGRADE, Broadcast, answer_of, frame, until

CONT, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10


@pytest.fixture
async def bystander(broadcast: Broadcast) -> AsyncIterator[Broadcast]:
    """The service, with a viewer on it that must not notice anything; and nothing may be left over."""
    await broadcast.show(1)
    async with broadcast.live() as viewer:
        await frame(viewer)
        descriptors = 0

        async def alone() -> bool:
            wires = [await broadcast.figure(f'viewers{{wire="{wire}"}}') for wire in ("ws", "deflate", "sse")]
            return sum(wires) == 1 and len(os.listdir("/proc/self/fd")) <= descriptors

        await broadcast.ready()
        descriptors = len(os.listdir("/proc/self/fd"))
        yield broadcast
        await broadcast.publish(2, {"a": {"total": "2"}})
        assert (await frame(viewer))["seq"] == 2
        await until(alone)


def close_frame(code: int, reason: bytes = b"") -> bytes:
    return frame_of(CLOSE, code.to_bytes(2, "big") + reason)


PROTOCOL_ERRORS = {
    "text without a mask": frame_of(TEXT, b"hello", mask=b""),
    "close without a mask": frame_of(CLOSE, b"\x03\xe8", mask=b""),
    "a continuation of nothing": frame_of(CONT, b"end"),
    "a ping in fragments": frame_of(PING, b"be", fin=False),
    "a close in fragments": frame_of(CLOSE, b"\x03\xe8", fin=False),
    "a ping of 126 bytes": frame_of(PING, b"x" * 126),
    "a close of 126 bytes": close_frame(1000, b"x" * 124),
    **{f"reserved bits {rsv:03b} on {name}": frame_of(opcode, b"x", rsv=rsv)
       for rsv in (1, 2, 4, 7) for name, opcode in (("text", TEXT), ("a ping", PING), ("a close", CLOSE))},
    **{f"reserved opcode {opcode:#x}": frame_of(opcode, b"") for opcode in (3, 4, 5, 6, 7, 11, 12, 13, 14, 15)},
    **{f"close code {code}": close_frame(code) for code in (0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535)},
    "a close of one byte": frame_of(CLOSE, b"\x03"),
    "a second request behind the upgrade": b"GET /live/state HTTP/1.1\r\nHost: x\r\n\r\n",
}  # fmt: skip
MESSAGES = {
    "text": frame_of(TEXT, b"hello"),
    "an empty text": frame_of(TEXT, b""),
    "text that is no UTF-8": frame_of(TEXT, b"\xc0\xaf\xed\xa0\x80"),
    "fragments with a ping between": frame_of(TEXT, b"a", fin=False) + frame_of(PING, b"") + frame_of(CONT, b"b"),
    "empty fragments without end": frame_of(BINARY, b"", fin=False) + frame_of(CONT, b"", fin=False) * 50,
    "more than is read at once": frame_of(BINARY, b"x" * 8000),
}


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in PROTOCOL_ERRORS.items()])
async def test_what_the_protocol_forbids_ends_with_1002(bystander: Broadcast, data: bytes) -> None:
    async with RawViewer.at(bystander.port) as viewer:
        viewer.write(data)
        assert await viewer.closed_with() == Close(1002)


@pytest.mark.parametrize("data", [pytest.param(data, id=name) for name, data in MESSAGES.items()])
async def test_a_message_of_any_form_ends_with_4400(bystander: Broadcast, data: bytes) -> None:
    async with RawViewer.at(bystander.port) as viewer:
        viewer.write(data)
        assert await viewer.closed_with() == Close(4400)


@pytest.mark.parametrize("size", [1 << 14, 1 << 31, (1 << 63) - 1, 1 << 63])
async def test_a_length_that_is_too_much_ends_with_1009(bystander: Broadcast, size: int) -> None:
    async with RawViewer.at(bystander.port) as viewer:
        viewer.write(b"\x82\xff" + size.to_bytes(8, "big") + b"mask")
        assert await viewer.closed_with() == Close(1009)


async def test_a_reason_that_is_no_utf8_ends_with_1007(bystander: Broadcast) -> None:
    async with RawViewer.at(bystander.port) as viewer:
        viewer.write(close_frame(1000, b"\xff"))
        assert await viewer.closed_with() == Close(1007)


@pytest.mark.parametrize("code", [1000, 1001, 3000, 4999])
async def test_a_close_is_answered_with_its_own_code_once_whatever_comes_behind_it(
    bystander: Broadcast, code: int
) -> None:
    async with RawViewer.at(bystander.port) as viewer:
        viewer.write(close_frame(code) + os.urandom(500) + close_frame(1002) + frame_of(PING, b"late"))
        assert await viewer.closed_with() == Close(code)
        assert viewer.pongs == []


async def test_a_close_without_a_code_is_answered_with_none(bystander: Broadcast) -> None:
    async with RawViewer.at(bystander.port) as viewer:
        viewer.write(frame_of(CLOSE, b""))
        assert await viewer.closed_with() == Close(1005)


@pytest.mark.parametrize("opcode", [PING, PONG])
@pytest.mark.parametrize("at_once", [True, False], ids=["at once", "one by one"])
async def test_a_flood_of_control_frames_is_not_even_read_to_its_end(
    bystander: Broadcast, opcode: int, at_once: bool
) -> None:
    async with RawViewer.at(bystander.port) as viewer:
        for _ in range(1 if at_once else 400):
            viewer.write(frame_of(opcode, b"") * (50_000 if at_once else 1))
            await asyncio.sleep(0)
        assert await viewer.closed_with() == Close(4400)
        assert len(viewer.pongs) < 400


async def test_some_pings_are_answered_each(bystander: Broadcast) -> None:
    async with RawViewer.at(bystander.port) as viewer:
        for n in range(20):
            viewer.write(frame_of(PING, b"%d" % n) + frame_of(PONG, b"unasked"))
        viewer.write(close_frame(1000))
        assert await viewer.closed_with() == Close(1000)
        assert viewer.pongs == [b"%d" % n for n in range(20)]


async def test_a_message_byte_by_byte_is_a_message(bystander: Broadcast) -> None:
    async with RawViewer.at(bystander.port) as viewer:
        for byte in frame_of(TEXT, b"slowly"):
            viewer.write(bytes([byte]))
            await asyncio.sleep(0.001)
        assert await viewer.closed_with() == Close(4400)


@pytest.mark.parametrize("way", ["half closed", "cut", "half a frame"])
async def test_a_connection_that_just_ends_leaves_nothing(bystander: Broadcast, way: str) -> None:
    async with RawViewer.at(bystander.port) as viewer:
        await viewer.message()
        if way == "half closed":
            viewer.half_close()
            assert await viewer.closed_with() == Close(None)
        elif way == "cut":
            viewer.cut()
        else:
            viewer.write(frame_of(TEXT, b"never ends")[:5])
            viewer.half_close()
            assert await viewer.closed_with() == Close(None)


def changed(old: bytes, new: bytes) -> bytes:
    assert old in UPGRADE
    return UPGRADE.replace(old, new)


HOST = b"Host: x\r\n"
SMUGGLED = b"GET /live/state HTTP/1.1\r\nHost: x\r\n\r\n"
SHAPES = {
    "length and chunks": (changed(HOST, HOST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n"), 400),
    "two lengths": (changed(HOST, HOST + b"Content-Length: 0\r\nContent-Length: 36\r\n"), 400),
    "a length in a list": (changed(HOST, HOST + b"Content-Length: 0, 36\r\n"), 400),
    "a length with a sign": (changed(HOST, HOST + b"Content-Length: +0\r\n"), 400),
    "a length of 36": (changed(HOST, HOST + b"Content-Length: 36\r\n"), 400),
    "chunks in disguise": (changed(HOST, HOST + b"Transfer-Encoding: \x0bchunked\r\n"), 400),
    "a folded line": (changed(HOST, b"Host: x\r\nA: b\r\n\tTransfer-Encoding: chunked\r\n"), 400),
    "a bare line feed": (changed(HOST, b"Host: x\nTransfer-Encoding: chunked\r\n"), 400),
    "a bare carriage return": (changed(HOST, b"Host: x\rTransfer-Encoding: chunked\r\n"), 400),
    "a space before the colon": (changed(HOST, HOST + b"Content-Length : 36\r\n"), 400),
    "a space in a name": (changed(HOST, HOST + b"Content Length: 36\r\n"), 400),
    "a line without a name": (changed(HOST, HOST + b": 36\r\n"), 400),
    "a nul": (changed(HOST, b"Host: x\0\r\n"), 400),
    "a nul in a name": (changed(HOST, HOST + b"Content-Length\0: 36\r\n"), 400),
    "two keys": (changed(HOST, HOST + b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"), 400),
    "two upgrades": (changed(HOST, HOST + b"Upgrade: h2c\r\n"), 400),
    "another upgrade": (changed(b"Upgrade: websocket", b"Upgrade: h2c"), 426),
    "no wish to upgrade": (changed(b"Connection: Upgrade", b"Connection: close"), 426),
    "an older HTTP": (changed(b"HTTP/1.1", b"HTTP/1.0"), 400),
    "a tab": (changed(b"GET ", b"GET\t"), 400),
    "no line endings": (UPGRADE.replace(b"\r\n", b"\n") + b"\r\n\r\n", 400),
}


@pytest.mark.parametrize(("head", "status"), [pytest.param(*shape, id=name) for name, shape in SHAPES.items()])
async def test_a_head_that_could_be_read_in_two_ways_is_refused_with_all_behind_it(
    bystander: Broadcast, head: bytes, status: int
) -> None:
    reader, writer = await bystander.raw(head + SMUGGLED)
    found, data = await answer_of(reader)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()
    assert found == status
    assert len(re.findall(rb"HTTP/1\.[01] \d\d\d ", data)) == 1, "what was behind it was answered too"


async def test_an_address_with_a_host_in_it_is_the_same_feed(bystander: Broadcast) -> None:
    async with RawViewer.at(bystander.port, changed(b"/live?", b"http://x/live?")) as viewer:
        assert b'"type":"snapshot"' in (await viewer.message())[1]


async def test_a_frame_before_the_answer_is_read_after_it(bystander: Broadcast) -> None:
    async with RawViewer.at(bystander.port, UPGRADE + frame_of(PING, b"early") + close_frame(1001)) as viewer:
        assert await viewer.closed_with() == Close(1001)
        assert viewer.pongs == [b"early"]


async def test_a_viewer_that_asks_for_nothing_it_may_have_is_told_and_ended(bystander: Broadcast) -> None:
    for query, code in ((b"c=", 4404), (b"c=x&c=x", 4400), (b"", 4400), (b"c=%00", 4404)):
        upgrade = UPGRADE.replace(f"c={CHANNEL}".encode(), query)
        async with RawViewer.at(bystander.port, upgrade + os.urandom(3000)) as viewer:
            assert (await viewer.closed_with()).code == code
