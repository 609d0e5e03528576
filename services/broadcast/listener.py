"""Where connections come from: a socket that listens, our own or one that the supervisor holds and passes on.

A passed-on socket is shared: processes on one port take connections from the same queue, each when it has time for
more, and what waits in it is lost with none of them. So a process that is replaced just stops taking (`close`), while
one that listens itself first takes what waits already (`empty`), which would be reset otherwise.

A storm is taken in small helpings, so that a fan-out gets its turn between them. When files run short, connections are
turned away before the last ones are gone: the bus and the log need some too. Should there be none at all, nothing is
taken for a while, and whoever is inside stays.
"""

import asyncio
import contextlib
import random
import resource
import socket
from collections import Counter
from collections.abc import Callable

from shared.errors import BadStart
from shared.logs import log

FILES_OF_OURS = 200
"""Open files that are no viewer's: the bus, pages, and connections that are about to be refused."""
_WAITING = 4096  # connections the kernel keeps until we accept them
_AT_ONCE = 16
_UNSENT_BYTES = 64 * 1024  # more than this waiting in the kernel helps nobody: it would be old when it arrives
_LAST_FILES = 100
_PAUSE_SECONDS = 0.5
_EMPTY_SECONDS = 1.0

Made = Callable[[], asyncio.Protocol]


def files_allowed() -> int:
    """Raise the soft limit of open files to the hard one; the number."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != hard:
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard if hard != resource.RLIM_INFINITY else 1_000_000


def listening(host: str, port: int) -> socket.socket:
    """A socket of our own. Raises BadStart."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=_WAITING)
    except OSError as exc:
        raise BadStart(f"cannot listen on {host}:{port}: {exc.strerror}; choose another port") from exc


def passed_on(descriptor: int) -> socket.socket:
    """The socket that whoever started us listens on. Raises BadStart."""
    try:
        one = socket.socket(fileno=descriptor)
        listens = one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
    except OSError as exc:
        raise BadStart(f"descriptor {descriptor} is no socket that was passed on: {exc.strerror}") from exc
    if not listens:
        one.close()
        raise BadStart(f"descriptor {descriptor} is a socket that does not listen")
    return one


class Listener:
    """Takes connections between `open` and `close`, and makes a protocol for each."""

    def __init__(self, listens: socket.socket, made: Made, refused: Counter[str]) -> None:
        """`refused` counts who is turned away, under `no_files`."""
        listens.setblocking(False)
        # Connections inherit both. asyncio sets the first where the socket knows its protocol: ours does not.
        listens.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listens.setsockopt(socket.IPPROTO_TCP, socket.TCP_NOTSENT_LOWAT, _UNSENT_BYTES)
        self.port: int = listens.getsockname()[1]
        self._socket = listens
        self._made = made
        self._refused = refused
        self._loop = asyncio.get_running_loop()
        files = files_allowed()
        self._last_file = max(files - _LAST_FILES, files // 2)
        self._beginning: set[asyncio.Task[object]] = set()
        self._pause: asyncio.TimerHandle | None = None

    def open(self) -> None:
        self._pause = None
        self._loop.add_reader(self._socket, self._take)

    async def empty(self) -> None:
        """Take all that waits, unless more comes all the time."""
        give_up = self._loop.time() + _EMPTY_SECONDS
        while self._pause is None and self._take() and self._loop.time() < give_up:  # noqa: ASYNC110
            await asyncio.sleep(0)
        await asyncio.gather(*self._beginning, return_exceptions=True)

    def close(self) -> None:
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._socket)
        self._socket.close()

    def _take(self) -> bool:
        """Take a helping; whether there may be more."""
        for _ in range(_AT_ONCE):
            try:
                connection, _ = self._socket.accept()
            except (BlockingIOError, InterruptedError):
                return False  # another process was faster, or nobody waits any more
            except ConnectionError:
                continue  # gone while it waited
            except OSError as exc:
                log.warning("no connections are taken for a while", why=exc.strerror)
                self._loop.remove_reader(self._socket)
                self._pause = self._loop.call_later(_PAUSE_SECONDS, self.open)
                return False
            if connection.fileno() >= self._last_file:
                self._refused["no_files"] += 1
                _turn_away(connection)
                continue
            connection.setblocking(False)
            task: asyncio.Task[object] = self._loop.create_task(
                self._loop.connect_accepted_socket(self._made, connection)
            )
            self._beginning.add(task)
            task.add_done_callback(self._begun)
        return True

    def _begun(self, task: "asyncio.Task[object]") -> None:
        self._beginning.discard(task)
        if not task.cancelled() and (fault := task.exception()) is not None:
            log.warning("a connection could not be begun", why=repr(fault)[:200])


def _turn_away(connection: socket.socket) -> None:
    answer = f"HTTP/1.1 503 Service Unavailable\r\nRetry-After: {random.randint(5, 20)}\r\nContent-Length: 0\r\n"
    with connection, contextlib.suppress(OSError):
        connection.setblocking(False)
        connection.send(answer.encode() + b"Connection: close\r\n\r\n")
