"""Whatever happens on the way, every viewer ends with the state that a new viewer receives.

Random boards, restarts, restored ledgers, joins, breaks, resumes and viewers that take no bytes for a while, against
the real channels and lanes; only the descriptors are pipes that the test reads. A viewer checks every frame as a client
must: a delta has to fit what it holds, and within an epoch its position never goes back.
"""

import contextlib
import os
from typing import Any

import orjson
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, rule
from typing_extensions import override

from services.broadcast.channel import Channel, Frame
from services.broadcast.lane import Lane
from services.broadcast.wire import Wire
from shared.contracts.board import Board
from shared.contracts.viewer import applied

Json = dict[str, Any]

VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["", "1", "2.50", "名"]), st.floats(0, 1)
)
NESTED = st.one_of(VALUES, st.dictionaries(st.sampled_from("AB"), VALUES, max_size=2))
FIELDS = st.dictionaries(st.sampled_from(["bib", "total", "rank"]), NESTED, max_size=3)
ROWS = st.dictionaries(st.sampled_from(["a", "b", "c"]), FIELDS, max_size=3)
NAMES = ("competition/x.y", "showcase/x")


class Client:
    """A viewer: what a lane needs of one, and a person who folds frames the way docs/protocol.md says."""

    def __init__(self) -> None:
        self.at = -1
        self._reads, self._writes = os.pipe()
        os.set_blocking(self._reads, False)
        os.set_blocking(self._writes, False)
        self.fd = self._writes
        self.boards: dict[str, Json] = {}

    def send_rest(self, data: bytes, sent: int) -> None:
        assert os.write(self._writes, data[sent:]) == len(data) - sent

    def send_behind(self, data: bytes) -> bool:
        return False

    def broken(self) -> None:
        raise AssertionError("a pipe does not break")

    def takes_bytes(self, yes: bool) -> None:
        self.fd = self._writes if yes else -1

    def read(self) -> None:
        data = bytearray()
        with contextlib.suppress(BlockingIOError):
            while some := os.read(self._reads, 1 << 16):
                data += some
        for body in texts(bytes(data)):
            self._take(orjson.loads(body))

    def _take(self, frame: Json) -> None:
        held = self.boards.get(frame["channel"])
        if held is not None and held["epoch"] == frame["epoch"]:
            assert frame["seq"] >= held["seq"], "an older board came"
        if frame["type"] == "snapshot":
            self.boards[frame["channel"]] = {"epoch": frame["epoch"], "seq": frame["seq"], **frame["state"]}
        else:
            assert held is not None
            assert (held["epoch"], held["seq"]) == (frame["epoch"], frame["base"]), "a delta that does not fit"
            self.boards[frame["channel"]] = {"epoch": held["epoch"], "seq": frame["seq"], **applied(held, frame)}

    def since(self) -> list[tuple[str, int] | None]:
        return [(held["epoch"], held["seq"]) if (held := self.boards.get(name)) else None for name in NAMES]

    def sees(self) -> bytes:
        return orjson.dumps(self.boards, option=orjson.OPT_SORT_KEYS)

    def close(self) -> None:
        os.close(self._reads)
        os.close(self._writes)


def texts(data: bytes) -> list[bytes]:
    """The payloads of unmasked text frames, one after another."""
    found = []
    while data:
        assert data[0] == 0x81
        size, start = data[1], 2
        if size == 126:
            size, start = int.from_bytes(data[2:4], "big"), 4
        found.append(data[start : start + size])
        data = data[start + size :]
    return found


