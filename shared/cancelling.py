"""Cancellations that must not get lost on the way through a library."""

import asyncio
import contextlib
from collections.abc import Iterator


@contextlib.contextmanager
def heeded() -> Iterator[None]:
    """Put around what awaits a library: a task that was cancelled inside ends with CancelledError, come what may.

    Before Python 3.12 `asyncio.wait_for`, which the drivers of MongoDB and Kafka use, swallows a cancellation that
    comes in the moment in which its work ends. A loop that was told once to end would go on, and whoever waits for
    that would wait for ever.
    """
    task = asyncio.current_task()
    before = task.cancelling() if task is not None else 0
    try:
        yield
    finally:
        if task is not None and task.cancelling() > before:
            raise asyncio.CancelledError
