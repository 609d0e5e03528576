"""The README's figures come from the newest results, and writing them twice changes nothing."""

from __future__ import annotations

import json
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from bench.aims import newest

if TYPE_CHECKING:
    from tests.docs.conftest import Pages

OLD = {"machine": "2 cores", "p50_ms": 9.0, "p99_ms": 99.0, "viewers": 200, "lost": 0}


@pytest.fixture
def script(pages: Pages) -> dict[str, Any]:
    return runpy.run_path(str(pages.root / "scripts" / "figures.py"))


def test_the_newest_result_of_each_measurement_is_shown(script: dict[str, Any], tmp_path: Path) -> None:
    lines = [json.dumps(OLD), json.dumps({**OLD, "p50_ms": 4.5})]
    (tmp_path / "end_to_end.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    made = script["section"](newest(tmp_path))
    assert "p50 4.5 ms, p99 99.0 ms" in made
    assert "p50 9.0 ms" not in made


def test_writing_them_again_changes_nothing_and_without_results_they_are_left_out(
    script: dict[str, Any], pages: Pages
) -> None:
    bare = script["placed"](pages.text("README.md"), "")
    with_figures = script["placed"](bare, script["section"]({"end_to_end": OLD}))
    assert "## Figures" in with_figures
    assert script["placed"](with_figures, script["section"]({"end_to_end": OLD})) == with_figures
    assert script["placed"](with_figures, script["section"]({})) == bare


def test_a_figure_of_the_other_engine_takes_nobodys_place(script: dict[str, Any], tmp_path: Path) -> None:
    other = {**OLD, "options": ["--engine", "cluster"], "p50_ms": 20.5}
    (tmp_path / "end_to_end.jsonl").write_text(f"{json.dumps(OLD)}\n{json.dumps(other)}\n", encoding="utf-8")
    here, there = [line for line in script["section"](newest(tmp_path)).splitlines() if "p50" in line]
    assert "p50 9.0 ms" in here
    assert "p50 20.5 ms" in there
    assert "cluster engine" in there
