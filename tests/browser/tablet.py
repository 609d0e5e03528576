"""A judge's tablet in tests: what is on it, and what the ledger holds of what it has sent."""

import time
import urllib.error
from datetime import UTC, datetime
from typing import Any

import orjson
from playwright.sync_api import Locator, Page

from shared.ledger.sqlite import read_file
from tests.browser.running import Running, until
from tests.browser.stage import Stage, rfc3339

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


def press_cut_off(page: Page, aspect: str, name: str) -> None:
    """Press without a network, wait until sending has failed, and let the page not try again by itself.

    What is still under way when a page is left goes out after all: a browser cuts off pages, not what they leave.
    """
    with page.expect_event("requestfailed", lambda request: request.url.endswith("/marks")):
        press(page, aspect, name)
    until(lambda: bool(page.evaluate("navigator.locks.query().then(({ held }) => held.length === 0)")))
    page.evaluate("for (let timer = setTimeout(() => {}); timer > 0; timer -= 1) clearTimeout(timer)")


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


def seat_chief(stage: Stage) -> str:
    """A chief expert's token."""
    person = {"id": f"chief-{stage.showcase}", "name": "Cora Example", "country": "SG", "office": "chief"}
    seat = stage.organise(f"/showcases/{stage.showcase}/judges", {**person, "competitions": [stage.competition]})
    return str(seat["link"]).partition("#token=")[2]


def perform(stage: Stage, token: str, act: str, **fields: Any) -> Any:
    """Do something as another device would; waits until livescore has heard of everybody."""
    body = {"act": act, "id": f"act-{time.time_ns()}", "done_at": rfc3339(datetime.now(UTC)), **fields}
    end = time.monotonic() + 10
    while True:
        try:
            return stage.house.send(
                "POST", "livescore", f"/api/livescore/competitions/{stage.competition}/acts", body, token
            )
        except urllib.error.HTTPError as error:
            if error.code not in {403, 422} or time.monotonic() > end:
                raise AssertionError(error.read().decode()) from error
            time.sleep(0.05)


def judge_id(stage: Stage, key: str) -> str:
    return f"judge-{stage.showcase}-{key}"
