"""A peer for the fan-out measurement: `websockets` with its own `broadcast()`, uncompressed, fed like the wall."""

import asyncio
import resource
import socket
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main() -> None:
    viewers: set[ServerConnection] = set()

    async def hold(viewer: ServerConnection) -> None:
        viewers.add(viewer)
        try:
            await viewer.wait_closed()
        finally:
            viewers.discard(viewer)

    async with serve(hold, "127.0.0.1", 0, compression=None, backlog=4096) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        feed = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        feed.setblocking(False)
        feed.bind(("127.0.0.1", port))
        sys.stdout.write(f"{port}\n")
        sys.stdout.flush()
        while True:
            body = await asyncio.get_running_loop().sock_recv(feed, 65536)
            broadcast(viewers, body.decode())


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main())
