"""Clients of three makes that follow one board and can be told to stop reading: `websockets`, Node's `ws`, Chromium."""

import asyncio
import contextlib
import os
import re
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import orjson
import pytest
from playwright.async_api import Page, async_playwright
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from shared.contracts.viewer import applied
from tests.browser.conftest import CHROMIUM_ARGS, chromium

HERE = Path(__file__).parent
_WS_VERSION = re.compile(r'"ws": "(.+)"')


@dataclass
class Report:
    board: dict[str, Any] | None = None
    complaints: list[str] = field(default_factory=list)
    deltas: int = 0
    byes: int = 0
    code: int | None = None
    """It was closed with."""


class Client(Protocol):
    async def open(self, address: str) -> str:
        """Come, or come back with the position held; the extensions that were agreed on."""

    async def stop_reading(self) -> None: ...

    async def read_again(self) -> None: ...

    async def close(self) -> None: ...

    async def report(self) -> Report: ...


class PythonClient:
    def __init__(self) -> None:
        self._report = Report()
        self._may_read = asyncio.Event()
        self._may_read.set()

    async def open(self, address: str) -> str:
        board = self._report.board
        since = f"{board['epoch']}.{board['seq']}" if board else ""
        # A short queue, so that who does not read soon holds the other side up.
        self._connection = await connect(f"{address}&since={since}", proxy=None, max_size=2**24, max_queue=1)
        self._reading = asyncio.create_task(self._read(self._connection))
        response = self._connection.response
        assert response is not None
        return response.headers.get("Sec-WebSocket-Extensions", "")

    async def _read(self, connection: ClientConnection) -> None:
        try:
            while True:
                await self._may_read.wait()
                self._take(orjson.loads(await connection.recv()))
        except ConnectionClosed as exc:
            self._report.code = exc.rcvd.code if exc.rcvd else 1006

    def _take(self, frame: dict[str, Any]) -> None:
        report, held = self._report, self._report.board
        if frame["type"] == "bye":
            report.byes += 1
        elif frame["type"] == "snapshot":
            report.board = {"epoch": frame["epoch"], "seq": frame["seq"], **frame["state"]}
        elif held is None or (frame["epoch"], frame["base"]) != (held["epoch"], held["seq"]):
            report.complaints.append(f"a delta that does not fit: {frame['base']}")
        else:
            report.deltas += 1
            report.board = {"epoch": held["epoch"], "seq": frame["seq"], **applied(held, frame)}

    async def stop_reading(self) -> None:
        self._may_read.clear()

    async def read_again(self) -> None:
        self._may_read.set()

    async def close(self) -> None:
        await self._connection.close()
        await self._reading

    async def report(self) -> Report:
        return self._report


class NodeClient:
    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def _tell(self, words: str) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(words.encode() + b"\n")
        async with asyncio.timeout(20):
            return orjson.loads(await self._process.stdout.readline())

    async def open(self, address: str) -> str:
        return str(await self._tell(f"open {address}"))

    async def stop_reading(self) -> None:
        await self._tell("stop")

    async def read_again(self) -> None:
        await self._tell("go")

    async def close(self) -> None:
        await self._tell("close")

    async def report(self) -> Report:
        return Report(**await self._tell("report"))


class ChromiumClient:
    """A page cannot stop reading; one whose script is busy does not take what the browser has read."""

    def __init__(self, page: Page, host: str) -> None:
        self._page = page
        self._host = host
        self._busy: asyncio.Task[Any] | None = None

    async def open(self, address: str) -> str:
        if self._page.url == "about:blank":
            await self._page.goto(f"http://{self._host}/live/state")
            await self._page.add_script_tag(content=(HERE / "folding_viewer.js").read_text())
            await self._page.evaluate("globalThis.viewer = new FoldingViewer(WebSocket)")
        return str(await self._page.evaluate("(address) => viewer.open(address)", address))

    async def stop_reading(self) -> None:
        script = "async () => { const end = performance.now() + 3000; while (performance.now() < end); }"
        self._busy = asyncio.create_task(self._page.evaluate(script))

    async def read_again(self) -> None:
        assert self._busy is not None
        await self._busy

    async def close(self) -> None:
        await self._page.evaluate("viewer.close()")

    async def report(self) -> Report:
        return Report(**await self._page.evaluate("viewer.report()"))


Clients = Callable[[int], AbstractAsyncContextManager[Callable[[], AbstractAsyncContextManager[Client]]]]
"""What makes clients of one kind for a server on this port, until the block ends."""


@contextlib.asynccontextmanager
async def python_clients(_port: int) -> AsyncIterator[Callable[[], AbstractAsyncContextManager[Client]]]:
    @contextlib.asynccontextmanager
    async def one() -> AsyncIterator[Client]:
        yield PythonClient()

    yield one


@contextlib.asynccontextmanager
async def node_clients(_port: int) -> AsyncIterator[Callable[[], AbstractAsyncContextManager[Client]]]:
    node, library = shutil.which("node"), _library()
    if node is None or not library.exists():
        _not_run("not run: no node, or scripts/node/fetch.sh has not fetched `ws`")

    @contextlib.asynccontextmanager
    async def one() -> AsyncIterator[Client]:
        process = await asyncio.create_subprocess_exec(
            *(str(node), str(HERE / "node_viewer.mjs"), str(library)),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=2**24,
        )
        try:
            yield NodeClient(process)
        finally:
            process.kill()
            await process.communicate()

    yield one


@contextlib.asynccontextmanager
async def chromium_clients(port: int) -> AsyncIterator[Callable[[], AbstractAsyncContextManager[Client]]]:
    executable = chromium()
    if executable is None:
        _not_run("not run: no chromium or google-chrome on this machine")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)

        @contextlib.asynccontextmanager
        async def one() -> AsyncIterator[Client]:
            context = await browser.new_context()
            yield ChromiumClient(await context.new_page(), f"127.0.0.1:{port}")
            await context.close()

        try:
            yield one
        finally:
            await browser.close()


def _library() -> Path:
    text = (HERE.parents[2] / "scripts" / "node" / "package.json").read_text()
    version = _WS_VERSION.search(text)
    assert version is not None
    caches = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    cache = os.environ.get("SHOWCASE_CACHE") or f"{caches}/showcase"
    return Path(cache) / f"node-ws-{version[1]}"


def _not_run(reason: str) -> None:
    if os.environ.get("SHOWCASE_REQUIRE") == "all":
        pytest.fail(reason)
    pytest.skip(reason)
