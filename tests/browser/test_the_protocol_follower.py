"""The follower obeys the protocol: state + delta == next state, and close codes are instructions.

A socket that the test holds stands in for the server, because a real one cannot be made to misbehave on demand.
"""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.running import until
from tests.browser.stage import Stage

_HELD_SOCKETS = """
window.sockets = [];
window.WebSocket = class {
  constructor(url) { this.url = url; sockets.push(this); }
  close() { this.closed = true; }
};
"""
_SNAPSHOT = {"type": "snapshot", "epoch": "e", "seq": 3, "state": {"head": {"a": 1}, "rows": {"x": {"n": 1, "m": 2}}}}


@pytest.fixture
def held(stage: Stage, open_page: OpenPage) -> Page:
    """The viewer page with time in our hands and its sockets unanswered."""
    page = open_page("about:blank")
    page.clock.install()
    page.add_init_script(_HELD_SOCKETS)
    page.goto(stage.board)
    until(lambda: _count(page) == 1)
    return page


def _advance(page: Page, board: object, *frames: dict[str, Any]) -> Any:
    return page.evaluate(
        """async ([board, frames]) => {
          const { advance } = await import("/broadcast/board.js");
          return frames.reduce((held, frame) => held && advance(held, frame), board);
        }""",
        [board, list(frames)],
    )


def _delta(base: int, seq: int, rows: dict[str, Any] | None = None, **head: Any) -> dict[str, Any]:
    return {"type": "delta", "epoch": "e", "base": base, "seq": seq, "head": head, "rows": rows or {}}


def test_a_delta_changes_keys_and_null_takes_keys_and_rows_away(held: Page) -> None:
    board = _advance(held, {}, _SNAPSHOT, _delta(3, 4, {"x": {"m": None, "n": 5}, "y": {"n": 1}}, a=None, b=2))
    assert board == {"epoch": "e", "seq": 4, "head": {"b": 2}, "rows": {"x": {"n": 5}, "y": {"n": 1}}}
    assert _advance(held, board, _delta(4, 5, {"x": None}))["rows"] == {"y": {"n": 1}}


def test_an_older_state_is_never_taken_and_a_gap_is_noticed(held: Page) -> None:
    board = _advance(held, {}, _SNAPSHOT)
    assert _advance(held, board, _delta(1, 2, a=9)) == board
    assert _advance(held, board, {**_SNAPSHOT, "seq": 2}) == board
    assert _advance(held, board, _delta(4, 5)) is None
    assert _advance(held, board, {**_delta(3, 4), "epoch": "other"}) is None
    assert _advance(held, board, {**_SNAPSHOT, "seq": 1, "epoch": "other"})["seq"] == 1


def _count(page: Page) -> int:
    return int(page.evaluate("sockets.length"))


def _close(page: Page, code: int, *frames: str) -> None:
    page.evaluate(
        """([code, frames]) => {
          const socket = sockets.at(-1);
          for (const data of frames) socket.onmessage({ data });
          socket.onclose({ code });
        }""",
        [code, list(frames)],
    )


def test_1012_comes_back_after_the_time_that_bye_names(held: Page) -> None:
    _close(held, 1012, '{"type":"bye","retry_ms":5000}')
    held.clock.run_for(4900)
    assert _count(held) == 1
    held.clock.run_for(1600)
    assert _count(held) == 2


def test_4008_resumes_at_once_with_the_position_it_holds(held: Page, stage: Stage) -> None:
    channel = f"competition/{stage.competition}"
    frame = f'{{"type":"snapshot","channel":"{channel}","epoch":"e","seq":7,"state":{{"head":{{}},"rows":{{}}}}}}'
    _close(held, 4008, frame)
    held.clock.run_for(250)
    assert _count(held) == 2
    assert "since=e.7" in held.evaluate("sockets.at(-1).url")


def test_1013_backs_off_further_each_time(held: Page) -> None:
    _close(held, 1013)
    held.clock.run_for(1500)
    assert _count(held) == 1
    held.clock.run_for(5000)
    assert _count(held) == 2


def test_4400_stops_and_says_so(held: Page) -> None:
    _close(held, 4400)
    expect(held.locator("#link")).to_contain_text("did not accept")
    held.clock.run_for(120_000)
    assert _count(held) == 1


def test_4404_says_so_and_asks_again_after_fifteen_seconds(held: Page) -> None:
    _close(held, 4404)
    expect(held.locator("#link")).to_contain_text("no such board")
    held.clock.run_for(14_000)
    assert _count(held) == 1
    held.clock.run_for(5000)
    assert _count(held) == 2


def test_a_socket_that_died_in_silence_is_found_out(held: Page, stage: Stage) -> None:
    """It is open and holds an old position; the state over HTTP is ahead of it."""
    channel = f"competition/{stage.competition}"
    old = f'{{"type":"snapshot","channel":"{channel}","epoch":"before","seq":1,"state":{{"head":{{}},"rows":{{}}}}}}'
    held.evaluate("(data) => { sockets[0].onopen(); sockets[0].onmessage({ data }); }", old)
    held.clock.run_for(45_000)
    until(lambda: bool(held.evaluate("sockets[0].closed ?? false")))
    expect(held.locator("html")).to_have_attribute("data-state", "stale")


def test_a_newcomer_asks_without_positions_and_whoever_comes_back_with_them(held: Page, stage: Stage) -> None:
    """So that what all newcomers get is made and compressed once."""
    assert "since" not in held.evaluate("sockets[0].url")
    assert "from=GB" in held.evaluate("sockets[0].url")
    frame = '{"type":"snapshot","channel":"competition/%s","epoch":"e","seq":7,"state":{"head":{},"rows":{}}}'
    _close(held, 1006, frame % stage.competition)
    held.clock.run_for(1500)
    assert held.evaluate("sockets.at(-1).url").count("since=") == 3
