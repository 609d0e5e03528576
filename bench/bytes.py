"""What two hours of a competition cost one viewer in bytes, against sending each state as it is.

The event of `two_hours.py` goes through the real house (hub, lanes, wheel, audience, front door) in a loop with a
simulated clock. The viewer asks for what the page asks for: the showcase, the competition and how many watch. Two
thousand others come and go at other nodes, so that their number changes nearly every second, and every few seconds
somebody joins the viewer's own lane. `websockets` decodes; what is held at the end must be the state.

`bytes` is everything on the wire above TCP in both directions: handshake, snapshots, changes, pings, pongs. The
alternatives are what the same states, one per fan-out as they were told, would have cost the same way: each as
plain JSON, each deflated alone, and so for the changes.
"""

import asyncio
import random
import zlib
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson

from bench.followers import Follower, State, follow
from bench.simulated import SimulatedLoop
from bench.two_hours import SECONDS, TwoHours
from services.broadcast.admission import Admission, Limits
from services.broadcast.audience import PREFIX, Audience
from services.broadcast.crowd import Crowd
from services.broadcast.door import Door
from services.broadcast.figures import Figures
from services.broadcast.house import House
from services.broadcast.hub import Hub
from services.broadcast.settings import Settings
from services.broadcast.wheel import Wheel
from services.broadcast.wire import ws_text

_WATCHING = 2000
_STAY_SECONDS = 2400.0
_JOIN_SECONDS = 50.0
_COUNTRIES = {"": 30, "CN": 30, "GB": 25, "SG": 4, "CH": 2, "DE": 2, "FR": 2, "US": 2, "IN": 1, "IE": 1, "JP": 1}
"""Of a hundred viewers; some do not say."""
_TCP_BYTES = 52  # IP 20, TCP 20, timestamps 12
_SEGMENT = 1448


def run(_args: list[str]) -> dict[str, Any]:
    loop = SimulatedLoop()
    try:
        return loop.run_until_complete(_run())
    finally:
        loop.close()


