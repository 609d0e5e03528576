"""What a viewer of a board receives: a snapshot, then deltas, and after a break exactly what it missed."""

import asyncio

import pytest

from shared.contracts.viewer import applied
from tests.services.broadcast.service import CHANNEL, Broadcast, Start, close_code, frame

OTHER = "showcase/expo"


async def test_a_viewer_gets_the_state_and_then_what_changes(broadcast: Broadcast) -> None:
    await broadcast.show(1, {"a": {"bib": "01", "total": "1.00"}}, {"title": {"en": "Electronics"}})
    async with broadcast.live() as viewer:
        assert await frame(viewer) == {
            "type": "snapshot",
            "channel": CHANNEL,
            "epoch": "e1",
            "seq": 1,
            "state": {"head": {"title": {"en": "Electronics"}}, "rows": {"a": {"bib": "01", "total": "1.00"}}},
        }
        await broadcast.publish(2, {"a": {"bib": "01", "total": "2.50"}, "b": {"bib": "02"}}, {"final": True})
        assert await frame(viewer) == {
            "type": "delta",
            "channel": CHANNEL,
            "epoch": "e1",
            "base": 1,
            "seq": 2,
            "head": {"title": None, "final": True},
            "rows": {"a": {"total": "2.50"}, "b": {"bib": "02"}},
        }
        await broadcast.publish(3, {"b": {"bib": "02"}}, {"final": True})
        assert (await frame(viewer))["rows"] == {"a": None}


async def test_a_null_and_an_absent_field_are_the_same(broadcast: Broadcast) -> None:
    await broadcast.show(1, {"a": {"rank": 1, "bib": "01"}}, {"updated_at": None})
    async with broadcast.live() as viewer:
        state = (await frame(viewer))["state"]
        assert state == {"head": {}, "rows": {"a": {"rank": 1, "bib": "01"}}}
        await broadcast.publish(2, {"a": {"rank": None, "bib": "01"}})
        assert applied(state, await frame(viewer)) == {"head": {}, "rows": {"a": {"bib": "01"}}}


async def test_a_board_with_another_epoch_comes_as_a_snapshot(broadcast: Broadcast) -> None:
    await broadcast.show(7, {"a": {"total": "1"}})
    async with broadcast.live() as viewer:
        await frame(viewer)
        await broadcast.publish(2, {"a": {"total": "0"}}, epoch="restored")
        again = await frame(viewer)
        assert (again["type"], again["epoch"], again["seq"]) == ("snapshot", "restored", 2)


async def test_a_board_older_than_the_one_held_is_dropped(broadcast: Broadcast) -> None:
    await broadcast.show(5, {"a": {"total": "5"}})
    async with broadcast.live() as viewer:
        await frame(viewer)
        await broadcast.publish(4, {"a": {"total": "4"}})
        await broadcast.publish(5, {"a": {"total": "other"}})
        await broadcast.publish(6, {"a": {"total": "6"}})
        assert (await frame(viewer))["rows"] == {"a": {"total": "6"}}


async def test_changes_that_come_quickly_are_sent_as_one(start: Start) -> None:
    async with start(tick_ms=300) as broadcast:
        await broadcast.show(1)
        async with broadcast.live() as viewer:
            await frame(viewer)
            for seq in range(2, 42):
                await broadcast.publish(seq, {"a": {"total": str(seq)}})
            frames = [await frame(viewer)]
            while frames[-1]["seq"] < 41:
                frames.append(await frame(viewer))
            assert len(frames) < 10
            assert frames[-1]["rows"] == {"a": {"total": "41"}}


async def test_several_channels_travel_on_one_connection(broadcast: Broadcast) -> None:
    await broadcast.show(1, {"a": {"total": "1"}})
    await broadcast.show(1, {"session/1": {"kind": "session"}}, channel=OTHER)
    async with broadcast.live(OTHER, CHANNEL) as viewer:
        assert [(await frame(viewer))["channel"] for _ in range(2)] == [OTHER, CHANNEL]
        await broadcast.publish(2, {"a": {"total": "2"}})
        assert (await frame(viewer))["channel"] == CHANNEL
        await broadcast.publish(2, {}, channel=OTHER)
        assert (await frame(viewer))["rows"] == {"session/1": None}


async def test_resuming_brings_exactly_the_missed_deltas(broadcast: Broadcast) -> None:
    for seq in range(1, 5):
        await broadcast.show(seq, {"a": {"total": str(seq)}})
    async with broadcast.live(since=("e1.2",)) as viewer:
        assert [((one := await frame(viewer))["type"], one["base"], one["seq"]) for _ in range(2)] == [
            ("delta", 2, 3),
            ("delta", 3, 4),
        ]


@pytest.mark.parametrize("since", ["e1.0", "e0.3", ""], ids=["not in the ring", "other epoch", "none"])
async def test_a_position_that_cannot_be_bridged_brings_a_snapshot(broadcast: Broadcast, since: str) -> None:
    await broadcast.show(3, {"a": {"total": "3"}})
    async with broadcast.live(since=(since,)) as viewer:
        assert (await frame(viewer))["type"] == "snapshot"


