"""What is asked for is there: by every name in running services, and by a real Prometheus that collects from them."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import yaml

from tests.deploy.conftest import closed_port, created
from tests.deploy.test_watching import DEPLOY, asked, on_the_cluster, panels

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from tests.deploy.conftest import Behind

PROMETHEUS = shutil.which("prometheus")
needs_prometheus = pytest.mark.skipif(PROMETHEUS is None, reason="no prometheus here (Debian package prometheus)")
pytestmark = pytest.mark.asyncio(loop_scope="module")
_QUIET = {"Is everyone seeing the newest board?", "Copies that are not ready", "Viewers behind"}
_ALWAYS = {
    *_QUIET,
    "Viewers",
    "Viewers of each node",
    "How late the loop comes to a timer",
}
"""Panels that show something from the first viewer on, quiet ones 0; the others begin with marks, faults or time."""


@pytest.fixture
async def asking(behind: Behind, tmp_path: Path) -> AsyncIterator[str]:
    """The address of a Prometheus with our configuration, collecting from these services four times a second."""
    shutil.copytree(DEPLOY / "prometheus", tmp_path / "conf")
    file = tmp_path / "conf" / "prometheus.yml"
    conf = yaml.safe_load(re.sub(r"\b[45]s\b", "250ms", file.read_text()))
    for job in conf["scrape_configs"]:
        job["static_configs"] = [{"targets": [f"127.0.0.1:{behind.at.ports[job['job_name']]}"]}]
    file.write_text(yaml.safe_dump(conf))
    address = f"127.0.0.1:{closed_port()}"
    command = [str(PROMETHEUS), f"--config.file={file}", f"--storage.tsdb.path={tmp_path}/series"]
    with (tmp_path / "prometheus.log").open("wb") as log:
        process = subprocess.Popen([*command, f"--web.listen-address={address}"], stdout=log, stderr=log)  # noqa: ASYNC220
    try:
        yield f"http://{address}"
    finally:
        process.kill()
        process.wait(10)


async def _ask(http: aiohttp.ClientSession, prometheus: str, expr: str) -> list[Any]:
    async with http.get(f"{prometheus}/api/v1/query", params={"query": expr}) as answer:
        said = await answer.json()
        assert said["status"] == "success", said
        return list(said["data"]["result"])


@needs_prometheus
async def test_a_real_prometheus_answers_every_question_of_the_dashboard(behind: Behind, asking: str) -> None:
    await created(behind, "autumn")
    viewers = f"http://127.0.0.1:{behind.at.ports['broadcast']}/live/events?c=showcase/autumn"
    async with aiohttp.ClientSession() as http, http.get(viewers) as watching:
        assert watching.status == 200
        async with asyncio.timeout(20):
            while True:
                try:
                    if len(
                        await _ask(
                            http, asking, "showcase_broadcast_viewers > 0 and showcase_broadcast_viewers offset 1s"
                        )
                    ):
                        break
                except aiohttp.ClientError:
                    pass  # not listening yet
                await asyncio.sleep(0.1)
        for panel in panels():
            for target in panel["targets"]:
                found = await _ask(http, asking, target["expr"])
                assert found or panel["title"] not in _ALWAYS, panel["title"]
                if panel["title"] in _QUIET:
                    assert [series["value"][1] for series in found] == ["0"], panel["title"]
        async with http.get(f"{asking}/api/v1/alerts") as answer:
            assert (await answer.json())["data"]["alerts"] == []


async def test_every_figure_that_is_asked_for_is_exported(behind: Behind) -> None:
    exported: set[str] = set()
    ports = behind.at.ports
    viewers = f"http://127.0.0.1:{ports['broadcast']}/live/events?c="
    async with aiohttp.ClientSession() as http:
        # Figures by wire, code or channel begin with the first of each: a board, a viewer who leaves, and one refused.
        await created(behind, "autumn")
        for channel, status in (("showcase/autumn&from=GB", 200), ("nothing/here", 404)):
            async with http.get(viewers + channel) as answer:
                assert answer.status == status
        for port in ports.values():
            async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
                assert answer.status == 200
                exported |= set(re.findall(r"^(\w+)(?:\{| )", await answer.text(), re.MULTILINE))
    exported |= on_the_cluster()
    missing = {name: places for name, places in asked().items() if name not in exported}
    assert not missing
