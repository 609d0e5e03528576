"""The order of the test run, and what of it could not run: said at the end, a failure under SHOWCASE_REQUIRE=all.

A part that is skipped for want of a browser, a compiler or an engine must never pass for tested. People's machines may
lack a part, the place where changes are checked may not.

`make test` runs files of tests side by side in as many processes as there are cores (pytest-xdist): most of them wait,
for a process to start, a broker to elect, a page to draw. Each process has its own browser, broker and database.
"""

import os
from collections import Counter
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says how busy the machine is, and nothing about the code: pytest-timeout ends what hangs.
settings.register_profile("usual", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("usual")

# Engines that run as processes of their own, started once per run.
pytest_plugins = ["tests.parts.kafka", "tests.parts.mongo"]

REQUIRED = os.environ.get("SHOWCASE_REQUIRE") == "all"


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    place = report.longrepr
    return (place[2] if isinstance(place, tuple) else str(place)).removeprefix("Skipped: ")


def _judge(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.outcome != "skipped" or hasattr(report, "wasxfail"):
        return
    if REQUIRED:
        report.outcome = "failed"
        report.longrepr = f"not run, and SHOWCASE_REQUIRE=all wants everything: {_reason(report)}"


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
    """Read from the reports, which come from every process, and not counted where the tests run."""
    not_run = Counter(_reason(report) for report in terminalreporter.getreports("skipped"))
    if not_run:
        terminalreporter.section("not run")
        for reason, count in sorted(not_run.items()):
            terminalreporter.line(f"{count} x {reason}")
