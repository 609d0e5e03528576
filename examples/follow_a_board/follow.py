"""Follow a board and print it whenever it changes: a whole client of the protocol in docs/protocol.md.

    pip install websockets
    python follow.py http://127.0.0.1:8080 competition/expo.electronics --from CN

It needs nothing of Showcase but the document. `--json` prints one line per state for other programs.
"""
# ruff: noqa: T201 - what it has to say belongs on the terminal

import argparse
import asyncio
import json
import os
import random
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException

Fields = dict[str, Any]
LARGEST_FRAME = 16 * 1024 * 1024
GIVE_UP = {400, 403, 404, 1009, 4400}


class Board:
    """What we hold of the channel. `position` is empty while we hold nothing."""

    def __init__(self) -> None:
        self.position = ""
        self.head: Fields = {}
        self.rows: dict[str, Fields] = {}

    def take(self, frame: Fields) -> bool:
        """Make a snapshot or a delta ours; False when the delta does not fit what we hold."""
        if frame["type"] == "snapshot":
            self.head, self.rows = frame["state"]["head"], frame["state"]["rows"]
        elif self.position == f"{frame['epoch']}.{frame['base']}":
            self.head = changed(self.head, frame["head"])
            for row, fields in frame["rows"].items():
                if fields is None:
                    self.rows.pop(row, None)
                else:
                    self.rows[row] = changed(self.rows.get(row, {}), fields)
        else:
            return False
        self.position = f"{frame['epoch']}.{frame['seq']}"
        return True


def changed(fields: Fields, changes: Fields) -> Fields:
    """A value replaces the old one whole; null takes the field away."""
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


def pause(code: int, tries: int, told: float | None) -> float:
    """How long to stay away, in seconds, after so many tries in a row that brought nothing."""
    if told is not None:
        return told
    if code == 4404:
        return random.uniform(15, 20)
    if code in (1013, 503):
        return 5 * min(2**tries, 12) * random.uniform(1, 1.5)
    if code == 4008:
        return random.uniform(5, 6)
    return random.uniform(0, min(2**tries, 30))


async def follow(address: str, channel: str, country: str, show: Callable[[Board], None]) -> int:
    """Show each state for ever; the code to give up with, when coming back would be of no use."""
    board, tries = Board(), 0
    while True:
        query = {"c": channel, "since": board.position} | ({"from": country} if country else {})
        code, told = 1006, None
        try:
            async with connect(f"{address}/live?{urlencode(query)}", max_size=LARGEST_FRAME) as connection:
                async for text in connection:
                    frame = json.loads(text)
                    if frame["type"] == "bye":
                        told = frame["retry_ms"] / 1000
                    elif frame["type"] in ("snapshot", "delta"):
                        if not board.take(frame):
                            break  # come back with the position we hold
                        tries = 0
                        show(board)
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else 1006
        except InvalidStatus as refused:
            code = refused.response.status_code
            wait = refused.response.headers.get("Retry-After", "")
            told = float(wait) if wait.isdigit() else None
        except BrokenPipeError:
            raise  # not the connection's: whoever read what we print has gone
        except (OSError, WebSocketException):
            pass  # no network, no server, or something between that does not speak WebSocket
        if code in GIVE_UP:
            return code
        seconds = pause(code, tries, told)
        tries += 1
        print(f"not connected ({code}), again in {seconds:.1f} s", file=sys.stderr, flush=True)
        await asyncio.sleep(seconds)


def as_json(board: Board) -> None:
    print(json.dumps({"position": board.position, "head": board.head, "rows": board.rows}), flush=True)


def as_table(board: Board) -> None:
    """The columns that every competition's board has. Rows have no order of their own: by rank, then by bib."""
    title = board.head.get("title", {})
    print(f"\n{title.get('en', '')} {title.get('zh', '')} ({board.position})".lstrip(" "), flush=True)
    for row in sorted(board.rows.values(), key=lambda row: (row.get("rank", 10**6), row.get("bib", ""))):
        person = [str(row.get(name, "")) for name in ("rank", "bib", "name", "country")]
        print("{:>4} {:>4}  {:<24} {:<3}".format(*person), row.get("total", row.get("marked", "")), flush=True)


def main() -> None:
    ask = argparse.ArgumentParser(description="Follow a board of Showcase.")
    ask.add_argument("address", help="where viewers go, for example http://127.0.0.1:8080")
    ask.add_argument("channel", help="for example competition/expo.electronics; GET /live/state lists them")
    ask.add_argument("--from", dest="country", default="", help="where you watch from, for the count: CN, GB, ...")
    ask.add_argument("--json", action="store_true", help="one line of JSON per state")
    given = ask.parse_args()
    address = "ws" + given.address.removeprefix("http").rstrip("/")
    try:
        code = asyncio.run(follow(address, given.channel, given.country, as_json if given.json else as_table))
    except KeyboardInterrupt:
        return
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # for what Python still writes at its end
        return
    sys.exit(f"the server says {code}: see how a connection ends in docs/protocol.md")


if __name__ == "__main__":
    main()
