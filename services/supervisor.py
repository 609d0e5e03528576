"""Starts the three services on one machine, keeps them running, and stops them in order; on the cluster engine, copies.

Each is a process of its own, so that fan-out never slows a judge; of broadcast there may be several, which share its
port. Stopping goes against the flow of people, not of data: livescore first, so that the last boards still reach the
viewers; broadcast last, so that they are told to come back. The children hold the other end of a pipe: if this process
is killed, they stop by themselves.

The socket on which viewers come is held here and passed on. So whoever comes while no process of broadcast takes them
waits, instead of being refused; and processes can be replaced one after the other without anybody noticing.
"""

import asyncio
import contextlib
import os
from functools import partial
from types import TracebackType
from typing import Any, Self

import aiohttp

from services.broadcast.listener import listening
from services.child import Child
from services.place import Cluster, Place, laid_out, place, url
from services.serve import SERVICES
from shared.errors import BadStart
from shared.lifecycle import claimed

__all__ = ["Cluster", "Place", "Supervisor", "laid_out", "place"]

_STOP_ORDER = ("livescore", "registration", "broadcast")
_START_SECONDS = 30.0
_LOOPBACK = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # to ask who listens everywhere


class Supervisor:
    """`async with Supervisor(place)` is a running showcase; ready when it is entered, stopped in order when left."""

    def __init__(self, at: Place) -> None:
        self.place = at
        self._reasons: asyncio.Queue[list[str]] = asyncio.Queue()
        # Ends with the line to show when a service cannot start; that one is not tried again.
        self._cannot_start = asyncio.create_task(self._reasons.get())
        self._children: dict[tuple[str, int, int], Child] = {}
        self._held = contextlib.ExitStack()
        self._replacing = asyncio.Lock()

    def pid(self, service: str, copy: int = 0, process: int = 0) -> int:
        """The process id of a running service, for measuring and for fault tests."""
        one = self._children[service, copy, process].process
        assert one is not None, "not started yet"
        return one.pid

    def starts(self, service: str, copy: int = 0, process: int = 0) -> int:
        return self._children[service, copy, process].starts

    async def __aenter__(self) -> Self:
        try:
            self._held.enter_context(claimed(self.place.data, "supervisor"))
            if self.place.cluster is None:
                # Its processes take seats of their own; this one keeps strangers from the data folder.
                self._held.enter_context(claimed(self.place.data, "broadcast"))
            (self.place.data / "logs").mkdir(exist_ok=True)
            if self.place.cluster is not None:
                from services.keys import make_keys  # noqa: PLC0415 - the other engine's registration makes its own

                make_keys(self.place.keys, self.place.url("registration"))
            for name in SERVICES:
                for copy in range(len(self.place.copies)):
                    self._add(name, copy)
            for child in self._children.values():
                child.start()
            await self.ready()
        except BaseException:
            await self.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in _STOP_ORDER:
            await asyncio.gather(*(child.stop() for child in self._children.values() if child.name == name))
        self._cannot_start.cancel()
        self._held.close()

    def _add(self, name: str, copy: int) -> None:
        at = self.place
        label = f"{name}-{copy + 1}" if copy else name
        if name != "broadcast":
            log = at.data / "logs" / f"{label}.log"
            given = _environment(at, name, copy)
            self._children[name, copy, 0] = Child(name, lambda _replaced: given, log, self._reasons.put_nowait)
            return
        shared = self._held.enter_context(listening(at.host, at.copies[copy][name]))
        for process in range(at.broadcast_processes):
            passed = [shared]
            if at.own_ports[copy]:
                passed.append(self._held.enter_context(listening(at.host, at.own_ports[copy][process])))
            log = at.data / "logs" / (f"{label}.{process + 1}.log" if process else f"{label}.log")
            environment = partial(_of_broadcast, at, copy, process, [one.fileno() for one in passed])
            self._children[name, copy, process] = Child(name, environment, log, self._reasons.put_nowait, passed)

    async def replace(self, service: str) -> None:
        """Put a successor in the place of each of the service's processes, one after the other, without a gap.

        Raise BadStart when there is no successor; what is left of the old ones goes on.
        """
        async with self._replacing:
            for child in [child for child in self._children.values() if child.name == service]:
                await child.replace()

    async def ready(self) -> None:
        """Wait until every service says it is ready; raise BadStart when one cannot."""
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
            waiting = asyncio.create_task(self._all_ready(http))
            try:
                async with asyncio.timeout(_START_SECONDS):
                    await self.until(waiting)
            except TimeoutError:
                raise BadStart(f"not ready in {_START_SECONDS:.0f} s; see {self.place.data}/logs") from None
            finally:
                waiting.cancel()

    async def until(self, work: "asyncio.Task[Any]") -> None:
        """Wait for `work`; raise BadStart as soon as a service cannot start."""
        await asyncio.wait({work, self._cannot_start}, return_when=asyncio.FIRST_COMPLETED)
        if self._cannot_start.done():
            raise BadStart(*self._cannot_start.result())
        await work

    async def _all_ready(self, http: aiohttp.ClientSession) -> None:
        await asyncio.gather(*(child.listens() for child in self._children.values()))
        await asyncio.gather(
            *(self.copy_ready(http, name, copy) for name, copy, process in self._children if not process)
        )

    async def copy_ready(self, http: aiohttp.ClientSession, name: str, copy: int) -> None:
        """Wait until one copy says that it is ready."""
        host = _LOOPBACK.get(self.place.host, self.place.host)
        readyz = f"{url(host, self.place.copies[copy][name])}/readyz"
        while True:
            try:
                async with http.get(readyz) as answer:
                    if answer.status == 200:
                        return
            except (aiohttp.ClientError, TimeoutError):
                pass  # not listening yet
            await asyncio.sleep(0.05)


