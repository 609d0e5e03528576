"""What axe-core finds wrong with a page as it stands: WCAG 2.0 to 2.2, levels A and AA, and axe's best practices.

The rules are put into the page by the debugger, so the page keeps its content security policy while it is judged.
axe-core comes with `axe-playwright-python`; of that package nothing else is used, because it adds a script element,
which the policy forbids. What axe cannot decide by itself (`incomplete`) is for people, and is not looked at here.
"""

from collections.abc import Callable, Sequence
from importlib import resources
from itertools import product
from typing import Any, Literal

import orjson
from playwright.sync_api import CDPSession, Page

Look = tuple[str, tuple[int, int], Literal["light", "dark"]]
SIZES = ((390, 844), (1280, 800), (1920, 1080))
ALL_LOOKS: tuple[Look, ...] = tuple(product(("en", "zh"), SIZES, ("light", "dark")))
TWO_LOOKS: tuple[Look, ...] = (("en", (390, 844), "light"), ("zh", (1280, 800), "dark"))
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
_SOURCE = (resources.files("axe_playwright_python") / "axe.min.js").read_text()


def faults(page: Page) -> list[str]:
    """One line for each place that breaks a rule."""
    asked = {
        "runOnly": {"type": "tag", "values": _TAGS},
        "rules": {"target-size": {"enabled": True}},  # of WCAG 2.2; off unless asked for by name
        "resultTypes": ["violations"],
    }
    session = page.context.new_cdp_session(page)
    try:
        _evaluate(session, f"{_SOURCE};0")
        found = _evaluate(session, f"axe.run(document, {orjson.dumps(asked).decode()})")
    finally:
        session.detach()
    return [
        f"{fault['id']} ({fault['impact']}) at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def faults_in(page: Page, address: str, ready: Callable[[Page], None], looks: Sequence[Look] = ALL_LOOKS) -> list[str]:
    """What is wrong in each language, size and colour scheme; `ready` waits until the page shows what is judged."""
    found = []
    for lang, (width, height), scheme in looks:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        asked = _in_language(address, lang)
        if page.url != asked:
            page.goto(asked)
        ready(page)
        found += [f"{lang} {width} {scheme}: {fault}" for fault in faults(page)]
    return found


def _in_language(address: str, lang: str) -> str:
    path, mark, token = address.partition("#")
    return f"{path}{'&' if '?' in path else '?'}lang={lang}{mark}{token}"


def _evaluate(session: CDPSession, expression: str) -> Any:
    answer = session.send("Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True})
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")
