"""The head of an HTTP request, read just far enough to tell viewers from everything else. Pure."""

import re
from dataclasses import dataclass

MAX_HEAD = 16 * 1024
END = b"\r\n\r\n"
_MOST_LINES = 128
# Names are tokens, values hold no control characters (RFC 9110); one look at all lines at once.
_LINES = re.compile(rb"(?:[-!#$%&'*+.^_`|~0-9A-Za-z]+:[\t -~\x80-\xff]*\r\n)*\r\n")
_ONCE = frozenset({"host", "origin", "upgrade", "last-event-id", "sec-websocket-key", "sec-websocket-version"})


class BadHead(ValueError):
    """Ambiguous or broken; nothing behind us may read it in another way."""


@dataclass(frozen=True, slots=True)
class Head:
    path: str
    query: str
    headers: dict[str, str]


def live_target(head: bytes) -> tuple[str, str] | None:
    """Path and query when this is a GET for a live feed; None sends the request to the ordinary HTTP server."""
    line, _, _ = head.partition(b"\r\n")
    parts = line.split(b" ")
    if len(parts) != 3 or parts[0] != b"GET" or parts[2] != b"HTTP/1.1":
        return None
    path, _, query = parts[1].partition(b"?")
    if path not in (b"/live", b"/live/events"):
        return None
    return path.decode("ascii"), query.decode("ascii", "replace")


def read_head(head: bytes, target: tuple[str, str]) -> Head:
    """Raise BadHead. Of a repeated header the values are joined, where repeating is allowed at all."""
    headers: dict[str, str] = {}
    _, *lines = head[: -len(END)].decode("latin-1").split("\r\n")
    if len(lines) > _MOST_LINES or not _LINES.fullmatch(head, head.index(b"\r\n") + 2):
        raise BadHead("a header line is broken")
    for line in lines:
        name, _, value = line.partition(":")
        name, value = name.lower(), value.strip(" \t")
        if name in headers:
            if name in _ONCE:
                raise BadHead(f"{name} is given twice")
            value = f"{headers[name]},{value}"
        headers[name] = value
    if "host" not in headers:
        raise BadHead("there is no host")
    if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
        raise BadHead("a body is not expected")
    return Head(*target, headers)