def _environment(at: Place, name: str, copy: int) -> dict[str, str]:
    """The settings of one copy of a service, beside those that the operator gave."""
    prefix = name.upper()
    given = {
        f"{prefix}_DATA": str(at.data),
        f"{prefix}_HOST": at.host,
        f"{prefix}_PORT": str(at.copies[copy][name]),
    }
    if at.cluster is not None:
        given |= at.cluster.environment(name, at.keys)
    if name == "registration":
        given |= {
            "REGISTRATION_PUBLIC_URL": at.url("registration"),
            "REGISTRATION_LIVESCORE_URL": at.url("livescore"),
            "REGISTRATION_BROADCAST_URL": at.url("broadcast"),
        }
    if name == "broadcast":
        given |= {
            "BROADCAST_REGISTRATION_URL": at.url("registration"),
            "BROADCAST_LIVESCORE_URL": at.url("livescore"),
        }
    return _no_authorities(at, name) | given


def _of_broadcast(at: Place, copy: int, process: int, passed: list[int], replaced: int) -> dict[str, str]:
    """The settings of one of its processes that was replaced so many times; while it is, there is another."""
    names = ("BROADCAST_SOCKET", "BROADCAST_OWN_SOCKET")
    return {
        **_environment(at, "broadcast", copy),
        "BROADCAST_PROCESSES": str(max(2, at.broadcast_processes) if replaced else at.broadcast_processes),
        "BROADCAST_SEAT": f"{process + 1}-next" if replaced % 2 else f"{process + 1}",
        **{name: str(descriptor) for name, descriptor in zip(names, passed, strict=False)},
    }


def _no_authorities(at: Place, name: str) -> dict[str, str]:
    """Keep certificate authorities out of memory where no setting names an https address.

    The HTTP library reads all of them when it is loaded, two megabytes in each process, for connections to the
    outside, which a service on one machine does not open.
    """
    ours = f"{name.upper()}_"
    outside = any(key.startswith(ours) and "https:" in text for key, text in os.environ.items())
    if at.cluster is not None or outside:
        return {}
    return {"SSL_CERT_FILE": os.devnull, "SSL_CERT_DIR": os.devnull}
