"""The tables of the capacity page follow from the unit costs it names."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.docs.conftest import Pages


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(Path(__file__).parents[2] / "scripts" / "capacity.py"))


def test_working_the_tables_out_again_changes_nothing(script: dict[str, Any], pages: Pages) -> None:
    page = pages.text("docs/capacity.md")
    again = page
    for mark, table in script["tables"](script["costs_on"](page)).items():
        again = script["placed"](again, mark, table)
    assert again == page


def test_every_number_of_viewers_has_a_row(pages: Pages) -> None:
    plans = pages.text("docs/capacity.md").partition("<!-- plans -->")[2].partition("<!-- end -->")[0]
    rows = re.findall(r"^\| ([0-9,]+) \|", plans, re.MULTILINE)
    assert rows == ["10,000", "100,000", "1,000,000", "10,000,000"]


def test_a_table_of_other_costs_would_be_another_one(script: dict[str, Any], pages: Pages) -> None:
    page = pages.text("docs/capacity.md")
    dearer = script["costs_on"](re.sub(r"(`delivery_us` \| )[0-9.]+", r"\g<1>60", page))
    assert script["tables"](dearer)["plans"] not in page


def test_the_check_on_real_nodes_is_told_with_its_ratios(script: dict[str, Any]) -> None:
    ratios = {name: {"ratio": 1.04} for name in ("us_per_delivery", "rss_mb", "sent_mb", "rejoin_s")}
    table = script["checks_table"]([{"nodes": 2, "viewers_per_node": 1200, "boards_per_s": 5.0, **ratios}])
    assert table.splitlines()[-1] == "| 2 × 1,200 | 5 | 1.04 | 1.04 | 1.04 | 1.04 |"
