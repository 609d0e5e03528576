"""The page for people who write clients says what the code does."""

import asyncio
import re
import zlib
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic import BaseModel

from services.broadcast.deflate import WINDOW_BITS
from services.broadcast.head import MAX_HEAD
from services.broadcast.settings import Settings
from services.broadcast.wheel import PING_SECONDS
from shared.contracts.viewer import (
    CLOSE_CODES,
    MAX_CHANNELS,
    MAX_FROM_VIEWER,
    ByeFrame,
    DeltaFrame,
    SnapshotFrame,
    applied,
)
from tests.services.broadcast.service import CHANNEL, UPGRADE, Broadcast, Json, frame, until

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "protocol.md").read_text()


def test_every_close_code_stands_there_with_what_to_do() -> None:
    rows = {
        int(code): (meaning, action) for code, meaning, action in re.findall(r"\| (\d{4}) \| (.+) \| (.+) \|", PAGE)
    }
    assert rows == {one.code: (one.meaning, one.action) for one in CLOSE_CODES.values()}


@pytest.mark.parametrize("model", [SnapshotFrame, DeltaFrame, ByeFrame])
def test_every_frame_is_shown_with_its_fields(model: type[BaseModel]) -> None:
    kind = model.model_fields["type"].default
    line = next(line for line in PAGE.splitlines() if line.startswith(f'    {{"type":"{kind}"'))
    assert [name for name in re.findall(r'"(\w+)":', line) if name in model.model_fields] == list(model.model_fields)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.+?)```", PAGE, re.S)


async def test_the_worked_example_is_what_is_sent_byte_for_byte(broadcast: Broadcast) -> None:
    request, answer = blocks("http")[0].strip().split("\n\n")
    snapshot, first, state, second = [text.strip() for text in blocks("json")]
    held = orjson.loads(snapshot)["state"]
    await broadcast.show(4, held["rows"], held["head"])
    reader, writer = await broadcast.raw((request + "\n\n").replace("\n", "\r\n").encode())
    async with asyncio.timeout(5):
        assert set(answer.split("\n")) <= set((await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n"))
        assert await reader.readexactly(4 + len(snapshot)) == bytes.fromhex("81 7e 00 ac") + snapshot.encode()
        held = applied(held, orjson.loads(first))
        assert held == orjson.loads(state)
        await broadcast.show(5, held["rows"], held["head"])
        assert await reader.readexactly(4 + len(first)) == bytes.fromhex("81 7e 00 a0") + first.encode()
        held = applied(held, orjson.loads(second))
        await broadcast.show(6, held["rows"], held["head"])
        assert (await reader.readexactly(4 + len(second)))[4:] == second.encode()
    writer.close()
    headers = re.findall(r"`(81 7e 00 [0-9a-f]{2})`", PAGE)
    assert headers == [f"81 7e 00 {len(text):02x}" for text in (snapshot, first)]


def test_the_compressed_example_is_the_example_compressed() -> None:
    _, first, _, second = [text.strip() for text in blocks("json")]
    packed = [bytes.fromhex(text.replace("\n", " ")) for text in blocks("text")[0].split("\n\n")]
    window = zlib.decompressobj(-13)
    assert [window.decompress(one + b"\x00\x00\xff\xff").decode() for one in packed] == [first, second]
    assert [f"c1 {len(one):02x}" for one in packed] == re.findall(r"`(c1 [0-9a-f]{2})`", PAGE)
    said = re.search(r"as (\d+) and (\d+) bytes instead of\s(\d+) and (\d+)", PAGE)
    assert said is not None
    assert [int(one) for one in said.groups()] == [*map(len, packed), len(first), len(second)]


@pytest.mark.parametrize(
    ("offer", "taken"),
    [
        ("permessage-deflate", True),
        ("permessage-deflate; client_max_window_bits", True),
        ("permessage-deflate; server_max_window_bits=15", True),
        ("permessage-deflate; server_max_window_bits=11", False),
        ("permessage-deflate; server_no_context_takeover", False),
        ("x-webkit-deflate-frame", False),
    ],
)
async def test_compression_is_answered_as_the_page_says(broadcast: Broadcast, offer: str, taken: bool) -> None:
    await broadcast.show(1)
    extensions = f"\r\nSec-WebSocket-Extensions: {offer}\r\n\r\n".encode()
    reader, writer = await broadcast.raw(UPGRADE.removesuffix(b"\r\n\r\n") + extensions)
    async with asyncio.timeout(5):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        assert (blocks("http")[1].strip() in head.split("\r\n")) == taken
        assert (await reader.readexactly(1) == b"\xc1") == taken
    writer.close()


async def test_the_client_on_the_page_follows_a_board(broadcast: Broadcast, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = blocks("python")
    client: dict[str, Any] = {}
    exec(compile(code, "protocol.md", "exec"), client)
    await broadcast.show(1, {"a": {"total": "1"}}, {"frozen": True})
    following = asyncio.create_task(client["follow"](broadcast.url.replace("http", "ws"), CHANNEL))
    printed: list[Json] = []

    async def shows(seq: int) -> bool:
        printed.extend(orjson.loads(line) for line in capsys.readouterr().out.splitlines())
        return bool(printed and printed[-1]["seq"] == seq)

    await until(lambda: shows(1))
    await broadcast.show(2, {"a": {"total": "2"}, "b": {}})
    await until(lambda: shows(2))
    assert printed[-1] == {"epoch": "e1", "seq": 2, "head": {}, "rows": {"a": {"total": "2"}, "b": {}}}
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)


def test_every_refusal_of_a_viewer_stands_there_under_its_status() -> None:
    listed = {
        (status, code)
        for status, codes in re.findall(r"^\| ([45]\d\d) \| ((?:`\w+`(?:, )?)+) \|", PAGE, re.M)
        for code in re.findall(r"`(\w+)`", codes)
    }
    sources = (ROOT / "services" / "broadcast").glob("*.py")
    refused = {pair for source in sources for pair in re.findall(r'Refusal\(\s*(\d{3}), "(\w+)"', source.read_text())}
    # Those are for clients that do not speak HTTP or WebSocket, and need no instruction.
    assert refused - {("400", "bad_head"), ("431", "head_too_large")} <= listed
    assert listed <= refused


def test_the_limits_are_those_of_the_code() -> None:
    of = {name: field.default for name, field in Settings.model_fields.items()}
    for text in (
        f"1 to {MAX_CHANNELS} times",
        f"channels of a connection | {MAX_CHANNELS}, all different",
        f"at most {3 * MAX_CHANNELS} parameters",
        f"has at most {MAX_HEAD // 1024} kB and must be there within {of['head_seconds']:g} s",
        f"above {MAX_FROM_VIEWER // 1024} kB it is 1009",
        f"within {of['tick_ms']} ms are sent as one",
        f"about {of['soft_limit_bytes'] // 1024} kB, then you are passed over",
        f"for {of['behind_seconds']:g} s, or above {of['hard_limit_bytes'] // 1024} kB, then 4008",
        f"or an SSE comment, every {PING_SECONDS} s",
        f"server_max_window_bits={WINDOW_BITS}\n",
    ):
        assert text in PAGE, text
    for name in re.findall(r"`BROADCAST_([A-Z_]+)`", PAGE):
        assert name.lower() in of


async def test_what_is_sent_is_what_the_contract_describes(broadcast: Broadcast) -> None:
    await broadcast.show(1, {"a": {"total": "1"}})
    async with broadcast.live() as viewer:
        snapshot: Json = await frame(viewer)
        assert SnapshotFrame.model_validate(snapshot).model_dump() == snapshot
        await broadcast.publish(2, {"b": {"total": "1"}})
        delta = await frame(viewer)
        assert DeltaFrame.model_validate(delta).model_dump() == delta
