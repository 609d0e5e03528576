"""Where connections come from: how they are set, what happens without a file left, and what is no socket."""

import asyncio
import os
import socket
from collections import Counter
from pathlib import Path

import pytest
from typing_extensions import override

from services.broadcast.listener import Listener, listening, passed_on
from services.broadcast.settings import Settings
from shared.errors import BadStart
from shared.settings import load
from tests.parts.few_files import few_files
from tests.services.broadcast.service import until


async def test_without_a_file_left_nothing_spins_and_who_waits_is_taken_later(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[asyncio.Protocol] = []

    def made() -> asyncio.Protocol:
        taken.append(asyncio.Protocol())
        return taken[-1]

    complaints: list[str] = []
    monkeypatch.setattr("services.broadcast.listener.log.warning", lambda text, **_: complaints.append(text))
    listener = Listener(listening("127.0.0.1", 0), made, Counter())
    clients = [socket.create_connection(("127.0.0.1", listener.port)) for _ in range(20)]
    with few_files(5):
        listener.open()
        await asyncio.sleep(0.7)  # long enough to try again
        assert len(taken) == 5
        assert 1 <= len(complaints) <= 2

    async def all_taken() -> bool:
        return len(taken) == 20

    await until(all_taken)
    listener.close()
    for one in clients:
        one.close()
    await asyncio.sleep(0.01)


@pytest.mark.parametrize("own", [True, False])
async def test_no_frame_waits_for_the_receipt_of_the_one_before(*, own: bool) -> None:
    """Also where the socket is our own: asyncio sets this only where the socket it is given says that it is TCP."""
    made: asyncio.Queue[asyncio.BaseTransport] = asyncio.Queue()

    class Taken(asyncio.Protocol):
        @override
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            made.put_nowait(transport)

    socket_ = listening("127.0.0.1", 0)
    listener = Listener(socket_ if own else passed_on(socket_.detach()), Taken, Counter())
    listener.open()
    with socket.create_connection(("127.0.0.1", listener.port)):
        async with asyncio.timeout(10):
            transport = await made.get()
        assert transport.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        transport.close()
        listener.close()
        await asyncio.sleep(0.01)


def test_a_descriptor_that_is_no_listening_socket_is_no_start(tmp_path: Path) -> None:
    with pytest.raises(BadStart, match="descriptor 9999 is no socket"):
        passed_on(9999)
    with (tmp_path / "file").open("w") as file, pytest.raises(BadStart, match="is no socket"):
        passed_on(file.fileno())
    with socket.socket() as one, pytest.raises(BadStart, match="does not listen"):
        passed_on(os.dup(one.fileno()))


def test_a_service_started_alone_is_one_process() -> None:
    with pytest.raises(BadStart, match="showcase up"):
        load(Settings, processes=2)
