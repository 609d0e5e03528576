"""Which handler answers an address: exact addresses are looked up, patterns are tried in the order they were added.

In a pattern `{name}` stands for one part of the path and `{name:.+}` for whatever the expression matches. aiohttp's own
router would do as well, but it comes with an application, signals and middlewares, which take a tenth of a mark's time.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import unquote

from aiohttp import web

Names = Mapping[str, str]
"""What a pattern's names stand for in one address."""
Handler = Callable[[web.BaseRequest, Names], Awaitable[web.StreamResponse]]

_NAME = re.compile(r"{(\w+)(?::([^{}]+))?}")
_NO_NAMES: Names = {}


@dataclass(slots=True)
class Place:
    """One address or pattern, and who answers there, by method."""

    pattern: str
    handlers: dict[str, Handler] = field(default_factory=dict)


class Addresses:
    """Add everything before the first address is looked for: what was found, or was not, is remembered."""

    def __init__(self) -> None:
        self._places: dict[str, Place] = {}
        self._patterns: list[tuple[re.Pattern[str], Place]] = []
        self.find = lru_cache(maxsize=1024)(self._find)

    def add(self, method: str, pattern: str, handler: Handler, *, head: bool = True) -> None:
        """What answers GET answers HEAD too, unless `head` is False."""
        place = self._places.get(pattern)
        if place is None:
            place = self._places[pattern] = Place(pattern)
            if "{" in pattern:
                self._patterns.append((_compiled(pattern), place))
        place.handlers[method] = handler
        if method == "GET" and head:
            place.handlers["HEAD"] = handler

    def _find(self, path: str) -> tuple[Place | None, Names]:
        """Who answers at a path as it was sent; names come without percent encoding."""
        place = self._places.get(path)
        if place is not None:
            return place, _NO_NAMES
        for pattern, place in self._patterns:
            if found := pattern.fullmatch(path):
                return place, {name: unquote(value) for name, value in found.groupdict().items()}
        return None, _NO_NAMES


def _compiled(pattern: str) -> re.Pattern[str]:
    text, end = "", 0
    for found in _NAME.finditer(pattern):
        text += f"{re.escape(pattern[end : found.start()])}(?P<{found[1]}>{found[2] or '[^/]+'})"
        end = found.end()
    return re.compile(text + re.escape(pattern[end:]))
