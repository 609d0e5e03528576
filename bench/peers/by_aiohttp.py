"""A peer: aiohttp, `send_str` to one viewer after the other."""

import asyncio

from aiohttp import web

from bench.peers.feed import frames, play


async def main() -> None:
    viewers: set[web.WebSocketResponse] = set()

    async def hold(request: web.BaseRequest) -> web.WebSocketResponse:
        viewer = web.WebSocketResponse(compress=False)
        await viewer.prepare(request)
        viewers.add(viewer)
        try:
            async for _ in viewer:
                pass
        finally:
            viewers.discard(viewer)
        return viewer

    loop = asyncio.get_running_loop()
    server = await loop.create_server(web.Server(hold), "127.0.0.1", 0, backlog=4096)
    async for frame in frames(server.sockets[0].getsockname()[1]):
        text = frame.decode()
        for viewer in list(viewers):
            await viewer.send_str(text)


if __name__ == "__main__":
    play(main())