async def test_who_is_current_gets_nothing_until_something_changes(broadcast: Broadcast) -> None:
    await broadcast.show(3, {"a": {"total": "3"}})
    async with broadcast.live(since=("e1.3",)) as viewer:
        await broadcast.publish(4, {"a": {"total": "4"}})
        assert (await frame(viewer))["base"] == 3


async def test_who_is_ahead_of_us_gets_nothing_until_we_have_passed_it(broadcast: Broadcast) -> None:
    await broadcast.show(3, {"a": {"total": "3"}})
    await broadcast.show(1, {}, channel=OTHER)
    async with broadcast.live(CHANNEL, OTHER, since=("e1.5", "e1.1")) as viewer:
        await broadcast.show(4, {"a": {"total": "4"}})
        await broadcast.show(2, {"row": {"kind": "session"}}, channel=OTHER)
        assert (await frame(viewer))["channel"] == OTHER, "the other channel is not held up"
        await broadcast.show(6, {"a": {"total": "6"}})
        passed = await frame(viewer)
        assert (passed["type"], passed["seq"]) == ("snapshot", 6)
        await broadcast.publish(7, {"a": {"total": "7"}})
        assert (await frame(viewer))["base"] == 6


async def test_a_restarted_service_bridges_nothing_but_leaves_who_is_current_alone(start: Start) -> None:
    async with start() as broadcast:
        await broadcast.show(8, {"a": {"total": "8"}})
    async with (
        start() as broadcast,
        broadcast.live(since=("e1.7",)) as late,
        broadcast.live(since=("e1.8",)) as current,
    ):
        assert (await frame(late))["type"] == "snapshot"
        await broadcast.publish(9, {"a": {"total": "9"}})
        assert (await frame(late))["base"] == (await frame(current))["base"] == 8


async def test_bytes_that_are_no_board_are_skipped_and_counted(broadcast: Broadcast) -> None:
    await broadcast.publish_raw(b"not a board")
    await broadcast.publish_raw(b'{"channel": "competition/x.y"}', "competition/x.y")
    await broadcast.publish(1, channel="audience/competition/x.y")
    await broadcast.show(1, {"a": {"total": "1"}})
    assert await broadcast.figure("boards_bad_total") == 3


async def test_the_audience_is_counted_on_a_channel_of_its_own(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    async with broadcast.live(f"audience/{CHANNEL}") as watcher:
        assert (await frame(watcher))["state"] == {"head": {"watching": 0}, "rows": {}}
        async with broadcast.live(), broadcast.live():
            counted = (await frame(watcher))["head"]["watching"]
            while counted < 2:
                counted = (await frame(watcher))["head"]["watching"]
        while counted > 0:
            counted = (await frame(watcher))["head"]["watching"]


async def test_many_viewers_share_one_snapshot_and_all_see_the_same(broadcast: Broadcast) -> None:
    await broadcast.show(1, {"a": {"total": "1"}})
    async with asyncio.TaskGroup() as group:
        joining = [group.create_task(broadcast.live().__aenter__()) for _ in range(30)]
    viewers = [task.result() for task in joining]
    await broadcast.publish(2, {"a": {"total": "2"}})
    for viewer in viewers:
        state = (await frame(viewer))["state"]
        assert applied(state, await frame(viewer))["rows"] == {"a": {"total": "2"}}
    assert await broadcast.figure('viewers{wire="deflate"}') == 30
    for viewer in viewers:
        await viewer.close()


@pytest.mark.parametrize(
    "query",
    [
        "",
        "c=",
        "x=1",
        "c={0}&c={0}",
        "c={0}&since=e1.1&since=e1.1",
        "c={0}&since=e1",
        "c={0}&since=e1.x",
        "c={0}&since=%ff",
        "&".join(f"c=competition/n{n}" for n in range(17)),
    ],
)
async def test_a_question_that_makes_no_sense_is_closed_with_4400(broadcast: Broadcast, query: str) -> None:
    await broadcast.show(1)
    async with broadcast.live(query=query.format(CHANNEL)) as viewer:
        assert await close_code(viewer) == (4404 if query == "c=" else 4400)


@pytest.mark.parametrize("channel", ["competition/nobody.knows", "audience/competition/nobody.knows", "nonsense"])
async def test_an_unknown_channel_is_closed_with_4404(broadcast: Broadcast, channel: str) -> None:
    await broadcast.show(1)
    async with broadcast.live(CHANNEL, channel) as viewer:
        assert await close_code(viewer) == 4404


async def test_unknown_parameters_and_escaped_names_are_fine(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    async with broadcast.live(query="utm=x&c=competition%2Fexpo.electronics&t=1") as viewer:
        assert (await frame(viewer))["channel"] == CHANNEL
