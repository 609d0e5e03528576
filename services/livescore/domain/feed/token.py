"""Tokens: where somebody is in a feed, as `<epoch>.<seq>`, inside a group of changes `<epoch>.<seq>.<upto>`.

Whoever holds a token has been told everything up to that seq of that history; seq 0 is the beginning, where nothing
has been told. `upto` says that something of a later state may have arrived besides. A token means the same in every
copy of the service and after a restart. The staff feed's begin with `s.` and count something else, so that a gap in one
feed says nothing about the other (R88).
"""

import re
from typing import NamedTuple

from shared.errors import Malformed

_TOKEN = re.compile(r"(s\.)?([A-Za-z0-9_-]{1,40})\.(0|[1-9][0-9]{0,15})(?:\.([1-9][0-9]{0,15}))?")
PUBLIC = ""
STAFF = "s."


class Position(NamedTuple):
    epoch: str
    seq: int
    upto: int = 0

    @property
    def furthest(self) -> int:
        """The latest state of which something may be held."""
        return max(self.seq, self.upto)


def token(prefix: str, position: Position) -> str:
    part = f".{position.upto}" if position.upto > position.seq else ""
    return f"{prefix}{position.epoch}.{position.seq}{part}"


def parse_token(prefix: str, text: str) -> Position:
    """Raise `unknown_token` for anything but a token of this kind of feed (R86)."""
    found = _TOKEN.fullmatch(text)
    if found is None or (found[1] or "") != prefix:
        raise unknown_token()
    return Position(found[2], int(found[3]), int(found[4] or 0))


def unknown_token() -> Malformed:
    return Malformed("unknown_token", "This token is of no feed there is: discard what you hold and begin without one.")
