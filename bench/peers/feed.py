"""What the peers in Python have in common: each sends every datagram on the UDP port of its own number to all."""

import asyncio
import resource
import socket
import sys
from collections.abc import Callable, Coroutine
from typing import Any

LARGEST = 1 << 16


def fed(port: int, send: Callable[[bytes], None]) -> None:
    """Call `send` with each message from now on, and say on standard output which port it is."""
    feed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    feed.setblocking(False)
    feed.bind(("127.0.0.1", port))
    asyncio.get_running_loop().add_reader(feed, lambda: send(feed.recv(LARGEST)))
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


def play(main: Coroutine[Any, Any, None]) -> None:
    """Run for ever, on uvloop where it is installed: a peer is given its best."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    try:
        from uvloop import new_event_loop  # noqa: PLC0415
    except ImportError:
        new_event_loop = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main)