class Broadcasting(RuleBasedStateMachine):
    watching = Bundle("watching")
    away = Bundle("away")

    def __init__(self) -> None:
        super().__init__()
        self.history = {name: [Board(channel=name, epoch="e0", seq=1, head={}, rows={})] for name in NAMES}
        self.epochs = 0
        self.clients: list[Client] = []
        self._new_process(lag=0)

    def _new_process(self, lag: int) -> None:
        """Another process that has read the topic up to `lag` boards before its end."""
        self.channels = {name: Channel(name) for name in NAMES}
        for name, channel in self.channels.items():
            channel.offer(self.history[name][max(0, len(self.history[name]) - 1 - lag)])
            channel.flush()
        self.lane = Lane(tuple(self.channels.values()), Wire.WS)

    @override
    def teardown(self) -> None:
        self.everybody_sees_the_board()
        for client in self.clients:
            client.close()

    @rule(name=st.sampled_from(NAMES), head=FIELDS, rows=ROWS, steps=st.integers(1, 3))
    def change(self, name: str, head: Json, rows: dict[str, Json], steps: int) -> None:
        last = self.history[name][-1]
        self.history[name].append(last.model_copy(update={"seq": last.seq + steps, "head": head, "rows": rows}))
        self.channels[name].offer(self.history[name][-1])

    @rule(name=st.sampled_from(NAMES), rows=ROWS, back=st.integers(0, 5))
    def restore_the_ledger(self, name: str, rows: dict[str, Json], back: int) -> None:
        self.epochs += 1
        last = self.history[name][-1]
        changes = {"epoch": f"e{self.epochs}", "seq": max(0, last.seq - back), "rows": rows}
        self.history[name] = [last.model_copy(update=changes)]
        self.channels[name].offer(self.history[name][-1])

    @rule(name=st.sampled_from(NAMES), data=st.data())
    def deliver_a_board_again(self, name: str, data: st.DataObject) -> None:
        self.channels[name].offer(data.draw(st.sampled_from(self.history[name])))

    def _flush(self) -> bool:
        flushed: dict[Channel, Frame] = {}
        for channel in self.channels.values():
            if frame := channel.flush():
                flushed[channel] = frame
        if flushed:
            self.lane.advance(flushed, {})
        return bool(flushed)

    @rule()
    def tick(self) -> None:
        if self._flush():
            self.lane.write(list(self.lane.viewers))

    @rule(target=watching, data=st.data())
    def join_between_two_slices(self, data: st.DataObject) -> Client:
        client = Client()
        moved = self._flush()
        queue = list(self.lane.viewers)
        middle = data.draw(st.integers(0, len(queue)))
        if moved:
            self.lane.write(queue[:middle])
        self._enter(client)
        if moved:
            self.lane.write([*queue[middle:], client])
        return client

    def _enter(self, client: Client) -> Client:
        if client not in self.clients:
            self.clients.append(client)
        client.send_rest(self.lane.join(client, client.since()), 0)
        return client

    @rule(target=watching)
    def join(self) -> Client:
        return self._enter(Client())

    @rule(target=away, client=consumes(watching))
    def lose_the_connection(self, client: Client) -> Client:
        client.read()
        client.takes_bytes(True)
        self.lane.discard(client)
        return client

    @rule(target=watching, client=consumes(away))
    def come_back(self, client: Client) -> Client:
        return self._enter(client)

    @rule(client=watching)
    def stop_taking_bytes(self, client: Client) -> None:
        client.takes_bytes(False)

    @rule(client=watching)
    def take_bytes_again(self, client: Client) -> None:
        if client.fd < 0:
            client.takes_bytes(True)
            client.send_rest(self.lane.catch_up(client), 0)

    @rule(lag=st.integers(0, 3))
    def restart(self, lag: int) -> None:
        """Everybody comes to another process, which may read the topic more slowly than the one before."""
        back = [client for client in self.lane.everyone() if isinstance(client, Client)]
        self._new_process(lag)
        for client in back:
            client.read()
            client.takes_bytes(True)
            self._enter(client)

    @rule()
    def everybody_sees_the_board(self) -> None:
        for name, channel in self.channels.items():
            channel.offer(self.history[name][-1])
        self.tick()
        fresh = Client()
        fresh.send_rest(self.lane.join(fresh, [None] * len(NAMES)), 0)
        fresh.read()
        self.lane.discard(fresh)
        fresh.close()
        for name in NAMES:
            last = self.history[name][-1]
            assert (fresh.boards[name]["epoch"], fresh.boards[name]["seq"]) == (last.epoch, last.seq)
        for client in self.lane.everyone():
            assert isinstance(client, Client)
            self.take_bytes_again(client)
            client.read()
            assert client.sees() == fresh.sees()


Broadcasting.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestBroadcasting = Broadcasting.TestCase
