"""A feed: the objects of one competition as they stand, and at which seq each was last seen to change.

No history is kept. Whoever comes with a token gets each object that has changed since, once, as it is now. What lay
between two states that were offered here nobody knows: whoever comes from there (from another copy of the service, or
from before this one was started) gets whole collections, which say the same. So tokens do not expire while the history
lasts.

An object's `version` is a seq at which it was as its data says, whichever copy of the service says it: a newer one is
never older in truth, so a client that drops `version <= held` is right (R85). The token of a notification says what has
been told in full once it has arrived: inside a group of changes it stays behind, so a break loses nothing, and says how
far the group goes, so that no copy that has not seen that state takes it for one of its own.
"""

from typing import NamedTuple

import orjson

from services.livescore.domain.feed.objects import END, Objects
from services.livescore.domain.feed.token import Position, token, unknown_token
from shared.errors import NotFound

_KNOWN = 4096
"""States of one competition whose tokens are answered with changes alone: minutes of a rush, or days without one."""


class Notification(NamedTuple):
    """`body` is the JSON that is sent; `token` is in it too."""

    token: str
    body: bytes


class Follower:
    """One reader's place in a feed: what it has been told, or would have been had something changed."""

    def __init__(self, held: Position | None) -> None:
        self._held = held

    def told(self, feed: "Feed") -> list[Notification]:
        """What brings the reader to the present state; raise `unknown_token` when that takes a new beginning."""
        notifications = feed.since(self._held)
        at, held = feed.position, self._held
        self._held = held if held is not None and held.furthest > at.seq else at
        return notifications


class _Entry(NamedTuple):
    version: int
    kind: str
    id: str | None
    data: bytes


class Feed:
    """Offer it the newest state; ask what has changed `since`."""

    def __init__(self, types: tuple[str, ...], prefix: str = "") -> None:
        self.ended = False
        self._types = types
        self._prefix = prefix
        self._epoch = ""
        self._seq = 0
        self._offered: dict[int, None] = {}  # seqs from which on every change is known
        self._opened = 0  # tokens before this seq are those of a feed that has ended
        self._objects: dict[str, dict[str, bytes]] = {kind: {} for kind in types}
        self._versions: dict[tuple[str, str], int] = {}  # of deleted objects too
        self._told: dict[int, list[Notification]] = {}

    @property
    def position(self) -> Position:
        return Position(self._epoch, self._seq)

    def offer(self, position: Position, objects: Objects, *, amended: bool = False) -> None:
        """Take a newer state; an older one of the same history is dropped.

        `amended` says that a feed before this one has ended, also where this process has not seen it (R49).
        """
        epoch, seq = position.epoch, position.seq
        if epoch == self._epoch and seq <= self._seq:
            return
        changed = [
            (kind, one)
            for kind in self._types
            for one in objects[kind].keys() | self._objects[kind].keys()
            if objects[kind].get(one) != self._objects[kind].get(one)
        ]
        if epoch != self._epoch:
            self._begin(opened=seq if amended else 0)
        elif self.ended and changed:
            self._begin(opened=seq)
        self._epoch, self._seq = epoch, seq
        self._offered[seq] = None
        if len(self._offered) > _KNOWN:
            del self._offered[next(iter(self._offered))]
        self._objects = {kind: dict(objects[kind]) for kind in self._types}
        self._versions.update(dict.fromkeys(changed, seq))
        self._told.clear()
        self.ended = bool(self._objects.get(END))

    def check(self, held: Position) -> None:
        """Raise `unknown_token` for a position in another history, or in a feed that has ended (R49, R86)."""
        ended = any(0 < seq < self._opened for seq in (held.seq, held.upto))
        if held.epoch != self._epoch or ended:
            raise unknown_token()

    def since(self, held: Position | None) -> list[Notification]:
        """Everything that takes a client from there to here; all there is where nothing, or too little, is held."""
        seq = 0
        if held is not None:
            self.check(held)
            if held.furthest > self._seq:
                return []  # told by another copy that reads faster: nothing, until we have caught up
            if held.seq in self._offered and held.furthest in self._offered:
                seq = held.seq
        if seq not in self._told:
            self._told[seq] = self._said(seq, self._changes(seq) if seq else self._everything())
        return self._told[seq]

    def over_for(self, held: Position) -> bool:
        """Whether who comes with this token has been told the end."""
        return self.ended and not self.since(held)

    def one(self, kind: str, id_: str) -> bytes:
        """An object exactly as a notification carries it."""
        found = self._objects.get(kind, {}).get(id_)
        if found is None:
            raise NotFound("unknown_object", "There is no such object.")
        return found

    def all(self, kind: str) -> bytes:
        """A whole collection, as a notification with `id: null` carries it."""
        if kind not in self._objects:
            raise NotFound("unknown_type", f"The types are: {', '.join(self._types)}.")
        return b"[" + b",".join(self._objects[kind][one] for one in sorted(self._objects[kind])) + b"]"

    def _begin(self, opened: int) -> None:
        self._opened = opened
        self._offered.clear()
        self._versions.clear()

    def _everything(self) -> list[_Entry]:
        whole = [_Entry(self._seq, kind, None, self.all(kind)) for kind in self._types if kind != END]
        return whole + [_Entry(self._seq, END, one, data) for one, data in self._objects.get(END, {}).items()]

    def _changes(self, seq: int) -> list[_Entry]:
        changed = [
            _Entry(version, kind, one, self._objects[kind].get(one, b"null"))
            for (kind, one), version in self._versions.items()
            if version > seq
        ]
        return sorted(changed, key=lambda entry: (entry.version, self._types.index(entry.kind), entry.id))

    def _said(self, told: int, entries: list[_Entry]) -> list[Notification]:
        """Notifications, each with the token of what has been told in full once it has arrived."""
        said = []
        following = [*(entry.version for entry in entries[1:]), self._seq + 1]
        for entry, next_version in zip(entries, following, strict=False):
            if next_version > entry.version:
                told = entry.version
            said.append(self._notification(entry, token(self._prefix, Position(self._epoch, told, entry.version))))
        return said

    @staticmethod
    def _notification(entry: _Entry, held: str) -> Notification:
        body = {"type": entry.kind, "id": entry.id, "data": orjson.Fragment(entry.data)}
        return Notification(held, orjson.dumps({**body, "token": held, "version": entry.version}))
