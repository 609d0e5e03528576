"""The limit of `ingest`: an aiohttp handler that answers an empty 200, in an application with this one route.

Our services stand on aiohttp's server below applications and routes: this is what a service costs that does not.
"""

import asyncio
import sys

from aiohttp import web


async def _empty(_request: web.Request) -> web.Response:
    return web.Response()


async def main() -> None:
    app = web.Application()
    app.router.add_post("/", _empty)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=1024).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
