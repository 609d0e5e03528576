"""Viewers over Server-Sent Events that hold their connection and read what comes: for weighing them, not for timing."""

import asyncio
import selectors
import socket
import threading


class Listeners:
    """So many event streams, read by a thread until the block ends; `broken` counts those the server ended."""

    def __init__(self, port: int, path: str, count: int) -> None:
        self._port = port
        self._request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAccept: text/event-stream\r\n\r\n".encode()
        self._count = count
        self._selector = selectors.DefaultSelector()
        self._stopping = False
        self._thread = threading.Thread(target=self._read, daemon=True)  # no failure in a block keeps the process alive
        self._had: set[int] = set()
        self.broken = 0

    async def hold(self, seconds: float = 30.0) -> None:
        """Wait until each has had a snapshot."""
        async with asyncio.timeout(seconds):
            while len(self._had) < self._count:  # noqa: ASYNC110
                await asyncio.sleep(0.05)

    def __enter__(self) -> "Listeners":
        self._thread.start()
        for n in range(self._count):
            # One address has 28k ports.
            one = socket.create_connection(("127.0.0.1", self._port), 10, (f"127.0.0.{2 + n % 16}", 0))
            one.sendall(self._request)
            one.setblocking(False)
            self._selector.register(one, selectors.EVENT_READ)
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stopping = True
        self._thread.join()
        for key in list(self._selector.get_map().values()):
            one = key.fileobj
            assert isinstance(one, socket.socket)
            one.close()
        self._selector.close()

    def _read(self) -> None:
        while not self._stopping:
            for key, _ in self._selector.select(0.05):
                one = key.fileobj
                assert isinstance(one, socket.socket)
                try:
                    data = one.recv(65536)
                except ConnectionError:
                    data = b""
                if b'"type":"snapshot"' in data:
                    self._had.add(key.fd)
                elif not data:
                    self.broken += 1
                    self._selector.unregister(one)
                    one.close()
