"""The bus port: at-least-once, ordered per key.

Guarantees every adapter keeps (`tests/contracts/test_bus.py`):

- A published message is durable when `publish` returns; messages of one key arrive in the order they were published.
- Every subscription sees everything on its topic from where it starts, then goes on live. A message may come again
  after a reconnect, so a consumer drops what it has (`seq <= last`).
- A *compacted* topic keeps at least the newest message of each key: reading it from the start is a complete bootstrap.
- `caught_up` is set once a subscription has delivered everything that was there when it began.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

from shared.contracts.events import Recorded


@dataclass(slots=True)  # not frozen, which takes three times as long to make: there is one for every event
class Message:
    """`recorded` is the event that `body` says, where it never left the process that wrote it."""

    key: str
    body: bytes
    recorded: Recorded | None = field(default=None, compare=False, repr=False)


class Subscription(Protocol):
    caught_up: asyncio.Event

    def batches(self) -> AsyncIterator[Sequence[Message]]:
        """Messages as they come, in batches that are never empty; ends only when cancelled."""


class Bus(Protocol):
    async def publish(self, topic: str, messages: Sequence[Message]) -> None:
        """Return when all are durable. Raise `Unavailable` when the bus cannot take them; some may have been taken."""

    def subscribe(self, topic: str, start: Literal["earliest", "latest"] = "earliest") -> Subscription:
        """Read a topic from its beginning, or from what is published after this call."""
