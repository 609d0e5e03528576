"""A viewer written from RFC 6455 alone, over a plain socket: sends any bytes, reads what comes with its own eyes."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass

from tests.services.broadcast.service import UPGRADE


@dataclass(frozen=True)
class Close:
    """How a connection ended: the code of the close frame, or None for an end without one."""

    code: int | None


def frame_of(opcode: int, data: bytes, *, fin: bool = True, rsv: int = 0, mask: bytes | None = None) -> bytes:
    """A masked frame, however wrong; `rsv` is the three reserved bits, `mask` empty for none at all."""
    head = bytes([fin << 7 | rsv << 4 | opcode])
    mask = os.urandom(4) if mask is None else mask
    masked = 0x80 if mask else 0
    if len(data) < 126:
        head += bytes([masked | len(data)])
    elif len(data) < 1 << 16:
        head += bytes([masked | 126]) + len(data).to_bytes(2, "big")
    else:
        head += bytes([masked | 127]) + len(data).to_bytes(8, "big")
    if not mask:
        return head + data
    return head + mask + bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))


class RawViewer:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: dict[str, str]) -> None:
        self.headers = headers
        self.pongs: list[bytes] = []
        self._reader = reader
        self._writer = writer

    @classmethod
    @contextlib.asynccontextmanager
    async def at(cls, port: int, upgrade: bytes = UPGRADE) -> AsyncIterator["RawViewer"]:
        """Connected and accepted."""
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            writer.write(upgrade)
            async with asyncio.timeout(10):
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
            assert head.startswith("HTTP/1.1 101 "), head
            pairs = [line.split(": ", 1) for line in head.split("\r\n")[1:-2]]
            yield cls(reader, writer, {name.lower(): value for name, value in pairs})
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    def half_close(self) -> None:
        self._writer.write_eof()

    def cut(self) -> None:
        self._writer.transport.abort()

    async def frame(self) -> tuple[int, bytes]:
        """The first byte and the payload of the next frame, whatever it is."""
        first, size = await self._reader.readexactly(2)
        if size == 126:
            size = int.from_bytes(await self._reader.readexactly(2), "big")
        elif size == 127:
            size = int.from_bytes(await self._reader.readexactly(8), "big")
        return first, await self._reader.readexactly(size)

    async def message(self) -> tuple[int, bytes]:
        """The next frame that is no control frame; pongs are kept, pings are not answered."""
        async with asyncio.timeout(10):
            while True:
                first, data = await self.frame()
                if not first & 0x08:
                    return first, data
                if first & 0x0F == 0x0A:
                    self.pongs.append(data)

    async def closed_with(self) -> Close:
        """Read to the very end."""
        code: int | None = None
        async with asyncio.timeout(10):
            with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
                while True:
                    first, data = await self.frame()
                    if first == 0x88:
                        assert code is None, "closed twice"
                        code = int.from_bytes(data[:2], "big") if data else 1005
                        if code >= 4000:  # none of ours: the server began, and waits for the answer
                            self.write(frame_of(8, data))
                    elif first == 0x8A:
                        self.pongs.append(data)
        return Close(code)
