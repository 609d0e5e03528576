"""The bus port: at-least-once, ordered per key.

Guarantees every adapter keeps (`tests/contracts/test_bus.py`):

- A published message is durable when `publish` returns; messages of one key arrive in the order they were published.
- Every subscription sees everything on its topic from where it starts, then goes on live. A message may come again
  after a reconnect, so a consumer drops what it has (`seq <= last`).
- A *compacted* topic keeps at least the newest message of each key: reading it from the start is a complete bootstrap.
- `caught_up` is set once a subscription has delivered everything that was there when it began.
- A topic can be *shared*: each key is owned by one copy of the service, and the keys of a copy that dies move on. For a
  moment a key may have two owners (one that was frozen does not know yet that it lost it) or none, so whatever an owner
  writes elsewhere must be harmless twice.
- A bus may forget (a topic made anew, a broker restored from an older copy). It is never the truth: whoever published
  keeps `place`, asks `lost` now and then, and publishes everything again when it is.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from shared.contracts.events import Recorded


@dataclass(slots=True)  # not frozen, which takes three times as long to make: there is one for every event
class Message:
    """`recorded` is the event that `body` says, where it never left the process that wrote it.

    `at` says where on the bus it lies, for people who look into a dead letter. `trace` travels beside the body where
    the bus can carry it; a file keeps none.
    """

    key: str
    body: bytes
    recorded: Recorded | None = field(default=None, compare=False, repr=False)
    at: str | None = field(default=None, compare=False, repr=False)
    trace: str | None = field(default=None, compare=False, repr=False)


class Subscription(Protocol):
    caught_up: asyncio.Event

    def batches(self) -> AsyncIterator[Sequence[Message]]:
        """Messages as they come, in batches that are never empty; ends only when cancelled."""


class Share(Subscription, Protocol):
    """This copy's part of a topic; `batches` gives only messages of keys that are owned, and must be read all the time.

    Keys that are gained are read from the topic's beginning (`earliest`), or from its end as it was before `moved` was
    set (`latest`): who catches up from the ledger after `moved` misses nothing. `caught_up` is cleared when keys are
    gained and set again when all that was there of them has been delivered.
    """

    moved: asyncio.Event
    """Set when what is owned may have changed, and once at the start; the reader clears it before it looks."""

    def owns(self, key: str) -> bool:
        """Whether this copy owns the key now, as far as it knows; a key nobody has used yet has an owner too."""


class Bus(Protocol):
    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Return when all are durable. Raise `Unavailable` when the bus cannot take them; some may have been taken."""

    def subscribe(self, topic: str, start: Literal["earliest", "latest"] = "earliest") -> Subscription:
        """Read a topic from its beginning, or from what is published after this call."""

    def share(self, topic: str, start: Literal["earliest", "latest"] = "earliest") -> Share:
        """Divide a topic among all copies of this service: this copy's part. One share per topic and process."""

    async def dead_letter(self, topic: str, message: Message, reason: str) -> None:
        """Put a message that nobody can read aside, durably and unchanged; raise `Unavailable` as `publish` does.

        For messages that will never be readable only; when something else is down, wait and try again.
        """

    def place(self, topic: str) -> str:
        """How far the topic must reach by all that this bus has published on it: opaque; empty says nothing."""

    async def lost(self, topic: str, place: str = "") -> bool:
        """Whether the topic has lost something that this bus published, or that was there at a `place` kept earlier.

        Says so once; from then on it is measured from what is there now. Raise `Unavailable` when it cannot be told.
        """
