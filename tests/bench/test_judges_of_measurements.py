"""Judges who measure notice when nobody answers them: a measurement fails then, and does not wait for ever."""

from __future__ import annotations

import asyncio

import pytest

from bench.ingest_client import load


async def _closes(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.close()


async def _says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.read()
    writer.close()


@pytest.mark.parametrize(("server", "error"), [(_closes, ConnectionError), (_says_nothing, TimeoutError)])
async def test_a_service_that_does_not_answer_ends_the_measurement(server: object, error: type[Exception]) -> None:
    async with await asyncio.start_server(server, "127.0.0.1", 0) as one:  # type: ignore[arg-type]
        cell = {"id": "bench-0", "token": "t", "competitor": "c1", "aspect": "A1.1"}
        plan = {"host": "127.0.0.1", "port": one.sockets[0].getsockname()[1], "path": "/", "cells": [cell]}
        async with asyncio.timeout(10):
            with pytest.raises(error, match="answer"):
                await load({**plan, "seconds": 0.1, "patience": 0.1})
