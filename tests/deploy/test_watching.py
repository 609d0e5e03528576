"""What watches over a showcase asks for figures that exist: dashboard, alerts, autoscaler, against running services."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.serve import SERVICES

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
DASHBOARD = DEPLOY / "grafana" / "dashboards" / "showcase.json"
PROMTOOL = shutil.which("promtool")
needs_promtool = pytest.mark.skipif(PROMTOOL is None, reason="no promtool here (Debian package prometheus)")
_METRIC = re.compile(r"\bshowcase_[a-z_]+\b")


def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    return list(json.loads(DASHBOARD.read_text())["panels"])


def on_the_cluster() -> set[str]:
    """What only copies on Kafka and MongoDB export; read from where it is done, because none run here."""
    text = (ROOT / "shared" / "engine" / "cluster.py").read_text() + (ROOT / "shared" / "figures.py").read_text()
    names = re.findall(r"metrics\.gauges?\(\s*\"(\w+)\"", text)
    assert "bus_lag" in names
    return {f"showcase_{service}_{name}" for service in SERVICES for name in names}


def asked() -> dict[str, set[str]]:
    """Every metric that is named anywhere, and where."""
    places = {f"alert {rule['alert']}": rule["expr"] for rule in rules()}
    for panel in panels():
        for target in panel["targets"]:
            places[f"panel {panel['title']}"] = places.get(f"panel {panel['title']}", "") + " " + target["expr"]
    for file in ("autoscaling.yaml", "adapter-rules.yaml"):
        places[file] = (DEPLOY / "kubernetes" / "overlays" / "event" / file).read_text()
    found: dict[str, set[str]] = {}
    for place, text in places.items():
        for several in re.findall(r"showcase_\(([a-z|]+)\)(_\w+)", text):
            for service in several[0].split("|"):
                found.setdefault(f"showcase_{service}{several[1]}", set()).add(place)
        for name in _METRIC.findall(text):
            if not name.endswith("_"):
                found.setdefault(name, set()).add(place)
    return found


def test_alerts_name_a_page_that_says_what_to_do() -> None:
    runbook = (ROOT / "docs" / "runbook.md").read_text()
    headings = {_anchor(line) for line in runbook.splitlines() if line.startswith("#")}
    for rule in rules():
        page, _, anchor = rule["annotations"]["runbook"].partition("#")
        assert page == "docs/runbook.md"
        assert anchor in headings, f"{rule['alert']} points to {anchor}"


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lstrip("# ").lower()).replace(" ", "-")


@needs_promtool
def test_configuration_and_alerts_are_valid_and_alerts_fire_when_they_should() -> None:
    assert PROMTOOL is not None
    for command in (["check", "config", "prometheus.yml"], ["test", "rules", "alerts.test.yml"]):
        done = subprocess.run(
            [PROMTOOL, *command], cwd=DEPLOY / "prometheus", capture_output=True, text=True, check=False, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr


@needs_promtool
def test_every_question_of_the_dashboard_is_one_that_prometheus_understands(tmp_path: Path) -> None:
    assert PROMTOOL is not None
    targets = [target for panel in panels() for target in panel["targets"]]
    made = [{"record": f"panel:{n}", "expr": target["expr"]} for n, target in enumerate(targets)]
    file = tmp_path / "panels.yml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": made}]}))
    done = subprocess.run([PROMTOOL, "check", "rules", file], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_dashboard_is_one_that_provisioning_finds_and_its_panels_do_not_overlap() -> None:
    provisioning = DEPLOY / "grafana" / "provisioning"
    (source,) = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())["datasources"]
    taken: set[tuple[int, int]] = set()
    for panel in panels():
        assert panel["datasource"]["uid"] == source["uid"]
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert max(x for x, _ in cells) < 24
        taken |= cells
    assert len({panel["id"] for panel in panels()}) == len(panels())


def test_the_operators_alerts_are_the_same_ones() -> None:
    operators = yaml.safe_load((DEPLOY / "kubernetes" / "watching" / "alerts.yaml").read_text())
    assert operators["spec"] == yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())
