"""Whatever happens on the way, every viewer ends with the state that a new viewer receives.

Random boards, restarts, restored ledgers, joins, breaks, resumes and viewers that do not read for a while, on lanes of
all wires and several channels, against the real hub, whose fan-out is stopped between any two slices to let the rest
happen. Viewers (`model_viewer.py`) read real bytes from real sockets and check each frame.
"""

import random
from collections import Counter
from typing import Any

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, precondition, rule
from typing_extensions import override

from services.broadcast.figures import Figures
from services.broadcast.hub import Hub
from services.broadcast.wire import Wire
from shared.contracts.board import Board
from tests.properties.model_viewer import ModelViewer

pytestmark = pytest.mark.timeout(240)

Json = dict[str, Any]

# What no compressor makes smaller fills a socket soon.
NOISE = st.integers(0, 3).map(lambda seed: random.Random(seed).randbytes(800).hex())
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(0, 2), st.sampled_from(["", "1", "2.50", "名"]), st.floats(0, 1), NOISE
)
NESTED = st.one_of(VALUES, st.dictionaries(st.sampled_from("AB"), VALUES, max_size=2))
FIELDS = st.dictionaries(st.sampled_from(["bib", "total", "rank"]), NESTED, max_size=3)
ROWS = st.dictionaries(st.sampled_from(["a", "b", "c"]), FIELDS, max_size=3)
NAMES = ("competition/x.y", "showcase/x")
WIRES = st.sampled_from([Wire.WS, Wire.DEFLATE, Wire.DEFLATE, Wire.SSE])
CHANNELS = st.sampled_from([NAMES, NAMES, NAMES[:1], NAMES[1:], NAMES[::-1]])
ANSWERS = st.sampled_from([0, 0, 0, 9000])
SLICE = 7


