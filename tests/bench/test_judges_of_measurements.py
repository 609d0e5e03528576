"""Judges who measure notice when nobody answers them: a measurement fails then, and does not wait for ever."""

from __future__ import annotations

import asyncio
import contextlib

import pytest

from bench.ingest_client import load


@pytest.mark.parametrize(("closes", "error"), [(True, ConnectionError), (False, TimeoutError)])
async def test_a_service_that_does_not_answer_ends_the_measurement(*, closes: bool, error: type[Exception]) -> None:
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.readuntil(b"\r\n\r\n")
            if not closes:
                await reader.read()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        ended.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as one:
        cell = {"id": "bench-0", "token": "t", "competitor": "c1", "aspect": "A1.1"}
        plan = {"host": "127.0.0.1", "port": one.sockets[0].getsockname()[1], "path": "/", "cells": [cell]}
        async with asyncio.timeout(10):
            with pytest.raises(error, match="answer"):
                await load({**plan, "seconds": 0.1, "patience": 0.1})
            await ended.wait()
