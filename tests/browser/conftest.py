"""A real browser against the three real services. Without a Chromium these tests are skipped and say so, unless the
environment asks for everything (SHOWCASE_REQUIRE=all): then they fail.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.running import NAMES, Running
from tests.browser.stage import Stage

CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
]
OpenPage = Callable[..., Page]


def chromium() -> str | None:
    """The system's browser, where there is one."""
    return shutil.which("chromium") or shutil.which("google-chrome")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    executable = chromium()
    if executable is None:
        reason = "not run: no chromium or google-chrome on this machine"
        if os.environ.get("SHOWCASE_REQUIRE") == "all":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_ARGS)
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def house(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The three services, on a folder of their own; after the browser, because without one they are not needed."""
    assert browser.is_connected()
    running = Running(tmp_path_factory.mktemp("house"))
    try:
        for name in NAMES:
            running.start(name)
        yield running
    finally:
        running.stop()


@pytest.fixture
def stage(house: Running, request: pytest.FixtureRequest) -> Stage:
    """A showcase of the test's own, with one competition and its scheme."""
    name = request.node.name.removeprefix("test_").replace("_", "-")[:36].strip("-")
    return Stage.set_up(house, name)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Open a page in a context of its own; at the end no page may have had a script error or broken its policy."""
    contexts, troubles = [], []

    def opener(address: str, width: int = 1280, height: int = 800, **context: Any) -> Page:
        opened = browser.new_context(
            viewport={"width": width, "height": height}, locale="en-GB", timezone_id="Europe/London", **context
        )
        opened.set_default_timeout(10_000)
        contexts.append(opened)
        page = opened.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on(
            "console",
            lambda message: troubles.append(message.text) if "Content Security Policy" in message.text else None,
        )
        page.goto(address)
        return page

    yield opener
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture(scope="session")
def web_folders() -> list[Path]:
    root = Path(__file__).parents[2]
    return [root / "shared" / "web", *(root / "services" / name / "web" for name in NAMES)]
