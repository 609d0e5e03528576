"""Hostile input, and the running services it is sent to: whatever comes, the answer is never a fault of theirs (5xx).

Most inputs are a good request in which something was replaced, because pure noise never gets past the first check.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

    from tests.conftest import Running

fuzz = settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])

SCHEME = (Path(__file__).parents[2] / "examples" / "reference-event" / "scheme.yaml").read_bytes()
COMPETITION = "autumn.electronics"

nasty = st.sampled_from(
    ["", "\x00", "\u202e", "\ud800", "NaN", "-0", "1e9999", "9" * 400, "<script>", "../..", "A1.1", "{}", "None",
     "9999-12-31T23:59:59.999999+23:59", "0001-01-01T00:00:00+14:00", "2020-02-30", "0000-00-00", "🏳️‍🌈", "a" * 5000]
)  # fmt: skip
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=40) | nasty
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4)
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where something can be replaced."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, one in inside for place in _places(one, (*path, key)))]


def _replaced(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    if isinstance(value, dict):
        return {**value, path[0]: _replaced(value[path[0]], path[1:], new)}
    return [_replaced(one, path[1:], new) if place == path[0] else one for place, one in enumerate(value)]


def like(good: dict[str, Any]) -> st.SearchStrategy[Any]:
    """A good request with one or two things replaced by anything."""
    one = st.builds(lambda place, new: (place, new), st.sampled_from(_places(good)[1:]), anything)

    def apply(changes: list[tuple[tuple[Any, ...], Any]]) -> Any:
        value: Any = good
        for path, new in changes:
            try:
                value = _replaced(value, path, new)
            except (KeyError, IndexError, TypeError):
                continue  # an earlier change took away what this one would replace
        return value

    return st.lists(one, min_size=1, max_size=2).map(apply) | anything


class Target:
    """The running services with one competition ready to be marked; `tokens` by office, `judges` by id."""

    def __init__(
        self,
        running: Running,
        session: aiohttp.ClientSession,
        tokens: Mapping[str, str],
        competitor: str,
        judges: list[str],
    ) -> None:
        self._running = running
        self._session = session
        self.tokens = {**tokens, "organiser": running.organiser, "nobody": ""}
        self.competitor = competitor
        self.judges = judges

    async def takes(self, method: str, service: str, path: str, body: Any = None, who: str = "nobody") -> None:
        """Send it and expect an answer that is not our fault."""
        raw = isinstance(body, bytes)
        headers = {"Content-Type": "application/yaml" if raw else "application/json"} if body is not None else {}
        if self.tokens[who]:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        content = body if raw or body is None else _json(body)
        url = f"{self._running.at.url(service)}{path}"
        async with self._session.request(method, url, data=content, headers=headers, allow_redirects=False) as answer:
            said = await answer.read() if answer.content_type != "text/event-stream" else b""
            assert answer.status < 500, said
            if answer.status >= 400 and said:
                assert answer.content_type in {"application/problem+json", "text/plain"}, said


def _json(value: Any) -> bytes:
    """As a careless client encodes it: with NaN and half surrogate pairs."""
    return json.dumps(value).encode("utf-8", "surrogatepass")
