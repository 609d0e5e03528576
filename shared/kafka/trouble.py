"""What can go wrong with a Kafka client, as one error; and ends that come within their time.

The library's tasks may wait for a broker for ever, so whatever is awaited while closing is bounded and then cancelled;
what it raised no longer matters by then.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Iterator
from typing import Any

from shared.cancelling import heeded
from shared.errors import Unavailable


@contextlib.contextmanager
def troubles(what: str) -> Iterator[None]:
    """Raise `Unavailable` for every fault of the library, the network or the broker.

    Whatever it is: when a connection goes away at the wrong moment, the library also fails with `KeyError`,
    `AttributeError` or an assertion, and none of that is worth a restart.
    """
    try:
        with heeded():
            yield
    except Unavailable:
        raise
    except Exception as exc:
        raise Unavailable(f"Kafka: {what}: {said(exc)}") from exc


def said(exc: BaseException) -> str:
    """The name of the error, and the start of its text: it may go on for pages."""
    text = str(exc)[:200]
    return f"{type(exc).__name__}: {text}" if text else type(exc).__name__


async def ended(work: Awaitable[Any], seconds: float) -> bool:
    """Wait for `work`, at most so long, then cancel it; never raises what it raised. True when it ended well."""
    task = asyncio.ensure_future(work)
    try:
        done, _ = await asyncio.wait({task}, timeout=seconds)
        if not done:
            task.cancel()
            await asyncio.wait({task}, timeout=1.0)
        # A consumer's stop may end half-way with the cancellation of one of its own tasks.
        return bool(done) and not task.cancelled() and task.exception() is None
    finally:
        if not task.done():
            task.cancel()
        elif not task.cancelled():
            task.exception()


async def cancelled(*tasks: "asyncio.Task[Any] | None") -> None:
    """Cancel the library's own tasks and see that they are gone."""
    running = {task for task in tasks if task is not None and not task.done()}
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running, timeout=1.0)
    for one in tasks:
        if one is not None and one.done() and not one.cancelled():
            one.exception()  # looked at, so that nobody reports it