@dataclass(slots=True)
class _Alternatives:
    """What the same states would have cost in other forms, fed by a viewer who gets every change uncompressed."""

    sizes: Counter[str] = field(default_factory=Counter)
    frames: Counter[str] = field(default_factory=Counter)
    segments: int = 0

    def told(self, frame: State, state: State) -> None:
        channel = frame["channel"]
        body = {"epoch": state["epoch"], "seq": state["seq"], "state": {"head": state["head"], "rows": state["rows"]}}
        whole = orjson.dumps({"type": "snapshot", "channel": channel, **body})
        change = orjson.dumps(frame)
        self.frames[channel] += 1
        self.segments += -(-len(whole) // _SEGMENT)
        for name, data in (
            ("plain", whole),
            ("fresh_deflate", _alone(whole)),
            ("deltas", change),
            ("deltas_fresh_deflate", _alone(change)),
        ):
            self.sizes[name] += len(ws_text(data))
            self.sizes[f"{name} of {channel}"] += len(ws_text(data))


def _alone(body: bytes) -> bytes:
    """As permessage-deflate would send it without context: the sync flush's tail is left out."""
    packer = zlib.compressobj(wbits=-15)
    return (packer.compress(body) + packer.flush(zlib.Z_SYNC_FLUSH))[:-4]


class _Others:
    """Who watches elsewhere; all come in the first ten minutes, stay a while, and somebody else comes for each."""

    def __init__(self, channel: str) -> None:
        self._channels = (channel,)
        self._chance = random.Random(2020)
        self._inside: list[str] = []
        self._crowd = Crowd()

    def crowd(self) -> Crowd:
        return Crowd(self._crowd.watching, self._crowd.countries)

    def turn(self, now: float) -> None:
        """One second."""
        wanted, inside = _WATCHING * min(1.0, 0.2 + now / 600), len(self._inside)
        for _ in range(self._happened(wanted / _STAY_SECONDS + max(0.0, wanted - inside) / 60)):
            (country,) = self._chance.choices(list(_COUNTRIES), list(_COUNTRIES.values()))
            self._inside.append(country)
            self._crowd.come(self._channels, country)
        for _ in range(min(inside, self._happened(inside / _STAY_SECONDS))):
            self._crowd.go(self._channels, self._inside.pop(self._chance.randrange(len(self._inside))))

    def _happened(self, rate: float) -> int:
        """How often something happened in a second that happens so often on average."""
        count, at = 0, self._chance.expovariate(rate) if rate else 1.0
        while at < 1.0:
            count, at = count + 1, at + self._chance.expovariate(rate)
        return count


async def _run() -> dict[str, Any]:
    event, alternatives = TwoHours(), _Alternatives()
    house, audience = _house()
    others = _Others(event.channel)
    audience.elsewhere = others.crowd
    tasks = [asyncio.create_task(work) for work in (house.hub.run(), house.wheel.run(), _count(audience, others))]
    loop = asyncio.get_running_loop()

    def door() -> asyncio.Protocol:
        return Door(house, asyncio.Protocol)

    boards = event.play()
    for _, board in (next(boards), next(boards)):
        house.offer(board)
    house.ready = True
    await asyncio.sleep(1.0)
    asked = "&".join(f"c={channel}" for channel in (event.showcase, event.channel, PREFIX + event.channel))
    viewer = await follow(door, Follower(asked, deflate=True))
    tap = await follow(door, Follower(asked, deflate=False, told=alternatives.told))
    tasks.append(asyncio.create_task(_joiners(door, asked)))
    for at, board in boards:
        await asyncio.sleep(max(0.0, at - loop.time()))
        house.offer(board)
    await asyncio.sleep(max(0.0, SECONDS - loop.time()))
    for task in tasks:
        task.cancel()
    for ended in await asyncio.gather(*tasks, return_exceptions=True):
        if not isinstance(ended, asyncio.CancelledError):
            raise SystemExit(f"a part of broadcast ended by itself: {ended!r}")
    await asyncio.sleep(1.0)
    _check(house, viewer, tap)
    return _figures(event, viewer, tap, alternatives)


def _house() -> tuple[House, Audience]:
    settings, figures = Settings(), Figures()
    hub = Hub(figures, settings.tick_ms / 1000, settings.slice_writes)
    audience = Audience(hub, "0123456789ab")
    wheel = Wheel(figures, settings.behind_seconds, settings.hard_limit_bytes, settings.head_seconds)
    return House(hub, wheel, Admission(Limits(10_000)), audience, figures, settings.soft_limit_bytes), audience


async def _count(audience: Audience, others: _Others) -> None:
    while True:
        await asyncio.sleep(1.0)
        others.turn(asyncio.get_running_loop().time())
        audience.turn()


async def _joiners(door: Any, asked: str) -> None:
    """Somebody comes to the lane every few seconds and stays a while."""
    inside: list[Follower] = []
    while True:
        await asyncio.sleep(_JOIN_SECONDS)
        inside.append(await follow(door, Follower(asked, deflate=True)))
        if len(inside) > _STAY_SECONDS / _JOIN_SECONDS:
            inside.pop(0).transport.abort()


def _check(house: House, *viewers: Follower) -> None:
    for viewer in viewers:
        assert not viewer.closed, "a viewer was sent away"
        for name, state in viewer.states.items():
            told = orjson.loads(house.hub.channel(name).snapshot().body)
            held = {"epoch": told["epoch"], "seq": told["seq"], **told["state"]}
            assert state == held, f"a viewer holds another state of {name} than is told"
        assert len(viewer.states) == 3


def _figures(event: TwoHours, viewer: Follower, tap: Follower, other: _Alternatives) -> dict[str, Any]:
    spent, beside = viewer.down + viewer.up, tap.down + tap.up - other.sizes["deltas"]  # the handshake, pings and pongs
    acknowledged = (viewer.packets_down + viewer.packets_up) * _TCP_BYTES * 2
    plain = other.sizes["plain"] + beside
    segments = other.segments + tap.packets_up + tap.packets_down - sum(other.frames.values())

    def ratio(name: str) -> float:
        return round(spent / (other.sizes[name] + beside), 4)

    return {
        "bytes": spent,
        "ratio_plain": ratio("plain"),
        "ratio_fresh_deflate": ratio("fresh_deflate"),
        "ratio_plain_deltas": ratio("deltas"),
        "ratio_deltas_fresh_deflate": ratio("deltas_fresh_deflate"),
        "bytes_plain": plain,
        "bytes_fresh_deflate": other.sizes["fresh_deflate"] + beside,
        "bytes_deltas": other.sizes["deltas"] + beside,
        "bytes_deltas_fresh_deflate": other.sizes["deltas_fresh_deflate"] + beside,
        "bytes_handshake_and_pings": beside,
        "deflated": viewer.agreed,
        "marks": event.marks,
        "states": dict(other.frames),
        "by_channel": {key: size for key, size in other.sizes.items() if " of " in key},
        "bytes_with_tcp": spent + acknowledged,
        "ratio_plain_with_tcp": round((spent + acknowledged) / (plain + segments * _TCP_BYTES * 2), 4),
    }
