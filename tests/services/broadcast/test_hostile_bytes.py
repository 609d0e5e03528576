"""Random and mutilated bytes never break anything: an answer or an end, no fault of ours, and others are served."""

import asyncio
import contextlib
import random

import pytest
from websockets.frames import Frame as WsFrame
from websockets.frames import Opcode

from tests.services.broadcast.service import CHANNEL, UPGRADE, Broadcast, frame

EVENTS = f"GET /live/events?c={CHANNEL} HTTP/1.1\r\nHost: x\r\nLast-Event-ID: e1.1\r\n\r\n".encode()
STATE = f"GET /live/state/{CHANNEL} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def mutilated(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(changed))
        match dice.randrange(4):
            case 0:
                changed[at] = dice.randrange(256)
            case 1:
                del changed[at : at + dice.randint(1, 20)]
            case 2:
                changed[at:at] = dice.randbytes(dice.randint(1, 20))
            case _:
                changed[at:at] = changed[: dice.randint(1, 50)]
        if not changed:
            changed += b"\0"
    return bytes(changed)


async def throw(broadcast: Broadcast, *pieces: bytes) -> None:
    """Send, look at what comes for a moment, go away without a word."""
    reader, writer = await broadcast.raw(b"")
    with contextlib.suppress(ConnectionError, TimeoutError):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        async with asyncio.timeout(0.02):
            await reader.read(100)
    writer.close()


@pytest.mark.parametrize("seed", range(4))
async def test_hostile_bytes_harm_nobody(broadcast: Broadcast, seed: int) -> None:
    dice = random.Random(seed)
    await broadcast.show(1)
    async with broadcast.live() as bystander:
        await frame(bystander)
        for _ in range(40):
            request = mutilated(dice.choice([UPGRADE, EVENTS, STATE]), dice)
            cut = dice.randrange(len(request))
            await throw(broadcast, request[:cut], request[cut:])
            message = WsFrame(dice.choice(list(Opcode)), dice.randbytes(dice.randint(0, 125)))
            await throw(broadcast, UPGRADE, mutilated(message.serialize(mask=True), dice) * dice.randint(1, 3))
        await broadcast.publish(2, {"a": {"total": "2"}})
        assert (await frame(bystander))["seq"] == 2
