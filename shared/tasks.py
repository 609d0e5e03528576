"""Tasks that run as long as the service does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine
from typing import Any

from shared.lifecycle import Stop


@contextlib.asynccontextmanager
async def background(name: str, work: Coroutine[Any, Any, None], stop: Stop) -> AsyncIterator[None]:
    """Run `work` inside the block; when it ends by itself the service stops, because it should run for ever."""
    task = asyncio.create_task(work, name=name)
    stop.watch(task)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await task
