"""Result files as programs open them (R70, R92, R93, R98)."""

import csv
import io
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from services.livescore.domain.results.result import Result, conclude
from services.livescore.domain.results.tables import (
    COLUMNS,
    Row,
    best_of_nation,
    competitor_results,
    csv_text,
    is_formula,
)
from services.livescore.spreadsheets.results import member_names, workbook
from shared.contracts.acts import Rules
from tests.domain.livescore.entered import FIXTURE, entrant, result

DANGEROUS = [
    "=1+1",
    "+44 20",
    "-2",
    "@SUM(1)",
    "\t=1",
    "\r=1",
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "\u200b=1",
    "\u3000=1",
]
HARMLESS = ["No. 08", "甲组一号", "O'Neil", "a=b", "", "1-2"]


def named(name: str, **rules: Any) -> Result:
    one = replace(entrant("01", "80"), name=name)
    return conclude("autumn.electronics", [one, entrant("02", "70")], Rules(**rules), version=1)


def opened(content: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content))


def rows_of(content: bytes) -> list[tuple[Any, ...]]:
    return [tuple(cell.value for cell in row) for row in opened(content).worksheets[0].iter_rows(max_col=8)]


def written(rows: list[Row]) -> bytes:
    return workbook("Results", COLUMNS, rows, ["version 1"])


def test_competitor_results_have_exactly_the_columns_of_ceremony_software() -> None:
    """R92; names are display names and Last Name is empty (R93), the scale column is blank (R70)."""
    found = result(FIXTURE, skill_number="16")
    rows = rows_of(written(competitor_results(found, member_names())))
    assert rows[0] == (
        "Position",
        "Member",
        "Member Name",
        "Skill Number",
        "Medal",
        "First Name",
        "Last Name",
        "WorldSkills Scale Score",
    )
    assert rows[1:5] == [
        (1, "CN", "China", "16", "Gold", "No. 08", None, None),
        (2, "CN", "China", "16", "Silver", "No. 02", None, None),
        (2, "CN", "China", "16", "Silver", "No. 06", None, None),
        (4, "GB", "United Kingdom", "16", "Medallion For Excellence", "No. 03", None, None),
    ]
    assert rows[10] == (10, "GB", "United Kingdom", "16", None, "No. 05", None, None)
    assert len(rows) == 11


def test_best_of_nation_has_the_same_columns_and_one_line_each() -> None:
    """R67, R92."""
    rows = rows_of(written(best_of_nation(result(FIXTURE), member_names())))
    assert [(row[0], row[1], row[4]) for row in rows[1:]] == [
        (1, "CN", "Gold"),
        (4, "GB", "Medallion For Excellence"),
    ]


def test_the_scale_column_is_filled_only_where_the_rules_say_so() -> None:
    """R70."""
    rows = rows_of(written(competitor_results(result(FIXTURE, scale_column="approximation"), {})))
    assert [row[7] for row in rows[1:]] == [750, 737, 737, 728, 705, 695, 689, 680, 672, 656]
    unfinished = result(FIXTURE, final=False, scale_column="approximation")
    assert {row[7] for row in rows_of(written(competitor_results(unfinished, {})))[1:]} == {None}


def test_medallists_of_one_member_can_be_told_apart_by_a_suffix() -> None:
    """R93."""
    rows = competitor_results(result(FIXTURE, member_suffix="bib"), member_names())
    assert [row[1] for row in rows[:3]] == ["CN-08", "CN-02", "CN-06"]
    assert {row[2] for row in rows[:3]} == {"China"}


def test_who_is_not_ranked_is_in_no_ceremony() -> None:
    """R38."""
    assert len(competitor_results(result("GB 01 80, CN 02 90 guest, CN 03 70 disqualified"), {})) == 1


def test_members_have_their_names_at_competitions() -> None:
    names = member_names()
    assert [names[code] for code in ("GB", "CN", "SG", "TW", "DE")] == [
        "United Kingdom",
        "China",
        "Singapore",
        "Chinese Taipei",
        "Germany",
    ]
    assert competitor_results(result("GB 01 80,"), {})[0][2] == "GB", "an unknown code stands for itself"


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_name_that_looks_like_a_formula_is_text_in_a_workbook(name: str) -> None:
    sheet = opened(written(competitor_results(named(name), {}))).worksheets[0]
    cell = sheet["F2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert cell.value is not None
    assert cell.value.strip() == name.strip()


@pytest.mark.parametrize("name", DANGEROUS)
def test_a_name_that_looks_like_a_formula_begins_with_a_quote_in_a_csv(name: str) -> None:
    row = next(csv.DictReader(io.StringIO(csv_text(named(name), ["A"]), newline="")))
    assert row["name"] == f"'{name}"


@pytest.mark.parametrize("name", HARMLESS)
def test_other_names_are_written_as_they_are(name: str) -> None:
    assert not is_formula(name)
    row = next(csv.DictReader(io.StringIO(csv_text(named(name), ["A"]), newline="")))
    assert row["name"] == name
    cell = opened(written(competitor_results(named(name), {}))).worksheets[0]["F2"]
    assert ((cell.value or ""), cell.quotePrefix) == (name, False)


def test_markup_and_characters_that_xml_cannot_hold_do_no_harm() -> None:
    cell = opened(written(competitor_results(named("<b>&\x01\ud800</b>]]>"), {}))).worksheets[0]["F2"]
    assert cell.value == "<b>&\ufffd\ufffd</b>]]>"


def test_a_csv_has_a_line_for_everybody_with_marks_as_they_are_shown() -> None:
    """R35, R65; exact fractions would be taken for dates."""
    text = csv_text(result("GB 01 80.5, CN 02 90 guest, CN 03 14/9"), ["A", "B"])
    assert text.count("\r\n") == 4
    lines = list(csv.DictReader(io.StringIO(text, newline="")))
    assert lines[0] == {
        "result": "version 1",
        "position": "1",
        "bib": "01",
        "name": "No. 01",
        "country": "GB",
        "status": "competing",
        "total": "80.50",
        "A": "80.50",
        "B": "",
        "medal": "",
        "computed_medal": "",
        "best_of_nation": "",
        "points": "0",
        "standardised_score_approximation": "",
    }
    assert [(line["bib"], line["position"], line["total"]) for line in lines[1:]] == [
        ("03", "2", "1.56"),
        ("02", "", "90.00"),
    ]


def test_a_csv_says_when_a_result_is_provisional() -> None:
    assert csv_text(result("80", final=False), []).splitlines()[1].startswith("provisional,1,01,")


def test_a_name_with_commas_quotes_and_lines_stays_one_field() -> None:
    name = 'A "quoted", name\nof two lines'
    row = next(csv.DictReader(io.StringIO(csv_text(named(name), ["A"]), newline="")))
    assert row["name"] == name


def test_the_same_result_gives_the_same_bytes_and_a_second_sheet_says_what_they_are() -> None:
    first, second = (written(competitor_results(result(FIXTURE), member_names())) for _ in range(2))
    assert first == second
    book = opened(first)
    assert book.sheetnames == ["Results", "About"]
    assert book["About"]["A1"].value == "version 1"
    assert book["Results"]["A1"].font.b
