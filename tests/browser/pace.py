"""Time in a page whose clock is in our hands, never so fast that it runs ahead of the network."""

import contextlib
from collections.abc import Callable

from playwright.sync_api import Locator, Page
from playwright.sync_api import TimeoutError as NotYetError

from tests.browser.running import until


def comes(page: Page, awaited: Locator, seconds: int = 60) -> None:
    """Wait for it on the page's own clock, which goes on by two seconds whenever it has not come in half of one."""
    for _ in range(seconds // 2):
        with contextlib.suppress(NotYetError):
            awaited.wait_for(state="attached", timeout=500)
            return
        page.clock.run_for(2000)
    raise AssertionError(f"not within {seconds} s: {awaited}")


def happens(page: Page, true: Callable[[], bool], step_ms: int) -> None:
    """Wait for what the page does by its own clock, which goes on by a step each time it is asked."""

    def asked() -> bool:
        page.clock.run_for(step_ms)
        return true()

    until(asked)