class Broadcasting(RuleBasedStateMachine):
    watching = Bundle("watching")
    away = Bundle("away")

    def __init__(self) -> None:
        super().__init__()
        self.history = {name: [Board(channel=name, epoch="e0", seq=1, head={}, rows={})] for name in NAMES}
        self.epochs = 0
        self.viewers: list[ModelViewer] = []
        self._new_process(lag=0)

    def _new_process(self, lag: int) -> None:
        """Another process that has read the topic up to `lag` boards before its end."""
        self.hub = Hub(Figures(), slice_writes=SLICE)
        self.fan_out: Any = None
        self.built: dict[str, tuple[str, int]] = {}
        for name in NAMES:
            self.hub.offer(self.history[name][max(0, len(self.history[name]) - 1 - lag)])

    @override
    def teardown(self) -> None:
        try:
            self.everybody_sees_the_board()
        finally:
            for viewer in self.viewers:
                viewer.disconnect()

    # Boards

    @rule(name=st.sampled_from(NAMES), head=FIELDS, rows=ROWS, steps=st.integers(1, 3))
    def change(self, name: str, head: Json, rows: dict[str, Json], steps: int) -> None:
        last = self.history[name][-1]
        self.history[name].append(last.model_copy(update={"seq": last.seq + steps, "head": head, "rows": rows}))
        self.hub.offer(self.history[name][-1])

    @rule(name=st.sampled_from(NAMES), rows=ROWS, back=st.integers(0, 5))
    def restore_the_ledger(self, name: str, rows: dict[str, Json], back: int) -> None:
        self.epochs += 1
        last = self.history[name][-1]
        changes = {"epoch": f"e{self.epochs}", "seq": max(0, last.seq - back), "rows": rows}
        self.history[name] = [last.model_copy(update=changes)]
        self.hub.offer(self.history[name][-1])

    @rule(name=st.sampled_from(NAMES), data=st.data())
    def deliver_a_board_again(self, name: str, data: st.DataObject) -> None:
        self.hub.offer(data.draw(st.sampled_from(self.history[name])))

    # Fan-outs

    @precondition(lambda self: self.fan_out is None)
    @rule()
    def tick(self) -> None:
        """Flush, and begin to write."""
        self.fan_out = self.hub.fan_out(self.hub.flush())
        self.go_on_writing()

    @precondition(lambda self: self.fan_out is not None)
    @rule()
    def go_on_writing(self) -> None:
        """To the next pause."""
        try:
            self.fan_out.send(None)
        except StopIteration:
            self.fan_out = None

    @rule(changes=st.lists(st.tuples(st.sampled_from(NAMES), ROWS, st.booleans()), min_size=3, max_size=12))
    def marks_come_quickly(self, changes: list[tuple[str, dict[str, Json], bool]]) -> None:
        for name, rows, told in changes:
            self.change(name, {}, rows, 1)
            if told:
                self._settle()

    # Viewers

    @rule(target=watching, wire=WIRES, channels=CHANNELS, answer=ANSWERS)
    def join(self, wire: Wire, channels: tuple[str, ...], answer: int = 0) -> ModelViewer:
        viewer = ModelViewer(wire, channels)
        self.viewers.append(viewer)
        viewer.connect(self.hub, answer=answer)
        return viewer

    @rule(target=watching, wire=WIRES, number=st.integers(2, 9))
    def a_class_joins(self, wire: Wire, number: int) -> Any:
        return multiple(*[self.join(wire, NAMES) for _ in range(number)])

    @rule(target=watching, number=st.integers(2, 8), changes=st.integers(1, 3))
    def late_ones_join_one_by_one(self, number: int, changes: int) -> Any:
        """Each is taken into the shared compressor by a fresh start of its own."""
        late = []
        for _ in range(number):
            late.append(self.join(Wire.DEFLATE, NAMES))
            for _ in range(changes):
                self.change(NAMES[0], {"total": str(self.history[NAMES[0]][-1].seq)}, {}, 1)
                self._settle()
        return multiple(*late)

    @rule(viewer=watching)
    def read(self, viewer: ModelViewer) -> None:
        if viewer.lane is not None:
            viewer.read()

    @rule(viewer=watching, size=st.integers(1, 6000), noticed=st.booleans())
    def read_a_little(self, viewer: ModelViewer, size: int, noticed: bool) -> None:
        if viewer.lane is not None:
            viewer.read_some(size, noticed=noticed)

    @rule(target=away, viewer=consumes(watching))
    def leave(self, viewer: ModelViewer) -> ModelViewer:
        viewer.disconnect()
        return viewer

    @rule(target=away, viewer=consumes(watching))
    def vanish(self, viewer: ModelViewer) -> ModelViewer:
        if viewer.lane is not None:
            viewer.vanish()
            self._settle()
            for name in viewer.channels:
                self.change(name, {}, {"gone": {"total": str(self.history[name][-1].seq)}}, 1)
            self._settle()
            viewer.disconnect()  # one whose socket was full was not written to
        return viewer

    @rule(target=watching, viewer=consumes(away), remember=st.booleans(), answer=ANSWERS)
    def come_back(self, viewer: ModelViewer, remember: bool, answer: int) -> ModelViewer:
        viewer.connect(self.hub, remember=remember, answer=answer)
        return viewer

    @rule(lag=st.integers(0, 3), answer=ANSWERS)
    def restart(self, lag: int, answer: int) -> None:
        """Everybody comes to another process, which may read the topic more slowly than the one before."""
        back = [viewer for viewer in self.viewers if viewer.lane is not None]
        for viewer in back:
            viewer.disconnect()
        self._new_process(lag)
        for viewer in back:
            viewer.connect(self.hub, answer=answer)

    # What is always so

    @invariant()
    def a_version_is_built_into_a_snapshot_once(self) -> None:
        for name, channel in self.hub.channels.items():
            if channel.told:
                position, built = self.built.get(name, ("", 0))
                if position != channel.position:
                    # The snapshots of versions that came and went since are not ours to count.
                    self.built[name] = channel.position, channel.snapshots_built
                else:
                    assert channel.snapshots_built <= built + 1

    @invariant()
    def in_each_lane_are_those_who_watch_and_no_lane_outlives_them(self) -> None:
        watched = Counter(viewer.lane for viewer in self.viewers if viewer.lane is not None)
        assert all(len(lane) == viewers for lane, viewers in watched.items())
        assert self.hub.lanes().total() == len(watched)

    @rule()
    def everybody_sees_the_board(self) -> None:
        for name in NAMES:
            self.hub.offer(self.history[name][-1])
        self._settle()
        fresh = ModelViewer(Wire.WS, NAMES)
        fresh.connect(self.hub)
        fresh.read()
        fresh.disconnect()
        for name in NAMES:
            last = self.history[name][-1]
            assert (fresh.boards[name]["epoch"], fresh.boards[name]["seq"]) == (last.epoch, last.seq)
        for viewer in self.viewers:
            if viewer.lane is not None:
                viewer.read()
                assert not viewer.held
                assert seen(viewer) == orjson.dumps(
                    [fresh.boards[name] for name in viewer.channels], option=orjson.OPT_SORT_KEYS
                )

    def _settle(self) -> None:
        """Finish the fan-out that is under way, and do another."""
        for _ in range(2):
            if self.fan_out is None:
                self.tick()
            while self.fan_out is not None:
                self.go_on_writing()


def seen(viewer: ModelViewer) -> bytes:
    return orjson.dumps([viewer.boards[name] for name in viewer.channels], option=orjson.OPT_SORT_KEYS)


Broadcasting.TestCase.settings = settings(max_examples=100, stateful_step_count=50)
TestBroadcasting = Broadcasting.TestCase
