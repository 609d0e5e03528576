"""Boards that a stage cannot hold or has not come to yet, in place of those that the server sends.

The pictures take the way of real ones: a snapshot over the page's own WebSocket, and deltas after it.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page, WebSocketRoute

from tests.browser.stage import Stage

_NAMES = (("Ada Example", "GB"), ("示例一", "CN"), ("Maximiliane Beispiel-Mustermann", "DE"), ("Cy", "SG"))
_CRITERIA = [
    {"id": "A", "name": {"en": "Workmanship", "zh": "工艺"}, "max": "40.00"},
    {"id": "B", "name": {"en": "Function", "zh": "功能"}, "max": "60.00"},
]
REVEALING = {"frozen": True, "frozen_at": "2020-11-19T10:00:00Z", "reveal": {"step": 2, "of": 9}}


def rows(count: int, mode: str = "marks") -> dict[str, dict[str, Any]]:
    """So many competitors by bib, in the order of their ranks."""
    found = {}
    for at in range(count):
        name, country = _NAMES[at % len(_NAMES)]
        row: dict[str, Any] = {"bib": f"{at + 1:02}", "name": name, "country": country, "status": "competing"}
        row["marked"] = max(0, 24 - at)
        if mode != "progress":
            row["rank"] = at + 1
        if mode == "marks":
            row |= {"total": f"{95 - 2.35 * at:.2f}", "criteria": {"A": "30.50", "B": f"{60 - 2 * at:.2f}"}}
        found[f"c{at + 1:02}"] = row
    return found


@dataclass
class Picture:
    """What a page is shown instead of the real board; `change` goes on from there."""

    stage: Stage
    rows: dict[str, dict[str, Any]]
    head: dict[str, Any] = field(default_factory=dict)
    audience: dict[str, Any] = field(default_factory=lambda: {"watching": 312, "countries": {"CN": 200, "GB": 110}})
    _sockets: list[WebSocketRoute] = field(default_factory=list)
    _seq: int = 0
    _epoch: str = ""

    def on(self, page: Page) -> "Picture":
        page.route_web_socket(re.compile("/live"), self._between)
        return self

    def change(self, head: dict[str, Any] | None = None, **changed: dict[str, Any]) -> None:
        channel = f"competition/{self.stage.competition}"
        frame: dict[str, Any] = {"type": "delta", "channel": channel, "epoch": self._epoch}
        frame |= {"base": self._seq, "seq": self._seq + 1, "head": head or {}, "rows": changed}
        self._seq += 1
        self._sockets[-1].send(json.dumps(frame))

    def _between(self, socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        self._sockets.append(socket)

        def pass_on(text: str | bytes) -> None:
            frame = json.loads(text)
            kind = frame["channel"].partition("/")[0] if "channel" in frame else ""
            if kind == "showcase" or not kind:
                socket.send(text)
            elif frame["type"] == "snapshot":
                if kind == "competition":
                    self._seq, self._epoch = frame["seq"], frame["epoch"]
                frame["state"] = self._state() if kind == "competition" else {"head": self.audience, "rows": {}}
                socket.send(json.dumps(frame))

        server.on_message(pass_on)

    def _state(self) -> dict[str, Any]:
        modes = {"mode": "marks", "criteria": _CRITERIA} if self.head.get("mode", "marks") == "marks" else {}
        title = {"en": "Electronics", "zh": "电子技术"}
        head = {"title": title, "aspects": 24, "max": "100.00", "updated_at": "2020-11-19T10:00:00Z", **modes}
        return {"head": head | self.head, "rows": self.rows}


def everything(stage: Stage) -> Picture:
    """A ceremony with all that there can be on a board: labels, awards, the newest step."""
    shown = rows(12)
    shown["c02"] |= {"review": True}
    shown["c03"] |= {"status": "guest", "rank": None}
    shown["c04"] |= {"status": "withdrawn"}
    shown["c05"]["revealed"] = {"rank": 3, "total": "85.60", "medal": "bronze", "best_of_nation": True}
    return Picture(stage, shown, {**REVEALING, "delay": 300, "notice": ["mirrored"]})
