"""A judge's tablet in tests: what is on it, and what the ledger holds of what it has sent."""

from typing import Any

import orjson
from playwright.sync_api import Locator, Page

from shared.ledger.sqlite import read_file
from tests.browser.running import Running

_QUEUE = """
new Promise((resolve, reject) => {
  const asked = indexedDB.open("showcase.judge", 1);
  asked.onerror = () => reject(asked.error);
  asked.onsuccess = () => {
    asked.result.transaction("queue").objectStore("queue").getAll().onsuccess = ({ target }) => {
      asked.result.close();
      resolve(target.result);
    };
  };
})
"""
SIZE = (820, 1180)


def card(page: Page, aspect: str) -> Locator:
    return page.locator(f"[data-aspect='{aspect}']")


def press(page: Page, aspect: str, name: str) -> None:
    card(page, aspect).get_by_role("button", name=name, exact=True).click()


def kept(page: Page) -> list[dict[str, Any]]:
    """What waits on the tablet, of all judges, in the order in which it is sent."""
    return list(page.evaluate(_QUEUE))


def recorded(house: Running, competition: str) -> list[dict[str, Any]]:
    """The marks of a competition in livescore's ledger file, in the order in which they were recorded."""
    _, bodies = read_file(house.data / "livescore.db")
    events = [orjson.loads(body) for body in bodies]
    return [
        event["data"]
        for event in events
        if event["type"] == "org.showcase.livescore.mark-given.v1" and event["subject"] == f"competition/{competition}"
    ]
