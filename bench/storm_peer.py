"""A peer for `storm`: `websockets` with its own `broadcast()`, which sends every change to everybody as it comes.

Each line on its standard input is a frame: the first for whoever connects, all others for all who are connected then.
Prints its port. Between changes the loop gets a turn, so that it does not stop answering when it is behind.
"""

import asyncio
import resource
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main() -> None:
    lines = asyncio.StreamReader(limit=1 << 20)
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    snapshot = (await lines.readline()).decode().rstrip("\n")
    viewers: set[ServerConnection] = set()

    async def hold(viewer: ServerConnection) -> None:
        await viewer.send(snapshot)
        viewers.add(viewer)
        try:
            await viewer.wait_closed()
        finally:
            viewers.discard(viewer)

    async with serve(hold, "127.0.0.1", 0, compression=None, backlog=4096) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        while line := await lines.readline():
            broadcast(viewers, line.decode().rstrip("\n"))
            await asyncio.sleep(0)


if __name__ == "__main__":
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    asyncio.run(main())
