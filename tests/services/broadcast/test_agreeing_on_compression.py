"""Which offers of permessage-deflate are taken, and what a viewer that has agreed on it may send."""

import asyncio
import zlib

import pytest
from websockets.frames import Opcode

from tests.services.broadcast.raw_viewer import Close, RawViewer, frame_of
from tests.services.broadcast.service import UPGRADE, Broadcast, answer_of

TAKEN = "permessage-deflate; client_no_context_takeover; server_max_window_bits=13"


def offering(*offers: str) -> bytes:
    lines = "".join(f"Sec-WebSocket-Extensions: {offer}\r\n" for offer in offers)
    return UPGRADE.replace(b"Upgrade: websocket", lines.encode() + b"Upgrade: websocket")


@pytest.mark.parametrize(
    ("offers", "answer"),
    [
        (["permessage-deflate"], TAKEN),
        (["permessage-deflate; client_max_window_bits"], TAKEN),  # as browsers say it
        (["permessage-deflate; server_max_window_bits=15"], TAKEN),
        (["permessage-deflate; server_max_window_bits=13; client_no_context_takeover"], TAKEN),
        (["permessage-deflate; client_max_window_bits=10"], TAKEN + "; client_max_window_bits=10"),
        (["permessage-deflate; server_max_window_bits=12"], None),  # would forget what ours refers to
        (["permessage-deflate; server_no_context_takeover"], None),
        (["permessage-deflate; server_no_context_takeover, permessage-deflate"], TAKEN),
        (["permessage-deflate; server_max_window_bits=9", "permessage-deflate"], TAKEN),
        (["permessage-deflate, permessage-deflate"], TAKEN),
        (["permessage-deflate; server_max_window_bits=99"], None),
        (["permessage-deflate; no_such_thing"], None),
        (["permessage-deflate; server_max_window_bits=13; server_max_window_bits=12"], None),
        (["x-webkit-deflate-frame"], None),
        ([], None),
    ],
)
async def test_an_offer_is_taken_if_its_sender_remembers_what_all_must_remember(
    broadcast: Broadcast, offers: list[str], answer: str | None
) -> None:
    await broadcast.show(1, {"a": {"total": "1"}})
    async with RawViewer.at(broadcast.port, offering(*offers)) as viewer:
        assert viewer.headers.get("sec-websocket-extensions") == answer
        first, body = await viewer.message()
        assert first == (0x81 if answer is None else 0xC1)
        text = body if answer is None else zlib.decompressobj(-13).decompress(body + b"\x00\x00\xff\xff")
        assert text.startswith(b'{"type":"snapshot"')


async def test_an_offer_that_cannot_be_read_is_a_bad_request(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    reader, writer = await broadcast.raw(offering("permessage-deflate;;="))
    assert (await answer_of(reader))[0] == 400
    writer.close()


def packed(data: bytes) -> bytes:
    compressor = zlib.compressobj(wbits=-15)
    return (compressor.compress(data) + compressor.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")


@pytest.mark.parametrize(
    ("frames", "code"),
    [
        ([frame_of(Opcode.TEXT, packed(b"hello"), rsv=4)], 4400),
        ([frame_of(Opcode.TEXT, b"plain")], 4400),
        ([frame_of(Opcode.TEXT, packed(b"hel"), rsv=4, fin=False), frame_of(Opcode.CONT, b"")], 4400),
        ([frame_of(Opcode.BINARY, packed(b"x" * 1_000_000), rsv=4)], 1009),  # 1 kB on the way, 1 MB when unpacked
        ([frame_of(Opcode.TEXT, b"\xff\xff\xff\xff no deflate", rsv=4)], 1002),
        ([frame_of(Opcode.TEXT, b"", rsv=6)], 1002),
        ([frame_of(Opcode.PING, b"", rsv=4)], 1002),
    ],
    ids=["message", "plain", "fragments", "bomb", "garbage", "two bits", "control"],
)
async def test_what_a_viewer_sends_compressed_ends_with_the_code_it_would_end_with_plain(
    broadcast: Broadcast, frames: list[bytes], code: int
) -> None:
    await broadcast.show(1)
    async with RawViewer.at(broadcast.port, offering("permessage-deflate")) as viewer:
        for one in frames:
            viewer.write(one)
            await asyncio.sleep(0.01)
        assert (await viewer.closed_with()) == Close(code)
