"""What the peers in Python have in common: each sends every line of its standard input to all viewers, as it comes."""

import asyncio
import resource
import sys
from collections.abc import AsyncIterator, Coroutine
from typing import Any


async def frames(port: int) -> AsyncIterator[bytes]:
    """Say on standard output which port it is, then give what is to be sent."""
    lines = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while line := await lines.readline():
        yield line.rstrip(b"\n")
        await asyncio.sleep(0)  # one that is behind still answers


def play(main: Coroutine[Any, Any, None]) -> None:
    """Run until the input ends, on uvloop where it is installed: a peer is given its best."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        from uvloop import new_event_loop  # noqa: PLC0415
    except ImportError:
        new_event_loop = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main)
