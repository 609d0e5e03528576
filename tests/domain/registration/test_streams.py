"""Streams of a showcase: which addresses are taken, as what they are shown, and how a list is replaced."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from services.registration.domain.commands import SetStreams
from services.registration.showcase_board import ShowcaseBoard
from shared.contracts.events import Recorded, decode, encode
from shared.contracts.registration import StreamsSet
from shared.contracts.streams import PLAYERS, Stream, fault_of, origin_of, recognise
from shared.contracts.text import Text
from shared.errors import Clash, NotFound, Rejected

if TYPE_CHECKING:
    from tests.domain.registration.conftest import Story

ADDRESSES: dict[str, list[dict[str, Any]]] = json.loads(
    Path(__file__).with_name("stream_addresses.json").read_text(encoding="utf-8")
)
UK = Stream(url="https://youtu.be/aB3_-xYz012", title=Text(en="From the hall"), lang="en")
CHINA = Stream(url="https://live.bilibili.com/21452505", lang="zh")
COLLEGE = Stream(url="https://media.college.example/live.m3u8")


@pytest.mark.parametrize("one", ADDRESSES["shown"], ids=lambda one: one["url"])
def test_an_address_is_shown_as_what_it_is(one: dict[str, str]) -> None:
    assert fault_of(one["url"]) is None
    assert recognise(one["url"])._asdict() == {name: one[name] for name in ("kind", "source", "host")}


@pytest.mark.parametrize("one", ADDRESSES["wrong"], ids=lambda one: one["url"])
def test_a_wrong_address_is_refused_by_what_is_wrong(one: dict[str, str]) -> None:
    assert fault_of(one["url"]) == one["fault"]


def test_whatever_is_recognised_is_loaded_from_a_known_player() -> None:
    sources = [one["source"] for one in ADDRESSES["shown"] if one["kind"] in {"youtube", "bilibili"}]
    assert [one for one in sources if not one.startswith(PLAYERS)] == []


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://Media.College.example:443/live", "https://media.college.example"),
        ("https://media.college.example:8443?x", "https://media.college.example:8443"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
    ],
)
def test_an_origin_is_written_as_browsers_write_it(url: str, origin: str) -> None:
    assert origin_of(url) == origin


def test_streams_are_replaced_as_a_whole_and_the_former_list_undoes_it(story: Story) -> None:
    story.prepared()
    assert story.does(SetStreams((UK, CHINA), ())) == [StreamsSet(showcase="autumn", streams=(UK, CHINA))]
    assert story.does(SetStreams((COLLEGE,), (UK, CHINA))) == [StreamsSet(showcase="autumn", streams=(COLLEGE,))]
    story.does(SetStreams((UK, CHINA), (COLLEGE,)))
    assert story.state.streams == (UK, CHINA)
    story.does(SetStreams((), (UK, CHINA)))
    assert not story.state.streams


def test_setting_the_same_streams_again_changes_nothing(story: Story) -> None:
    story.prepared().does(SetStreams((UK,), ()))
    assert story.does(SetStreams((UK,), ())) == []


def test_a_repeat_that_comes_late_undoes_nobodys_later_decision(story: Story) -> None:
    story.prepared().does(SetStreams((UK,), ()))
    story.does(SetStreams((CHINA,), (UK,)))
    with pytest.raises(Clash) as clash:
        story.does(SetStreams((UK,), ()))
    assert clash.value.extra["current"] == {"streams": [{"url": CHINA.url, "lang": "zh"}]}


def test_a_showcase_can_begin_with_streams(story: Story) -> None:
    create = replace(story.create, streams=(UK,))
    story.does(create)
    assert story.state.streams == (UK,)
    story.does(SetStreams((CHINA,), (UK,)))
    assert story.does(create) == []
    with pytest.raises(Clash):
        story.does(replace(create, streams=(COLLEGE,)))


@pytest.mark.parametrize(
    ("streams", "code", "field"),
    [
        ((UK, Stream(url="http://media.college.example/live.m3u8")), "stream_not_https", "streams.1.url"),
        ((Stream(url="https://me:secret@media.college.example/live.m3u8"),), "stream_credentials", "streams.0.url"),
        ((Stream(url="https://media college example"),), "stream_address", "streams.0.url"),
        ((UK, CHINA, UK), "stream_twice", "streams.2.url"),
        ((Stream(url=UK.url, title=Text(en="Hall", zh="会" * 121)),), "stream_title", "streams.0.title.zh"),
        (tuple(Stream(url=f"{COLLEGE.url}?{n}") for n in range(5)), "stream_many", "streams"),
    ],
)
def test_what_is_wrong_with_a_list_is_named_at_its_field(
    story: Story, streams: tuple[Stream, ...], code: str, field: str
) -> None:
    with pytest.raises(Rejected) as at_first:
        story.does(replace(story.create, streams=streams))
    story.prepared()
    with pytest.raises(Rejected) as later:
        story.does(SetStreams(streams, ()))
    for refused in (at_first, later):
        assert (refused.value.code, refused.value.faults[0].field) == (code, field)
        assert "secret" not in refused.value.detail


def test_a_showcase_that_is_not_there_has_no_streams(story: Story) -> None:
    with pytest.raises(NotFound):
        story.does(SetStreams((UK,), ()))


def test_the_public_board_carries_the_streams_in_its_head(story: Story) -> None:
    board = ShowcaseBoard("autumn")
    seen = []
    for command in (
        replace(story.create, streams=(UK,)),
        SetStreams((CHINA, COLLEGE), (UK,)),
        SetStreams((), (CHINA, COLLEGE)),
    ):
        (event,) = story.does(command)
        recorded = Recorded("showcase/autumn", story.state.seq, "event", "2020-10-01T00:00:00.000Z", event)
        assert board.apply(decode(encode(recorded)))
        shown = board.board("epoch")
        seen.append((shown.seq, shown.head.get("streams")))
    assert seen == [
        (1, [{"url": UK.url, "title": {"en": "From the hall"}, "lang": "en"}]),
        (2, [{"url": CHINA.url, "lang": "zh"}, {"url": COLLEGE.url}]),
        (3, None),
    ]
