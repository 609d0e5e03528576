"""The public feed: boards taken apart into objects, told as they change (R83-R89)."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from services.livescore.domain.feed.changes import Feed, Notification
from services.livescore.domain.feed.objects import PUBLIC_TYPES, public_objects
from services.livescore.domain.feed.token import STAFF, Position, parse_token
from shared.contracts.board import Board
from shared.errors import Malformed
from tests.domain.livescore.feed_client import Held, new_client

Json = dict[str, Any]
CHANNEL = "competition/autumn.electronics"


def board(seq: int, rows: Json, epoch: str = "e", **head: Any) -> Board:
    return Board(
        channel=CHANNEL, epoch=epoch, seq=seq, head={"mode": "marks", "updated_at": f"t{seq}", **head}, rows=rows
    )


def row(marked: int = 0, **fields: Any) -> Json:
    return {"bib": "07", "name": "Invented Seven", "country": "GB", "status": "competing", "marked": marked, **fields}


def feed(*boards: Board, amended: bool = False) -> Feed:
    one = Feed(PUBLIC_TYPES)
    for shown in boards:
        one.offer(Position(shown.epoch, shown.seq), public_objects(shown), amended=amended)
    return one


def told(one: Feed, since: str | None = None) -> list[Json]:
    held = None if since is None else parse_token("", since)
    return [orjson.loads(notification.body) for notification in one.since(held)]


def taken(held: Held, notifications: list[Notification]) -> Held:
    for notification in notifications:
        held.take(notification.body)
    return held


def test_whoever_begins_gets_whole_collections_and_then_the_objects_that_change() -> None:
    """R83: `id: null` is the whole collection."""
    one = feed(board(3, {"a": row(1), "b": row()}))
    assert [(n["type"], n["id"]) for n in told(one)] == [
        ("competitions", None),
        ("competitors", None),
        ("scores", None),
    ]
    one.offer(Position("e", 4), public_objects(board(4, {"a": row(1), "b": row(2, total="1.50")})))
    assert told(one, "e.3") == [
        {
            "type": "scores",
            "id": "b",
            "data": {"id": "b", "marked": 2, "total": "1.50"},
            "token": "e.4",
            "version": 4,
        }
    ]


def test_data_is_exactly_what_a_get_gives() -> None:
    """R83."""
    one = feed(board(3, {"a": row(1)}), board(4, {"a": row(2)}))
    [notification] = one.since(Position("e", 3))
    assert b'"data":%b,' % (one.one("scores", "a") or b"?") in notification.body
    [whole] = [found for found in one.since(None) if b'"type":"scores"' in found.body]
    assert b'"data":%b,' % (one.all("scores") or b"?") in whole.body


def test_a_row_that_is_gone_is_told_as_null_with_a_version() -> None:
    """R83, R85."""
    one = feed(board(3, {"a": row(), "b": row()}), board(5, {"a": row()}))
    assert [(n["type"], n["id"], n["data"], n["version"]) for n in told(one, "e.3")] == [
        ("competitors", "b", None, 5),
        ("scores", "b", None, 5),
    ]


def test_no_name_is_in_the_feed() -> None:
    """R89: a stored feed outlives a consent; a change of name alone is no change of the feed."""
    one = feed(board(3, {"a": row()}), board(4, {"a": row() | {"name": "07"}}))
    assert told(one, "e.3") == []
    assert b"Invented" not in b"".join(notification.body for notification in one.since(None))


def test_a_token_inside_a_group_of_changes_loses_nothing_of_it() -> None:
    """R84: a client that breaks off after any notification and comes back ends with everything."""
    first, second = board(3, {"a": row(), "b": row()}), board(4, {"a": row(1), "b": row(1), "c": row()})
    for count in range(1, 5):
        one = feed(first, second)
        held = taken(new_client(), feed(first).since(None))
        taken(held, one.since(Position("e", 3))[:count])
        assert held.token is not None
        taken(held, one.since(parse_token("", held.token)))
        assert held.now("scores") == {
            "a": {"id": "a", "marked": 1},
            "b": {"id": "b", "marked": 1},
            "c": {"id": "c", "marked": 0},
        }
        assert held.now("competitors").keys() == {"a", "b", "c"}


def test_after_a_restart_an_older_token_gets_whole_collections() -> None:
    """R84: what was deleted before is not known any more, and a collection says it."""
    held = taken(new_client(), feed(board(3, {"a": row(), "b": row()})).since(None))
    assert held.token == "e.3"
    restarted = feed(board(9, {"a": row(4)}))
    taken(held, restarted.since(Position("e", 3)))
    assert held.now("scores") == {"a": {"id": "a", "marked": 4}}


def test_after_a_restart_a_token_of_the_newest_board_gets_nothing() -> None:
    assert told(feed(board(9, {"a": row(4)})), "e.9") == []


def test_a_token_of_a_state_that_this_copy_has_skipped_gets_whole_collections() -> None:
    """R84: what changed there and back again would otherwise not be told."""
    one = feed(board(3, {"a": row(1)}), board(5, {"a": row(1)}))
    assert told(one, "e.3") == []
    assert [n["id"] for n in told(one, "e.4")] == [None, None, None]


def test_a_client_that_has_seen_more_than_this_copy_waits_for_it() -> None:
    """R84: copies of the service read the topic at different speeds."""
    one = feed(board(3, {"a": row()}), board(4, {"a": row(1)}))
    assert told(one, "e.7") == []


def test_an_older_board_changes_nothing() -> None:
    one = feed(board(4, {"a": row(1)}), board(3, {"a": row()}))
    assert one.position == Position("e", 4)
    assert one.one("scores", "a") == b'{"id":"a","marked":1}'


@pytest.mark.parametrize(
    "text", ["", "e", "e.", "e.-1", "e.1.0", "e.1.2.3", "e.01", "x.1", "s.e.3", "e.3 ", "Ω.3", "e.99999999999999999"]
)
def test_a_token_of_no_feed_is_refused(text: str) -> None:
    """R86: 400, and the client discards what it holds."""
    one = feed(board(3, {"a": row()}))
    with pytest.raises(Malformed) as refused:
        told(one, text)
    assert (refused.value.status, refused.value.code) == (400, "unknown_token")


def test_a_token_of_the_public_feed_is_none_of_the_staffs() -> None:
    """R88."""
    with pytest.raises(Malformed):
        parse_token(STAFF, "e.3")
    assert parse_token(STAFF, "s.e.3") == Position("e", 3)


def test_another_history_begins_anew_and_refuses_tokens_of_the_old_one() -> None:
    one = feed(board(3, {"a": row()}), board(1, {"b": row()}, epoch="f"))
    with pytest.raises(Malformed):
        told(one, "e.3")
    assert [n["id"] for n in told(one)] == [None, None, None]
    assert one.all("scores") == b'[{"id":"b","marked":0}]'


def test_the_end_is_the_last_notification_and_comes_once_it_is_final_and_thawed() -> None:
    """R49."""
    one = feed(board(3, {"a": row(1)}), board(4, {"a": row(1)}, final=True, frozen=True))
    assert [n["type"] for n in told(one, "e.3")] == ["competitions"]
    one.offer(Position("e", 5), public_objects(board(5, {"a": row(2, total="2.00")}, final=True)))
    assert one.ended
    assert [n["type"] for n in told(one, "e.3")] == ["competitions", "scores", "end_of_updates"]
    assert [n["type"] for n in told(one)] == ["competitions", "competitors", "scores", "end_of_updates"]
    assert told(one)[-1]["token"] == "e.5"


def test_who_holds_the_end_is_told_that_it_is_over() -> None:
    """R49: an event stream is answered with 204 then, or a browser would come back for ever."""
    one = feed(board(3, {"a": row(1)}), board(5, {"a": row(2)}, final=True))
    assert [one.over_for(Position("e", seq)) for seq in (3, 5)] == [False, True]
    assert not feed(board(3, {"a": row(1)})).over_for(Position("e", 3))


def test_what_changes_after_the_end_opens_a_new_feed() -> None:
    """R49: clients of the old one get 400 and reload."""
    over = board(5, {"a": row(2)}, final=True)
    one = feed(over, board(6, {"a": row(2)}, final=True), board(7, {"a": row(3)}, final=True, version=2))
    for old in ("e.5", "e.6"):
        with pytest.raises(Malformed):
            told(one, old)
    assert [n["type"] for n in told(one)] == ["competitions", "competitors", "scores", "end_of_updates"]
    assert told(one, "e.7") == []
    assert told(one, "e.0") == told(one)  # broken off before anything was told in full


def test_after_a_restart_tokens_from_before_an_amended_result_are_refused() -> None:
    """R49: the feed that ended is not known any more, so it is not guessed."""
    one = feed(board(9, {"a": row(3)}, final=True), amended=True)
    with pytest.raises(Malformed):
        told(one, "e.8")
    assert told(one, "e.9") == []


def test_w24_versions_and_an_expired_token() -> None:
    """W24: holds 5; 4 is ignored, 6 applied, 6 ignored; an unknown token: discard and reload."""
    held = new_client()
    for version, marked in ((5, 50), (4, 40), (6, 60), (6, 61)):
        line = {"type": "scores", "id": "a", "data": {"id": "a", "marked": marked}, "token": f"e.{version}"}
        held.take(orjson.dumps({**line, "version": version}))
        assert held.now("scores")["a"]["marked"] == {5: 50, 4: 50, 6: 60}[version]
    assert held.token is not None
    one = feed(board(2, {"a": row(1)}, epoch="restored"))
    with pytest.raises(Malformed):
        one.since(parse_token("", held.token))
    assert taken(new_client(), one.since(None)).now("scores")["a"]["marked"] == 1
