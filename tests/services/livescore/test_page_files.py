"""The pages' files as they travel: compressed, and asked for again each time."""

import pytest

from tests.services.livescore.service import Livescore

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_a_page_travels_compressed_and_is_not_sent_again_while_it_is_the_same(refusing: Livescore) -> None:
    http = refusing.session
    async with http.get("/judge", headers={"Accept-Encoding": "gzip"}) as packed:
        assert packed.headers["Content-Encoding"] == "gzip"
        assert packed.headers["Content-Type"] == "text/html; charset=utf-8"
        assert packed.headers["Cache-Control"] == "no-cache"
        assert "default-src 'self'" in packed.headers["Content-Security-Policy"]
        unpacked, tag = await packed.read(), packed.headers["ETag"]
    async with http.get("/judge", headers={"Accept-Encoding": "identity"}) as plain:
        assert "Content-Encoding" not in plain.headers
        assert await plain.read() == unpacked
    async with http.get("/judge", headers={"If-None-Match": tag, "Accept-Encoding": "gzip"}) as again:
        assert again.status == 304
        assert await again.read() == b""
    async with http.get("/judge", headers={"If-None-Match": '"another"'}) as other:
        assert other.status == 200
