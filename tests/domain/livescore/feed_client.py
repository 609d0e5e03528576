"""The client that docs/feed.md shows, so that what strangers copy is what the tests trust."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol, cast

PAGE = (Path(__file__).parents[3] / "docs" / "feed.md").read_text()


class Held(Protocol):
    objects: dict[tuple[str, str], tuple[int, Any]]
    token: str | None
    ended: bool

    def take(self, line: bytes) -> None: ...

    def now(self, kind: str) -> dict[str, Any]: ...


def _from_the_page() -> dict[str, Any]:
    code = re.search(r"```python\n(.+?)\nfor held in follow", PAGE, re.S)
    assert code is not None
    names: dict[str, Any] = {}
    exec(compile(code[1], "docs/feed.md", "exec"), names)
    return names


_NAMES = _from_the_page()
new_client = cast("Callable[[], Held]", _NAMES["Held"])
follow = cast("Callable[[str], Iterator[Held]]", _NAMES["follow"])
