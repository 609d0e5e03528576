"""What is to be reached is written down once, and the table of figures never calls passed what was not measured."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from bench.__main__ import NAMES
from bench.aims import BENCHES, Aim, newest
from bench.table import rows, text, verdict

if TYPE_CHECKING:
    from tests.docs.conftest import Pages

HERD = {"viewers": 10_000, "recovered_s": 12.0, "judge_errors": 0, "judge_ack_p99_ms": 150.0}


def test_the_page_of_measurements_tells_each_with_its_aims(pages: Pages) -> None:
    table = re.findall(r"^\| `([a-z_]+(?: --engine cluster)?)` \|.*\| ([^|]*) \|$", pages.text("bench/README.md"), re.M)
    wanted = {name: ", ".join(aim.text() for aim in bench.aims) for name, bench in BENCHES.items()}
    assert dict(table) == {"scale_out": "-", **wanted}


def test_every_aim_belongs_to_a_measurement_that_all_runs() -> None:
    assert {name.partition(" ")[0] for name in BENCHES} <= set(NAMES)
    assert len(NAMES) == len(set(NAMES))


def test_a_smaller_run_and_one_that_was_asked_for_something_else_take_nobodys_place(tmp_path: Path) -> None:
    trials = {"viewers": 100}, {"options": ["--marks-per-second", "1"]}, {"options": ["--engine", "cluster"]}
    lines = [json.dumps({**HERD, **trial}) for trial in ({}, *trials)]
    (tmp_path / "herd.jsonl").write_text("\n".join(lines), encoding="utf-8")
    assert newest(tmp_path) == {"herd": HERD}


def test_an_aim_is_reached_at_its_bound_and_not_a_thousandth_beyond() -> None:
    for aim in (one for bench in BENCHES.values() for one in bench.aims):
        beyond = -0.001 if aim.least else 0.001
        assert verdict(aim, aim.bound) == "pass"
        assert verdict(aim, aim.bound * (1 + beyond) if aim.bound else 1.0).startswith("missed")


def test_the_table_says_what_is_missing_and_what_was_not_measured() -> None:
    told = {(bench, figure): said for bench, figure, _, said in rows({"herd": HERD})}
    assert told["herd", "all current after: 12 s"] == "pass"
    assert told["herd", "judges' p99: 150 ms"] == "missed by 50 %"
    assert told["hold", "dropped: not measured"] == "-"
    assert "missed by 50 %" in text({"herd": HERD})


def test_a_figure_among_several_is_the_least_of_those_that_were_measured() -> None:
    aim = Aim("CPU of the cheapest peer's", "us", 1, per="peers.*.us")
    assert aim.found({"us": 5.0, "peers": {"one": {"us": 10.0}, "two": "not installed"}}) == 0.5
    assert aim.found({"us": 5.0, "peers": {"two": "not installed"}}) is None
    assert verdict(aim, None) == "-"


def test_no_error_is_no_error() -> None:
    aim = Aim("errors", "errors", 0)
    assert verdict(aim, aim.found({"errors": 0})) == "pass"
    assert verdict(aim, aim.found({"errors": 2})) == "missed: 2"
    assert verdict(aim, aim.found({"errors": float("nan")})) == "-"
