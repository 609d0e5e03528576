"""A wire between browser and server that counts what comes down it: every byte, headers and frames included."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Relay:
    """`received` is how many bytes the browser has been sent."""

    def __init__(self, port: int) -> None:
        self.received = 0
        self._to = ("127.0.0.1", port)
        self._counting = threading.Lock()
        self._open: list[socket.socket] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def accept(self) -> None:
        with suppress(OSError):  # closed: the end
            while True:
                browser, _ = self._listener.accept()
                server = socket.create_connection(self._to)
                self._open += [browser, server]
                threading.Thread(target=self._pass, args=(browser, server, False), daemon=True).start()
                threading.Thread(target=self._pass, args=(server, browser, True), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, down: bool) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                if down:
                    with self._counting:
                        self.received += len(data)
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            one.close()


@contextmanager
def relay(port: int) -> Iterator[Relay]:
    opened = Relay(port)
    thread = threading.Thread(target=opened.accept, daemon=True)
    thread.start()
    try:
        yield opened
    finally:
        opened.close()
        thread.join(5)
