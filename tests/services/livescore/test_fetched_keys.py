"""Livescore without registration's folder: it fetches the public keys, and again when a link names another one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from aiohttp import web

from services.registration.access_tokens import AccessTokens
from services.registration.signing_key import SigningKey, open_signing_key
from shared.errors import Unauthorised, Unavailable
from shared.remote_keys import RemoteKeys
from shared.tokens import TokenVerifier

NOW = datetime.now(UTC)


class KeyServer:
    """What registration answers under its address for keys."""

    def __init__(self, key: SigningKey) -> None:
        self.key = key
        self.asked = 0
        self.url = ""

    async def answer(self, _request: web.Request) -> web.Response:
        self.asked += 1
        return web.Response(body=self.key.public_jwks, content_type="application/jwk-set+json")


@asynccontextmanager
async def serving(key: SigningKey) -> AsyncIterator[KeyServer]:
    server, app = KeyServer(key), web.Application()
    app.router.add_get("/keys", server.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.url = f"http://127.0.0.1:{runner.addresses[0][1]}/keys"
    try:
        yield server
    finally:
        await runner.cleanup()


@asynccontextmanager
async def fetched(url: str) -> AsyncIterator[RemoteKeys]:
    keys = RemoteKeys(url)
    running = asyncio.create_task(keys.run())
    try:
        yield keys
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def there(keys: RemoteKeys) -> None:
    async with asyncio.timeout(10):
        while keys.trouble is not None:  # noqa: ASYNC110 - a service's readiness is asked for, too
            await asyncio.sleep(0.01)


def token(key: SigningKey) -> str:
    link = AccessTokens(key, "http://r.example", "http://l.example").organiser("*", "t1", NOW, NOW + timedelta(hours=1))
    return link.url.partition("#token=")[2]


async def test_a_link_is_checked_with_keys_that_were_fetched(tmp_path: Path) -> None:
    key = open_signing_key(tmp_path / "keys")
    async with serving(key) as server, fetched(server.url) as keys:
        await there(keys)
        assert TokenVerifier(keys).verify(token(key)).role == "organiser"


async def test_strangers_with_invented_keys_make_nobody_fetch(tmp_path: Path) -> None:
    key, strange = open_signing_key(tmp_path / "keys"), open_signing_key(tmp_path / "strange")
    async with serving(key) as server, fetched(server.url) as keys:
        await there(keys)
        verifier = TokenVerifier(keys)
        for _ in range(50):
            with pytest.raises(Unauthorised):
                verifier.verify(token(strange))
        assert server.asked == 1


async def test_another_key_is_fetched_when_a_link_names_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shared.remote_keys._AGAIN_SECONDS", 0.0)
    old, new = open_signing_key(tmp_path / "old"), open_signing_key(tmp_path / "new")
    async with serving(old) as server, fetched(server.url) as keys:
        await there(keys)
        verifier = TokenVerifier(keys)
        server.key = new
        with pytest.raises(Unavailable):  # 503: the judge's page sends again
            verifier.verify(token(new))
        async with asyncio.timeout(10):
            while True:
                with suppress(Unavailable):
                    assert verifier.verify(token(new)).role == "organiser"
                    break
                await asyncio.sleep(0.01)


async def test_until_registration_answers_nobody_is_turned_away_for_good(tmp_path: Path) -> None:
    key = open_signing_key(tmp_path / "keys")
    async with fetched("http://127.0.0.1:1/keys") as keys:
        assert keys.trouble is not None
        with pytest.raises(Unavailable):
            TokenVerifier(keys).verify(token(key))
