"""Traces: how a judge's request became a board, step by step and across processes. Off unless asked for.

What a service's parts are given is a `Tracer`; the one that is off does nothing, costs a call, and imports nothing.
Requests start a trace or continue the one in their `traceparent` (W3C). Recorded events are noted with it, and it
travels beside the messages on the bus, never in them: stored bytes are the same with and without traces. Only what
began with a request is traced, so that replays and catching up stay silent.

Nothing personal is in a trace: methods, routes, statuses, topics and streams.
"""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol


class Exchange(Protocol):
    """A request while it is answered."""

    def answered(self, status: int) -> None: ...


class Tracer(Protocol):
    def request(self, method: str, route: str, traceparent: str | None) -> AbstractContextManager[Exchange]:
        """Around a whole request; continues the caller's trace, if any."""

    def step(self, name: str, stream: str) -> AbstractContextManager[None]:
        """A part of the request that is being answered; nothing outside of one."""

    def following(self, name: str, topic: str, carried: Iterable[str | None]) -> AbstractContextManager[None]:
        """Work that goes on elsewhere: continues the first trace that is carried, and is linked to the others."""

    def carry(self) -> str | None:
        """The traceparent of what is being done now, to be sent along."""

    def note(self, ids: Sequence[str], carried: str | None = None) -> None:
        """Remember which trace these events belong to: the carried one, or what is being done now."""

    def noted(self, event: str) -> str | None:
        """The trace of an event, for a while."""


_NOTHING = nullcontext()


class _Off:
    """Does nothing, and is its own exchange and context."""

    def request(self, method: str, route: str, traceparent: str | None) -> AbstractContextManager[Exchange]:
        return self

    def __enter__(self) -> Exchange:
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def answered(self, status: int) -> None:
        pass

    def step(self, name: str, stream: str) -> AbstractContextManager[None]:
        return _NOTHING

    def following(self, name: str, topic: str, carried: Iterable[str | None]) -> AbstractContextManager[None]:
        return _NOTHING

    def carry(self) -> str | None:
        return None

    def note(self, ids: Sequence[str], carried: str | None = None) -> None:
        pass

    def noted(self, event: str) -> str | None:
        return None


OFF: Tracer = _Off()


def tracer(service: str, collector: str | None) -> AbstractContextManager[Tracer]:
    """The tracer of a service, which sends to an OTLP/HTTP address; off without one. Raises BadStart."""
    if not collector:
        return nullcontext(OFF)
    from shared.traces.otel import sending  # noqa: PLC0415  (megabytes that only this needs)

    return sending(service, collector)
