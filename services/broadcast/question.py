"""What a viewer asks for: channels, and the position it already holds of each. Pure.

`c=<channel>` once per channel; `since=<epoch>.<seq>` not at all or once per channel, in the same order, empty for none.
`from=<country>` is where the viewer says it watches from; nothing hangs on it but a count, so a code that is none is
ignored. Unknown parameters are ignored too, so that a link may carry a campaign or cache tag. `Last-Event-ID` is what
an EventSource held when its connection broke: it is newer than the `since` in its address, so it wins; one that does
not fit is ignored, because an EventSource could never repair it.
"""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from shared.contracts.countries import COUNTRIES
from shared.contracts.viewer import MAX_CHANNELS

_POSITION = re.compile(r"([A-Za-z0-9_-]{1,40})\.([0-9]{1,16})", re.ASCII)

Position = tuple[str, int]


class BadQuestion(ValueError):
    """The query is none that any state of the server could answer; the text may be shown."""


@dataclass(frozen=True, slots=True)
class Question:
    channels: tuple[str, ...]
    since: tuple[Position | None, ...]
    country: str = ""
    """ISO 3166-1 alpha-2, in upper case; empty for a viewer that does not say."""


def _position(text: str) -> Position | None:
    if not text:
        return None
    match = _POSITION.fullmatch(text)
    if match is None:
        raise BadQuestion("since must be <epoch>.<seq> or empty")
    return match[1], int(match[2])


def parse_question(query: str, last_event_id: str = "") -> Question:
    """Raise BadQuestion."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=3 * MAX_CHANNELS, errors="strict")
    except ValueError as exc:
        raise BadQuestion("the query cannot be read") from exc
    channels = tuple(value for key, value in pairs if key == "c")
    if not channels or len(channels) > MAX_CHANNELS or len(set(channels)) != len(channels):
        raise BadQuestion(f"c must name 1 to {MAX_CHANNELS} different channels")
    since = tuple(_position(value) for key, value in pairs if key == "since")
    if since and len(since) != len(channels):
        raise BadQuestion("give since not at all, or once per c in the same order")
    if last_event_id:
        try:
            held = tuple(_position(part) for part in last_event_id.split(","))
        except BadQuestion:
            held = ()
        if len(held) == len(channels):
            since = held
    country = next((COUNTRIES[value] for key, value in pairs if key == "from" and value in COUNTRIES), "")
    return Question(channels, since or (None,) * len(channels), country)
