"""Traces: how a judge's request became a board, step by step and across processes. Off unless asked for.

`traces.now` is the process's tracer, as `log` is its log; the one that is off does nothing, costs a call, and imports
nothing. Requests start a trace or continue the one in their `traceparent` (W3C). Recorded events are noted with it, and
it travels beside the messages on the bus, never in them: stored bytes are the same with and without traces. Only what
began with a request is traced, so that replays and catching up stay silent.

Nothing personal is in a trace: methods, routes, statuses, topics and streams.
"""

from collections.abc import Callable, Coroutine, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from shared.contracts.events import Recorded

P = ParamSpec("P")
T = TypeVar("T")
Method = Callable[Concatenate[Any, str, P], Coroutine[Any, Any, T]]


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

    def note(self, events: Sequence[Recorded], carried: str | None = None) -> None:
        """Remember which trace these events belong to: the carried one, or what is being done now."""

    def noted(self, event: Recorded | None) -> str | None:
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

    def note(self, events: Sequence[Recorded], carried: str | None = None) -> None:
        pass

    def noted(self, event: Recorded | None) -> str | None:
        return None


OFF: Tracer = _Off()


def tracer(service: str, collector: str | None) -> AbstractContextManager[Tracer]:
    """The tracer of a service, which sends to an OTLP/HTTP address; off without one. Raises BadStart."""
    if not collector:
        return nullcontext(OFF)
    from shared.traces.otel import sending  # noqa: PLC0415  (megabytes that only this needs)

    return sending(service, collector)


class Traces:
    """Where this process's traces go."""

    now: Tracer = OFF


traces = Traces()


@contextmanager
def traced(service: str, collector: str | None) -> Iterator[None]:
    """Trace inside the block. Raises BadStart."""
    with tracer(service, collector) as one:
        traces.now = one
        try:
            yield
        finally:
            traces.now = OFF


def a_step(name: str) -> Callable[[Method[P, T]], Method[P, T]]:
    """Make a step of a coroutine method whose first argument is a stream."""

    def wrap(method: Method[P, T]) -> Method[P, T]:
        async def traced(self: Any, stream: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
            with traces.now.step(name, stream):
                return await method(self, stream, *args, **kwargs)

        @wraps(method)
        def run(self: Any, stream: str, /, *args: P.args, **kwargs: P.kwargs) -> Coroutine[Any, Any, T]:
            return (method if traces.now is OFF else traced)(self, stream, *args, **kwargs)

        return run

    return wrap
