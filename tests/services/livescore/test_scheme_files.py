"""Schemes as files over HTTP: in and out as workbook or YAML, and tried out first (R90, R91)."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from openpyxl.worksheet.worksheet import Worksheet

from services.livescore.domain.schemes.from_sheet import check_sheet
from services.livescore.domain.schemes.from_yaml import check_yaml
from services.livescore.domain.schemes.sheet import IMPORT_SHEET, Cell, Sheet
from services.livescore.domain.schemes.to_sheet import scheme_sheet
from services.livescore.domain.schemes.to_yaml import scheme_yaml
from services.livescore.spreadsheets.package import faults_of
from services.livescore.spreadsheets.workbook import read_workbook, write_workbook
from shared.contracts.scheme import Scheme
from tests.domain.livescore.made_schemes import schemes
from tests.services.livescore.service import SCHEME

if TYPE_CHECKING:
    from tests.services.livescore.service import Livescore, Reply

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
YAML = "application/yaml"
PATH = "/api/livescore/competitions/autumn.electronics/scheme"


async def tried(livescore: Livescore, content: bytes, media: str = YAML, token: str | None = None) -> Reply:
    token = token or livescore.registration.organiser_token()
    return await livescore.ask("POST", f"{PATH}/check", content, token=token, headers={"Content-Type": media})


async def fetched(livescore: Livescore, suffix: str, token: str | None = None) -> Reply:
    token = token or livescore.registration.organiser_token()
    return await livescore.ask("GET", f"{PATH}.{suffix}", token=token)


def back_from(content: bytes) -> Scheme | None:
    assert faults_of(content) == []
    sheet = read_workbook(content)
    assert isinstance(sheet, Sheet)
    return check_sheet(sheet).scheme


@settings(max_examples=25, suppress_health_check=list(HealthCheck))
@given(schemes())
def test_r90_any_scheme_comes_back_from_the_bytes_of_a_workbook(scheme: Scheme) -> None:
    """YAML to scheme to workbook to scheme to YAML."""
    through = back_from(write_workbook(scheme_sheet(check_yaml(scheme_yaml(scheme)).usable())))
    assert through == scheme
    assert check_yaml(scheme_yaml(through)).scheme == scheme


@pytest.mark.parametrize("said", ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("http://x.example")', "'=1", "_x003D_1"])
def test_no_text_becomes_a_formula_and_each_comes_back(said: str) -> None:
    content = write_workbook(Sheet({(1, 1): Cell(said)}))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")
    made = openpyxl.load_workbook(io.BytesIO(content))[IMPORT_SHEET]
    assert isinstance(made, Worksheet)
    assert made["A1"].data_type == "s"
    assert made["A1"].quotePrefix == (said[0] in "=+-@'")
    read = read_workbook(content)
    assert isinstance(read, Sheet)
    assert read.cells[1, 1] == Cell(said)


@pytest.mark.parametrize("said", ["5", "5.10", "0.05", "007.50", "100.00", "12.3"])
def test_r34_a_number_comes_back_with_the_decimals_it_was_written_with(said: str) -> None:
    read = read_workbook(write_workbook(Sheet({(1, 1): Cell(said, "number")})))
    assert isinstance(read, Sheet)
    assert read.cells[1, 1] == Cell(said, "number")


@pytest.mark.parametrize(("value", "number_format", "said"), [(0.1 + 0.2, "General", "0.3"), (5.125, "0.00", "5.125")])
def test_r34_a_number_is_taken_to_fifteen_digits_and_never_rounded(value: float, number_format: str, said: str) -> None:
    book = openpyxl.Workbook()
    made = book.active
    assert isinstance(made, Worksheet)
    made.title = "cis  marking scheme import"  # spelled by a person
    made["A1"], made["A1"].number_format = value, number_format
    out = io.BytesIO()
    book.save(out)
    read = read_workbook(out.getvalue())
    assert isinstance(read, Sheet)
    assert read.cells[1, 1].text == said


async def test_a_workbook_taken_out_can_be_brought_in_again(livescore: Livescore) -> None:
    reply = await fetched(livescore, "xlsx")
    assert (reply.status, reply.headers["Content-Type"]) == (200, XLSX)
    named = reply.headers["Content-Disposition"]
    assert named == 'attachment; filename="autumn.electronics-scheme-v1.xlsx"'
    assert reply.headers["Cache-Control"] == "no-store"
    assert back_from(reply.content) == check_yaml(SCHEME).scheme
    token = livescore.registration.organiser_token()
    again = await livescore.ask("PUT", PATH, reply.content, token=token, headers={"Content-Type": XLSX})
    assert (again.status, again.json["version"]) == (200, 1)


async def test_another_workbook_is_the_next_version(livescore: Livescore) -> None:
    other = write_workbook(scheme_sheet(check_yaml(SCHEME.replace(b"Neatness", b"Order")).usable()))
    token = livescore.registration.organiser_token()
    reply = await livescore.ask("PUT", PATH, other, token=token, headers={"Content-Type": XLSX})
    assert (reply.status, reply.json["version"]) == (200, 2)
    assert {one["rule"] for one in reply.json["warnings"]} == {"R1", "R11"}
    assert all(one["remedy"] and one["line"] for one in reply.json["warnings"])


async def test_yaml_taken_out_is_the_scheme_in_force(livescore: Livescore) -> None:
    reply = await fetched(livescore, "yaml")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/yaml")
    assert check_yaml(reply.content).scheme == check_yaml(SCHEME).scheme
    assert (await tried(livescore, reply.content)).json["outcome"] == "unchanged"


async def test_a_trial_says_what_an_import_would_do_and_stores_nothing(livescore: Livescore) -> None:
    before = livescore.recorded()
    changed = SCHEME.replace(b"A1.1, type: M, max: 10", b"A1.1, type: M, max: 12").replace(b"max: 20", b"max: 18", 1)
    trial = (await tried(livescore, changed)).json
    assert (trial["outcome"], trial["version"], trial["in_force"]) == ("replaces", 2, 1)
    assert {(one["id"], one["field"], one["before"], one["after"]) for one in trial["changes"]} == {
        ("A1.1", "max", "10", "12"),
        ("A1.2", "max", "20", "18"),
    }
    assert trial["affected"] == ["A1.1", "A1.2"]
    assert trial["scheme"]["criteria"][0]["sub_criteria"][0]["aspects"][0]["max"] == "12"
    warning = next(one for one in trial["findings"] if one["rule"] == "R1")
    assert (warning["severity"], warning["place"]) == ("warning", "criteria")
    assert livescore.recorded() == before


async def test_r9_after_the_first_mark_a_trial_says_that_it_takes_an_amendment(livescore: Livescore) -> None:
    await livescore.score("cn", 2)
    trial = (await tried(livescore, SCHEME.replace(b"Neatness", b"Order"))).json
    assert (trial["outcome"], trial["version"]) == ("needs_amendment", 2)
    assert [(one["id"], one["field"]) for one in trial["changes"]] == [("C1.1", "description")]
    assert (await tried(livescore, SCHEME)).json["outcome"] == "unchanged"


async def test_a_trial_of_a_faulty_file_says_where_and_what_to_do_in_both_languages(livescore: Livescore) -> None:
    trial = (await tried(livescore, SCHEME.replace(b"weight: 100", b"weight: 90"))).json
    assert (trial["outcome"], trial["scheme"], trial["version"]) == ("refused", None, None)
    (error,) = [one for one in trial["findings"] if one["rule"] == "R5"]
    assert (error["severity"], error["place"], error["line"]) == ("error", "sections", 3)
    assert "90.00" in error["detail"]["en"]
    assert "90.00" in error["detail"]["zh"]
    assert error["remedy"]["zh"]


async def test_a_long_yaml_file_is_read_like_a_short_one(livescore: Livescore) -> None:
    """Above some length it is read in a process of its own."""
    trial = (await tried(livescore, SCHEME + b"# and so on\n" * 4_000)).json
    assert (trial["outcome"], trial["in_force"]) == ("unchanged", 1)


@pytest.mark.parametrize("suffix", ["xlsx", "yaml"])
async def test_r10_only_those_who_work_with_a_scheme_take_it_out(livescore: Livescore, suffix: str) -> None:
    judge = livescore.registration.judge_token("cn")
    assert (await fetched(livescore, suffix, judge)).status == 200
    assert (await livescore.ask("GET", f"{PATH}.{suffix}")).status == 401
    elsewhere = livescore.registration.judge_token("cn", "welding")
    assert (await fetched(livescore, suffix, elsewhere)).code == "not_your_competition"
    assert (await fetched(livescore, suffix, livescore.registration.organiser_token("spring"))).status == 404


async def test_a_judge_tries_no_schemes_out(livescore: Livescore) -> None:
    reply = await tried(livescore, SCHEME, token=livescore.registration.judge_token("cn"))
    assert (reply.status, reply.code) == (403, "wrong_role")


async def test_a_file_of_another_kind_is_refused_with_both_that_are_taken(livescore: Livescore) -> None:
    reply = await tried(livescore, SCHEME, "text/csv")
    assert (reply.status, reply.code) == (415, "wrong_media_type")
    assert YAML in reply.json["detail"]
    assert XLSX in reply.json["detail"]


async def test_the_api_document_names_both_kinds_of_file(livescore: Livescore) -> None:
    paths = (await livescore.ask("GET", "/openapi.json")).json["paths"]
    base = "/api/livescore/competitions/{competition}/scheme"
    assert set(paths[base]["put"]["requestBody"]["content"]) == {YAML, XLSX}
    assert set(paths[f"{base}.xlsx"]["get"]["responses"]["200"]["content"]) == {XLSX}
