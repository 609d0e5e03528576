"""The fan-out by itself, over sockets: who gets what, in which order, and who shares a compressor."""

import itertools
import tracemalloc
from collections.abc import Iterator

import pytest

from services.broadcast import hub as hubs
from services.broadcast.figures import Figures
from services.broadcast.hub import Hub
from services.broadcast.question import Question
from services.broadcast.wire import Wire
from shared.contracts.board import Board
from tests.properties.model_viewer import ModelViewer

CHANNEL = "competition/x.y"


class House:
    """A hub whose ticks the test makes, with viewers over socket pairs."""

    def __init__(self) -> None:
        self.figures = Figures()
        self.hub = Hub(self.figures, slice_writes=10)
        self.seq = 0
        self.viewers: list[ModelViewer] = []
        self.change()

    def change(self) -> None:
        self.seq += 1
        row = {"name": "Competitor 1", "total": f"{self.seq}.50", "rank": 1}
        self.hub.offer(Board(channel=CHANNEL, epoch="e", seq=self.seq, head={}, rows={"a": row}))

    async def tick(self) -> None:
        self.change()
        await self.hub.fan_out(self.hub.flush())

    def join(self, wire: Wire, channels: tuple[str, ...] = (CHANNEL,)) -> ModelViewer:
        viewer = ModelViewer(wire, channels)
        viewer.connect(self.hub)
        viewer.read()
        self.viewers.append(viewer)
        return viewer

    def packed(self, viewer: ModelViewer) -> int:
        """How many more compressed messages a viewer has read by now."""
        before = viewer.inflated()
        viewer.read()
        return viewer.inflated() - before


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    yield house
    for viewer in house.viewers:
        viewer.disconnect()


async def test_viewers_of_an_epoch_get_packed_frames_and_late_ones_plain_ones_until_it_ends(
    house: House,
) -> None:
    early = [house.join(Wire.DEFLATE) for _ in range(10)]
    await house.tick()
    assert [house.packed(viewer) for viewer in early] == [1] * 10, "the first to come begin an epoch"
    late = house.join(Wire.DEFLATE)
    for _ in range(9):
        await house.tick()
    assert house.packed(late) == 0
    assert [house.packed(viewer) for viewer in early] == [9] * 10
    for _ in range(9):
        await house.tick()
    assert house.packed(late) == 9, "taken in when it had cost as much as a fresh start"
    assert [house.packed(viewer) for viewer in early] == [9] * 10
    assert {str(viewer.boards) for viewer in house.viewers} == {str(late.boards)}


async def test_bytes_are_counted_as_sent_and_as_they_would_be_plain(house: House) -> None:
    house.join(Wire.DEFLATE)
    house.join(Wire.WS)
    for _ in range(20):
        await house.tick()
    assert house.figures.deliveries == 40
    assert 0.5 * house.figures.bytes_plain < house.figures.bytes_out < 0.7 * house.figures.bytes_plain


async def test_nobody_is_always_last(house: House) -> None:
    for _ in range(25):
        house.join(Wire.WS)
    last = set()
    for _ in range(12):
        house.change()
        (lane,) = house.hub.flush()
        groups = lane.due()
        for group in groups:
            lane.write(group)
        last.add(id(groups[-1]))
        for viewer in house.viewers:
            viewer.read()
    assert len(last) == 3


async def test_groups_that_have_become_small_are_poured_together(house: House) -> None:
    for _ in range(30):
        late = house.join(Wire.DEFLATE)
        for _ in range(40):
            await house.tick()
        for viewer in house.viewers:
            viewer.read()
        assert late.lane is not None
        assert len(late.lane.due()) <= 9
        assert sum(len(group) for group in late.lane.due()) == len(house.viewers)


async def test_only_so_many_lanes_have_a_compressor(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hubs, "_MOST_COMPRESSING", 2)
    for name in ("showcase/a", "showcase/b"):
        house.hub.offer(Board(channel=name, epoch="e", seq=1, head={}, rows={}))
    first = house.join(Wire.DEFLATE)
    house.join(Wire.DEFLATE, ("showcase/a",))
    plain = house.join(Wire.DEFLATE, ("showcase/b",))
    assert plain.lane is house.hub.lane(Question(("showcase/b",), (None,)), Wire.WS)
    first.disconnect()
    assert house.join(Wire.DEFLATE, (CHANNEL, "showcase/b")).lane is not plain.lane
    assert (house.hub.lanes()["deflate"], house.hub.lanes()["ws"]) == (2, 1)


@pytest.mark.parametrize("wire", [Wire.WS, Wire.SSE])
async def test_a_lane_without_a_compressor_keeps_no_board(house: House, wire: Wire) -> None:
    """Anybody may ask for channels in any order, and each order is a lane of its own."""
    names = [f"showcase/{letter}" for letter in "abcde"]
    for name in names:
        house.hub.offer(Board(channel=name, epoch="e", seq=1, head={"text": "x" * 20_000}, rows={}))
    house.join(wire, tuple(names)).disconnect()  # the snapshots are there
    tracemalloc.start()
    try:
        for order in itertools.islice(itertools.permutations(names), 50):
            house.join(wire, order).boards.clear()
        assert house.hub.lanes()[wire.value] == 50
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()
