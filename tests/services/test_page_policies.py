"""Which page may load what: one mechanism, and no page that is weaker than it has to be."""

from __future__ import annotations

import gzip
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
import pytest
from pydantic import ValidationError

from services.broadcast.pages import pages as broadcast_pages
from services.broadcast.settings import Settings as BroadcastSettings
from services.livescore.edge import PAGES as LIVESCORE_PAGES
from services.registration.app import pages as registration_pages
from shared.http.app import Service, Site, start
from shared.http.policy import STRICT, Page, policy
from shared.metrics import Metrics

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

WIDER = policy(frame_src="'self' https://player.example", frame_ancestors="*")
LARGE = b"/* player */" * 20_000


@pytest.fixture
def web(tmp_path: Path) -> Path:
    (tmp_path / "page.html").write_text("<!doctype html><title>Page</title>")
    (tmp_path / "large.js").write_bytes(LARGE)
    (tmp_path / "large.js.gz").write_bytes(gzip.compress(LARGE, 9, mtime=0))
    return tmp_path


@asynccontextmanager
async def served(web: Path, *pages: Page) -> AsyncIterator[aiohttp.ClientSession]:
    running, port = await start(
        Site(Service("trial", "Trial", (), Metrics("trial"), web=web, pages=pages)), "127.0.0.1", 0
    )
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", auto_decompress=False) as session:
            yield session
    finally:
        await running.cleanup()


def test_the_strict_policy_is_what_it_always_was() -> None:
    assert STRICT == (
        "default-src 'self'; img-src 'self' data:; connect-src 'self' ws: wss:; frame-ancestors 'self'; "
        "base-uri 'none'; form-action 'self'; object-src 'none'"
    )


def test_a_policy_changes_what_it_names_and_nothing_else() -> None:
    strict, wider = (dict(one.split(" ", 1) for one in text.split("; ")) for text in (STRICT, WIDER))
    assert wider == strict | {"frame-src": "'self' https://player.example", "frame-ancestors": "*"}


def wider(page: Page) -> dict[str, str]:
    """The directives in which a page's policy is not the strict one."""
    strict, own = (dict(one.split(" ", 1) for one in text.split("; ")) for text in (STRICT, page.policy))
    assert strict.keys() <= own.keys()
    return {name: sources for name, sources in own.items() if strict.get(name) != sources}


def test_every_page_of_livescore_is_strict() -> None:
    assert {page.policy for page in LIVESCORE_PAGES} == {STRICT}


def test_the_organisers_page_may_frame_the_preview_and_nothing_else() -> None:
    found = {page.path: wider(page) for page in registration_pages("https://watch.example")}
    assert found == {
        "/organise": {"frame-src": "'self' https://watch.example/preview"},
        "/register/{showcase}": {},
    }


def test_viewers_pages_are_wider_only_where_a_video_or_a_frame_needs_it() -> None:
    found = {page.path: wider(page) for page in broadcast_pages(["https://video.example"], "https://join.example/x")}
    players = (
        "'self' https://www.youtube-nocookie.com/embed/ https://player.bilibili.com/player.html "
        "https://www.bilibili.com/blackboard/live/live-activity-player.html https://video.example"
    )
    assert found.pop("/s/{showcase}") == {"frame-src": players}
    assert found.pop("/preview") == {"frame-src": players, "frame-ancestors": "'self' https://join.example"}
    assert found.pop("/s/{showcase}/embed") == {"frame-ancestors": "*"}
    play = found.pop("/play")
    assert (play["default-src"], play["script-src"], play["sandbox"]) == ("'none'", "'self'", "allow-scripts")
    assert {name: directives for name, directives in found.items() if directives} == {}


def test_no_page_lets_a_script_in_that_is_not_its_services_own() -> None:
    pages = (
        *LIVESCORE_PAGES,
        *registration_pages("https://watch.example"),
        *broadcast_pages((), "https://join.example"),
    )
    for page in pages:
        own = dict(one.split(" ", 1) for one in page.policy.split("; "))
        assert own.get("script-src", own["default-src"]) == "'self'", page.path
        assert own["object-src"] == own["base-uri"] == "'none'", page.path
        assert "unsafe" not in page.policy, page.path


@pytest.mark.parametrize("origin", ["http://video.example", "https://video.example/", "https://Video.example", "*", ""])
def test_an_origin_to_frame_is_written_as_browsers_write_it(origin: str) -> None:
    with pytest.raises(ValidationError):
        BroadcastSettings(frames=(origin,))
    assert BroadcastSettings(frames=("https://video.example:8443",)).frames == ("https://video.example:8443",)


async def test_a_policy_belongs_to_an_address_and_not_to_its_file(web: Path) -> None:
    async with served(web, Page("/wide", "page.html", WIDER), Page("/narrow", "page.html")) as http:
        said = {}
        for path in ("/wide", "/narrow", "/trial/page.html"):
            async with http.get(path) as answer:
                said[path] = answer.headers["Content-Security-Policy"]
    assert said == {"/wide": WIDER, "/narrow": STRICT, "/trial/page.html": STRICT}


async def test_a_page_is_sent_again_when_its_policy_alone_has_changed(web: Path) -> None:
    async with served(web, Page("/page", "page.html")) as http, http.get("/page") as answer:
        tag = answer.headers["ETag"]
    async with served(web, Page("/page", "page.html", WIDER)) as http:
        async with http.get("/page", headers={"If-None-Match": tag}) as answer:
            assert (answer.status, answer.headers["Content-Security-Policy"]) == (200, WIDER)
            tag = answer.headers["ETag"]
        async with http.get("/page", headers={"If-None-Match": tag}) as answer:
            assert answer.status == 304


async def test_a_large_file_comes_from_disk_compressed_and_is_not_sent_again(web: Path) -> None:
    async with served(web) as http:
        async with http.get("/trial/large.js", headers={"Accept-Encoding": "gzip"}) as packed:
            assert packed.headers["Content-Encoding"] == "gzip"
            assert packed.headers["Content-Type"] == "text/javascript; charset=utf-8"
            assert (packed.headers["Cache-Control"], packed.headers["X-Content-Type-Options"]) == (
                "no-cache",
                "nosniff",
            )
            assert gzip.decompress(await packed.read()) == LARGE
            tag = packed.headers["ETag"]
        async with http.get("/trial/large.js", headers={"Accept-Encoding": "identity"}) as plain:
            assert "Content-Encoding" not in plain.headers
            assert await plain.read() == LARGE
        async with http.get("/trial/large.js", headers={"If-None-Match": tag, "Accept-Encoding": "gzip"}) as again:
            assert (again.status, await again.read()) == (304, b"")
