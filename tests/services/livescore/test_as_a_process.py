"""Livescore as it really runs: a process that is told to stop while marks come in, and what it writes to its log."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Any

import aiohttp
import orjson
import pytest

from services.rehearsal.audit import read_ledger
from shared.contracts.board import encode_board

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable
    from pathlib import Path

    from tests.services.livescore.conftest import Talk
    from tests.services.livescore.registration import Registration

CANARY = "canary7"


class Process:
    """`python -m services serve livescore` on a free port, its log in a file."""

    def __init__(self, child: asyncio.subprocess.Process, port: int, log: Path) -> None:
        self.child = child
        self.url = f"http://127.0.0.1:{port}"
        self._log = log

    @property
    def log(self) -> str:
        return self._log.read_text()

    async def stop(self) -> int:
        self.child.send_signal(signal.SIGTERM)
        async with asyncio.timeout(15):
            return await self.child.wait()


@pytest.fixture
async def process(registration: Registration, tmp_path: Path) -> AsyncIterator[Process]:
    log = tmp_path / "livescore.log"
    command = ("-m", "services", "serve", "livescore", "--data", str(registration.data), "--port", "0")
    loud = {"LIVESCORE_LOG_LEVEL": "DEBUG"}
    with log.open("wb") as errors:
        child = await asyncio.create_subprocess_exec(
            sys.executable, *command, stdout=asyncio.subprocess.PIPE, stderr=errors, env=loud
        )
    assert child.stdout is not None
    async with asyncio.timeout(20):
        announced = orjson.loads(await child.stdout.readline())
    yield Process(child, announced["port"], log)
    if child.returncode is None:
        child.kill()
        await child.wait()


async def test_told_to_stop_while_marks_come_in_it_keeps_every_acknowledged_one(process: Process, talk: Talk) -> None:
    acknowledged: list[str] = []
    enough = asyncio.Event()

    async with talk(process.url) as livescore:

        async def judge(name: str, competitor: str, aspect: str) -> None:
            seq = None
            while True:
                form = livescore.form(competitor=competitor, aspect=aspect, value=str(len(acknowledged) % 9), saw=seq)
                try:
                    reply = await livescore.send(name, form)
                except aiohttp.ClientError:
                    return
                assert reply.status == 201, reply.content
                seq = reply.json["seq"]
                acknowledged.append(form["id"])
                if len(acknowledged) >= 150:
                    enough.set()

        judges = [
            asyncio.create_task(judge(name, competitor, aspect))
            for name, competitor in (("cn", "c01"), ("gb", "c02"), ("sg", "c03"), ("fr", "c04"))
            for aspect in ("A1.2", "A1.3")
        ]
        await asyncio.wait({asyncio.create_task(enough.wait()), *judges}, return_when=asyncio.FIRST_COMPLETED)
        assert await process.stop() == 0
        await asyncio.gather(*judges)
        held = read_ledger(livescore.data, "autumn.electronics")
        assert set(acknowledged) <= set(held.marks)
        assert len(held.marks) == len(set(held.marks))
        assert livescore.board() == encode_board(held.board)


async def test_no_token_no_name_and_nothing_that_was_typed_is_in_the_log(process: Process, talk: Talk) -> None:
    async with talk(process.url) as livescore:
        token = livescore.registration.judge_token("cn")
        sent: list[Awaitable[Any]] = [
            livescore.read("cn", "met"),
            livescore.read("cn", CANARY),
            livescore.score("cn", 3, justification=f"{CANARY} looked at it with us again"),
            livescore.send("cn", b'{"id": "canary7'),
            livescore.send("cn", livescore.form(**{CANARY: CANARY})),
            livescore.ask("GET", f"/{CANARY}?token={token}"),
            livescore.ask("GET", f"/api/livescore/competitions/{CANARY}/marking", token=token),
            livescore.ask("GET", "/api/livescore/competitions", token=CANARY + "." + token),
            livescore.ask("GET", "/judge", headers={"User-Agent": CANARY, "Referer": CANARY, "Cookie": CANARY}),
            livescore.scheme(f"{CANARY}: [{CANARY}".encode()),
        ]
        for one in sent:
            await one
        for raw in (f"{CANARY} / HTTP/1.1\r\n\r\n", f"GET /{CANARY} HTTP/1.1\r\n{CANARY} {CANARY}\r\n\r\n"):
            reader, writer = await asyncio.open_connection("127.0.0.1", int(process.url.rpartition(":")[2]))
            writer.write(raw.encode())
            assert (await reader.read())[8:13] == b" 400 "
            writer.close()
        assert await process.stop() == 0
    log = process.log
    assert '"event": "listening"' in log
    for secret in (CANARY, token, token.rpartition(".")[2], livescore.registration.organiser_token(), "Invented"):
        assert secret not in log
    for line in log.splitlines():
        assert orjson.loads(line)["level"], "every line is one JSON object"
