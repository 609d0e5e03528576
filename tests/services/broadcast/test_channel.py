"""The channel by itself: what a delta says, and what a position can be bridged with."""

from typing import Any

import orjson
import pytest

from services.broadcast.channel import Channel
from shared.contracts.board import Board

Json = dict[str, Any]


def told(channel: Channel, seq: int, rows: dict[str, Json], head: Json | None = None, epoch: str = "e") -> Json:
    channel.offer(Board(channel=channel.name, epoch=epoch, seq=seq, head=head or {}, rows=rows))
    frame = channel.flush()
    assert frame is not None
    return dict(orjson.loads(frame.body))


@pytest.fixture
def channel() -> Channel:
    return Channel("competition/x.y")


@pytest.mark.parametrize(("old", "new"), [(1, True), (1, 1.0), (0, False), ({"a": 1}, {"a": True}), ([1], [1.0])])
def test_values_that_only_python_holds_for_equal_are_changes(channel: Channel, old: Any, new: Any) -> None:
    told(channel, 1, {"a": {"value": old}}, {"value": old})
    delta = told(channel, 2, {"a": {"value": new}}, {"value": new})
    assert orjson.dumps(delta["rows"]["a"]["value"]) == orjson.dumps(new)
    assert orjson.dumps(delta["head"]["value"]) == orjson.dumps(new)


def test_the_order_of_fields_is_no_change(channel: Channel) -> None:
    told(channel, 1, {"a": {"x": {"p": 1, "q": 2}, "y": 1}})
    assert told(channel, 2, {"a": {"y": 1, "x": {"q": 2, "p": 1}}})["rows"] == {}


def test_a_row_without_fields_is_still_a_row(channel: Channel) -> None:
    told(channel, 1, {})
    assert told(channel, 2, {"a": {}})["rows"] == {"a": {}}
    assert told(channel, 3, {})["rows"] == {"a": None}


def test_one_snapshot_is_built_for_all_who_ask_at_one_version(channel: Channel) -> None:
    told(channel, 1, {"a": {"x": 1}})
    assert len({id(channel.snapshot()) for _ in range(100)}) == 1
    assert channel.snapshots_built == 1


def test_nothing_new_is_nothing_to_send(channel: Channel) -> None:
    told(channel, 1, {})
    assert channel.flush() is None
    assert not channel.offer(Board(channel=channel.name, epoch="e", seq=1, head={"late": True}, rows={}))
    assert channel.flush() is None


def test_a_bridge_is_exact_or_a_snapshot(channel: Channel) -> None:
    for seq in (1, 3, 4, 9):
        told(channel, seq, {"a": {"x": seq}})
    assert [(one.base, one.seq) for one in channel.bridge("e", 3) or []] == [(3, 4), (4, 9)]
    assert [one.base for one in channel.bridge("e", 2) or []] == [None], "2 was never told"
    assert [one.base for one in channel.bridge("other", 4) or []] == [None]
    assert channel.bridge("e", 9) == []
    assert channel.bridge("e", 10) is None


def test_what_can_be_bridged_is_bounded_in_bytes(channel: Channel) -> None:
    for seq in range(1, 200):
        told(channel, seq, {"a": {"x": str(seq) * 2000}})
    assert [one.base for one in channel.bridge("e", 1) or []] == [None]
    bridge = channel.bridge("e", 198) or []
    assert [one.base for one in bridge] == [198]


def test_another_epoch_forgets_the_deltas_of_the_one_before(channel: Channel) -> None:
    told(channel, 1, {})
    told(channel, 2, {})
    assert told(channel, 1, {}, epoch="f")["type"] == "snapshot"
    assert [one.base for one in channel.bridge("e", 1) or []] == [None]
