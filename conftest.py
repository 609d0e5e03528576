"""The order of the test run, and what of it could not run: said at the end, a failure under SHOWCASE_REQUIRE=all.

A part that is skipped for want of a browser, a compiler or an engine must never pass for tested. People's machines may
lack a part, the place where changes are checked may not.
"""

import os
from collections.abc import Generator

import pytest

# Engines that run as processes of their own, started once per run.
pytest_plugins = ["tests.parts.kafka", "tests.parts.mongo"]

REQUIRED = os.environ.get("SHOWCASE_REQUIRE") == "all"
_NOT_RUN: dict[str, int] = {}


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    place = report.longrepr
    return (place[2] if isinstance(place, tuple) else str(place)).removeprefix("Skipped: ")


def _judge(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    reason = _reason(report)
    _NOT_RUN[reason] = _NOT_RUN.get(reason, 0) + 1
    if REQUIRED:
        report.outcome = "failed"
        report.longrepr = f"not run, and SHOWCASE_REQUIRE=all wants everything: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _judge(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _judge(report)
    return report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests last: while a browser is open, the driver holds this thread's event loop and no other can run."""
    items.sort(key=lambda item: "browser" in item.path.parts)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _NOT_RUN:
        terminalreporter.section("not run")
        for reason, count in sorted(_NOT_RUN.items()):
            terminalreporter.line(f"{count} x {reason}")
