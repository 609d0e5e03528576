from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from shared.bus.sqlite import SqliteBus
from shared.contracts.board import Board, decode_board
from shared.contracts.topics import BOARDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager
    from pathlib import Path

    from tests.services.registration.conftest import Registration, Run

    Filled = Callable[..., dict[str, Any]]

CANARIES = {
    "given_name": "CANARYGIVEN",
    "family_name": "CANARYFAMILY",
    "email": "canary.address@school.example",
    "organisation": "CANARYSCHOOL",
}


def files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


async def newest(boards: AsyncIterator[Any], channel: str, seq: int) -> Board:
    async for batch in boards:
        for message in batch:
            board = decode_board(message.body)
            if message.key == channel and board.seq >= seq:
                return board
    raise AssertionError("the topic ended")


async def test_the_showcases_board_is_published_and_counts_public_changes_only(run: Run, filled: Filled) -> None:
    async with run() as service:
        await service.prepare()
        await service.register(filled())
        await service.change("competitor-0001", "approve")
        async with SqliteBus(service.data / "bus", "watcher") as bus, asyncio.timeout(10):
            board = await newest(bus.subscribe(BOARDS).batches(), "showcase/autumn", 2)
    assert board.seq == 2
    assert board.head["timezone"] == "Asia/Shanghai"
    assert board.head["title"] == {"en": "Autumn Showcase"}
    row = board.rows["competition/autumn.electronics"]
    assert (row["kind"], row["channel"], row["capacity"]) == ("competition", "competition/autumn.electronics", 10)
    assert row["title"] == {"en": "Electronics", "zh": "电子技术"}


async def test_the_board_after_a_restart_is_the_same(run: Run) -> None:
    boards = []
    for _ in range(2):
        async with run() as service:
            await service.prepare()
            async with SqliteBus(service.data / "bus", "watcher") as bus, asyncio.timeout(10):
                boards.append(await newest(bus.subscribe(BOARDS).batches(), "showcase/autumn", 2))
    assert boards[0] == boards[1]


async def use_with_canaries(service: Registration, filled: Filled) -> None:
    """Everything that carries personal data, accepted and refused."""
    await service.prepare()
    canary = {**CANARIES, "birth_date": "1987-03-09", "consents": {}}
    assert (await service.register(filled(1, **canary)))[0] == 201
    assert (await service.register(filled(2, **canary)))[0] == 200
    for wrong in ({"country": "CANARYFAMILY"}, {"CANARYGIVEN": 1}, {"given_name": "CANARYGIVEN\u202e"}, {"locale": 1}):
        assert (await service.register(filled(3, **{**canary, **wrong})))[0] == 422
    assert (await service.register(filled(4, **canary), "autumn.CANARY"))[0] == 404
    assert (await service.change("competitor-0001", "approve"))[1]["display_name"].startswith("No. ")
    judge = {"id": "judge-0001", "name": "CANARYJUDGE", "country": "GB", "competitions": ["autumn.electronics"]}
    await service.organise("POST", "/showcases/autumn/judges", judge)


async def test_no_personal_data_leaves_the_people_store(
    tmp_path: Path, filled: Filled, client: Callable[..., AbstractAsyncContextManager[Registration]]
) -> None:
    """A real process with its log in a file; then every file it left is searched."""
    data, log = tmp_path / "data", tmp_path / "log"
    settings = {"REGISTRATION_DATA": str(data), "REGISTRATION_PORT": "0", "REGISTRATION_LOG_LEVEL": "DEBUG"}
    with log.open("wb") as errors:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.serve", "registration"),
            env={**os.environ, **settings},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        try:
            assert process.stdout is not None
            line = await process.stdout.readline()
            port = int(line.partition(b'"port":')[2].strip(b"}\n "))
            async with client(port, data) as service:
                await use_with_canaries(service, filled)
        finally:
            process.terminate()
            code = await process.wait()
    assert code == 0
    secrets = [*CANARIES.values(), "1987-03-09", "CANARYJUDGE"]
    kept = b"".join(file.read_bytes() for file in data.glob("people.db*"))
    assert b"CANARYGIVEN" in kept
    assert b"1987-03-09" not in kept
    token = (data / "keys" / "organiser.link").read_bytes().partition(b"#token=")[2].strip()
    public = [file for file in files(tmp_path) if not file.name.startswith("people.db")]
    assert {"registration.db", "boards.registration.db", "registration.registration.db", "log"} <= {
        file.name for file in public
    }
    for file in public:
        content = file.read_bytes()
        for secret in secrets:
            assert secret.encode() not in content, f"{secret} is in {file.name}"
        if file.name != "organiser.link":
            assert token not in content, f"the organiser's token is in {file.name}"
