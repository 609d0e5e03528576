"""A peer: the `websockets` library's own server and `broadcast()`, uncompressed."""

from websockets.asyncio.server import ServerConnection, broadcast, serve

from bench.peers.feed import frames, play


async def main() -> None:
    viewers: set[ServerConnection] = set()

    async def hold(viewer: ServerConnection) -> None:
        viewers.add(viewer)
        try:
            await viewer.wait_closed()
        finally:
            viewers.discard(viewer)

    async with serve(hold, "127.0.0.1", 0, compression=None, backlog=4096, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async for frame in frames(port):
            broadcast(viewers, frame.decode())


if __name__ == "__main__":
    play(main())
