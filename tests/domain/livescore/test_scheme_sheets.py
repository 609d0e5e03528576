"""Marking schemes from sheets that other programs and people made (R90, R91)."""

from typing import Any

import pytest

from services.livescore.domain.schemes.from_sheet import check_sheet
from services.livescore.domain.schemes.sheet import Cell
from shared.contracts.scheme import Scheme
from tests.domain.livescore.foreign_sheet import moved, sheet


def usable(changes: dict[str, Any] | None = None) -> tuple[Scheme, list[tuple[str, str]]]:
    checked = check_sheet(sheet(changes))
    assert checked.scheme is not None, [(one.cell, one.detail) for one in checked.findings]
    return checked.scheme, [(one.cell or "", one.code) for one in checked.findings]


def errors(changes: dict[str, Any]) -> list[tuple[str | None, str, str | None]]:
    checked = check_sheet(sheet(changes))
    assert checked.scheme is None
    return [(one.cell, one.code, one.rule) for one in checked.findings if not one.warning]


def aspects(scheme: Scheme) -> dict[str, Any]:
    return {one.id: one for criterion in scheme.criteria for form in criterion.sub_criteria for one in form.aspects}


def test_r90_a_foreign_sheet_is_read_with_ids_by_position() -> None:
    scheme, found = usable()
    assert {one.id: (one.type, one.max) for one in aspects(scheme).values()} == {
        "A1.1": ("M", "40"),
        "A1.2": ("M", "30"),
        "A1.3": ("J", "30"),
    }
    assert [one.en for one in aspects(scheme)["A1.3"].descriptors] == ["Untidy", "Tidy", "Very tidy", "Exemplary"]
    assert scheme.title.en == "99 Invented Skill"
    assert ("G15", "free_text") in found


def test_r13_free_text_in_a_foreign_sheet_is_all_or_nothing_and_kept_for_the_judge() -> None:
    scheme, _ = usable()
    first = aspects(scheme)["A1.1"]
    assert (first.measure.pattern, first.extra.en, first.requirement.en) == ("full", "For ten seconds", "Yes/No")


def test_r13_an_empty_column_g_is_all_or_nothing_without_a_word() -> None:
    scheme, found = usable()
    assert aspects(scheme)["A1.2"].measure.pattern == "full"
    assert not [one for one in found if one[0] == "G16"]


@pytest.mark.parametrize("down", [0, 7])
@pytest.mark.parametrize("right_from", [None, 10])
def test_r91_tables_are_found_by_their_headings_wherever_they_stand(down: int, right_from: int | None) -> None:
    usual, _ = usable()
    made = sheet()
    if right_from is not None:  # a column more in the block alone: the tables above it have fixed columns
        made.cells[13, 10], above = Cell("Remarks"), {at: one for at, one in made.cells.items() if at[0] < 13}
        made = moved(made, 0, right_from)
        made.cells = above | {at: one for at, one in made.cells.items() if at[0] >= 13}
    assert check_sheet(moved(made, down)).scheme == usual


@pytest.mark.parametrize(
    "changes",
    [
        {"I13": "WSOS Section", "I5": "WSOS Marks"},
        {"A13": "Sub Criteria ID", "B13": "Sub Criteria Name"},
        {"K15": "40"},
        {"K15": "４０"},
        {"I15": "１", "C14": "１"},
        {"D17": "ｊ"},
        {"F18": "０"},
    ],
)
def test_r91_heading_variants_and_numbers_as_text_are_the_same_sheet(changes: dict[str, Any]) -> None:
    assert usable(changes)[0] == usable()[0]


def test_r91_a_decimal_comma_is_a_decimal_point() -> None:
    scheme, _ = usable({"K15": "39,50", "K16": "30,50"})
    assert [one.max for one in aspects(scheme).values()] == ["39.50", "30.50", "30"]


def test_r90_an_old_type_o_is_m_with_a_warning_and_s_is_asked_about() -> None:
    scheme, found = usable({"D15": "O"})
    assert aspects(scheme)["A1.1"].type == "M"
    assert ("D15", "old_type_o") in found
    assert errors({"D15": "S"}) == [("D15", "old_type_s", "R90")]


@pytest.mark.parametrize(
    ("changes", "cell", "code", "rule"),
    [
        ({"K15": None}, "K15", "missing", "R3"),
        ({"K15": "forty"}, "K15", "not_a_decimal", "R3"),
        ({"K15": "٤٠"}, "K15", "not_a_decimal", "R3"),
        ({"K15": 40.125}, "K15", "not_a_decimal", "R3"),
        ({"K15": ("=20+20", "formula")}, "K15", "cell_formula", None),
        ({"E15": ("=A1", "formula")}, "E15", "cell_formula", None),
        ({"C14": ("2026-11-18", "date")}, "C14", "cell_date", None),
        ({"K15": ("#REF!", "error")}, "K15", "cell_error", None),
        ({"K15": ("True", "bool")}, "K15", "cell_bool", None),
        ({"K15": 41}, "A10", "total_not_100", "R5"),
        ({"I6": 99}, "A5", "weights_not_100", "R5"),
        ({"I15": 2}, "I15", "no_such_section", "R3"),
        ({"E15": None}, "E15", "missing", "R3"),
        ({"D15": None}, "D15", "row_without_type", "R3"),
        ({"D15": "X"}, "D15", "not_one_of", "R3"),
        ({"C14": None}, "C14", "missing", "R2"),
        ({"C14": "Tuesday"}, "C14", "not_whole", "R2"),
        ({"C14": 45000}, "C14", "out_of_range", "R2"),
        ({"A14": "A.1"}, "A14", "not_an_id", None),
        ({"A14": "B1"}, "A14", "not_in_criterion", "R1"),
        ({"A14": None, "B14": None, "C14": None}, "D15", "aspect_without_form", "R1"),
        ({"F21": None, "G21": None}, "G17", "not_four_descriptors", "R4"),
        ({"F21": 2}, "F18", "scores_not_0_to_3", "R4"),
        ({"F21": None}, "F21", "score_missing", "R4"),
        ({"G20": None}, "G20", "no_text", "R4"),
        ({"D17": "M"}, "F18", "scores_under_measure", "R3"),
        ({"D17": None, "E17": None, "I17": None, "K17": None}, "F18", "scores_under_measure", "R3"),
        ({"B11": None}, "B11", "missing", None),
        ({"A11": "B"}, "A11", "criterion_without_block", "R1"),
        ({"A11": "B"}, "A13", "unknown_criterion", "R1"),
        ({"K13": None}, "A13", "no_heading", "R91"),
        ({"A5": None}, "A1", "no_section_table", "R91"),
        ({"A10": None}, "A1", "no_criteria_table", "R91"),
        ({"D13": None}, "A1", "no_blocks", "R91"),
        ({"A1": None, "A2": None, "A4": None}, "A1", "missing", None),
        ({"G15": "[deduct]"}, "G15", "rule_form", "R13"),
        ({"G15": "[deduct 0.25; flor 1]"}, "G15", "rule_form", "R13"),
        ({"G15": "[deduct a]"}, "G15", "not_a_decimal", "R13"),
        ({"G15": "[deduct 0.25] [add 1]"}, "G15", "rule_twice", "R13"),
        ({"G15": "[tolerance 12]"}, "G15", "rule_form", "R13"),
        ({"G15": "[time full 7200; zero 5400]"}, "G15", "time_out_of_order", "R13"),
        ({"G15": "[ladder]"}, "G15", "missing", "R13"),
        ({"G17": "[full]"}, "G17", "judged_with_measure", "R3"),
        ({"G15": "[id A2.1]"}, "G15", "not_in_form", "R1"),
    ],
)
def test_each_fault_names_its_cell_and_its_rule(
    changes: dict[str, Any], cell: str, code: str, rule: str | None
) -> None:
    assert (cell, code, rule) in errors(changes)


def test_r91_a_cell_merged_over_several_aspects_is_refused_and_labels_may_be_merged() -> None:
    made = sheet()
    made.merged = [(15, 11, 16, 11), (14, 1, 21, 1), (1, 1, 2, 5)]
    checked = check_sheet(made)
    found = [(one.cell, one.code, one.values["range"]) for one in checked.findings if one.code == "merged"]
    assert found == [("K15", "merged", "K15:K16")]
    assert checked.scheme is None


def test_all_faults_come_at_once_in_the_order_of_the_sheet() -> None:
    found = errors({"K15": "forty", "E16": None, "G20": None, "C14": None})
    assert [cell for cell, _, _ in found] == ["C14", "K15", "E16", "G20"]


@pytest.mark.parametrize(("changes", "cell"), [({"N13": 99}, "N13"), ({"K11": "99,5"}, "K11"), ({"J6": 98.5}, "J6")])
def test_r91_a_total_that_differs_from_the_aspects_is_a_warning(changes: dict[str, Any], cell: str) -> None:
    scheme, found = usable(changes)
    assert (cell, "total_differs") in found
    assert scheme == usable()[0]


@pytest.mark.parametrize(
    ("said", "measure"),
    [
        ("[deduct 0.25]", {"pattern": "deduct", "step": "0.25"}),
        ("[Deduct 0,25; floor 0,50; unit 1; ceil]",
         {"pattern": "deduct", "step": "0.25", "floor": "0.50", "unit": "1", "count_mode": "ceil"}),
        ("【deduct ０．２５；floor 0.5】", {"pattern": "deduct", "step": "0.25", "floor": "0.5"}),
        ("[add 0.50]", {"pattern": "add", "step": "0.50"}),
        ("[tolerance 12.0 ± 0.3]", {"pattern": "tolerance", "nominal": "12.0", "tol": "0.3"}),
        ("[tolerance -40 +/- 0.02; comp 0.003]",
         {"pattern": "tolerance", "nominal": "-40", "tol": "0.02", "comp": "0.003"}),
        ("[time full 5400; zero 7200]", {"pattern": "time", "t_full": "5400", "t_zero": "7200"}),
        ("[full] [dual]", {"pattern": "full"}),
    ],
)  # fmt: skip
def test_r13_a_rule_in_brackets_is_the_measure(said: str, measure: dict[str, str]) -> None:
    # Time may hold 20 marks at most (R8), so the aspect is a small one.
    scheme, found = usable({"K15": 10, "K16": 60, "G15": f"{said}\nLook twice\n看两遍"})
    first = aspects(scheme)["A1.1"]
    assert first.measure.model_dump(exclude_defaults=True) | {"pattern": first.measure.pattern} == measure
    assert (first.extra.en, first.extra.zh) == ("Look twice", "看两遍")
    assert first.dual == ("[dual]" in said)
    assert not [one for one in found if one[0] == "G15"]


def test_r13_rungs_stand_in_rows_of_their_own() -> None:
    rungs = {"F18": "0", "F19": "1,5", "F20": 2, "F21": 30}
    scheme, _ = usable({"D17": "M", "G17": "[ladder]", **rungs})
    measure = aspects(scheme)["A1.3"].measure
    assert [(rung.award, rung.benchmark.en) for rung in measure.rungs][1] == ("1.5", "Tidy")


def test_an_unknown_bracket_is_text_and_says_so() -> None:
    scheme, found = usable({"G15": "[dedcut 0.25] each"})
    assert aspects(scheme)["A1.1"].extra.en == "[dedcut 0.25] each"
    assert ("G15", "rule_unknown") in found


def test_r2_a_sub_criterion_names_its_team_and_may_be_blind() -> None:
    scheme, _ = usable({"G14": "[blind] [team] Team 1 (red)"})
    form = scheme.criteria[0].sub_criteria[0]
    assert (form.blind, form.team) == (True, "Team 1 (red)")


def test_r7_a_cap_on_aspects_stands_beside_the_title() -> None:
    found = errors({"G1": "[share 35]"})
    assert found == [("K15", "above_share", "R7")]


@pytest.mark.parametrize(
    ("said", "en", "zh"),
    [
        ("Neatness\n整洁", "Neatness", "整洁"),
        ("整洁\nNeatness", "Neatness", "整洁"),
        ("Neatness / 整洁", "Neatness", "整洁"),
        ("zh: USB 3.0\nen: USB 3.0", "USB 3.0", "USB 3.0"),
        ("Neat\r\nand clean", "Neat and clean", None),
        ("整洁", None, "整洁"),
    ],
)
def test_r11_one_cell_holds_both_languages(said: str, en: str | None, zh: str | None) -> None:
    scheme, _ = usable({"E17": said})
    text = aspects(scheme)["A1.3"].description
    assert (text.en, text.zh) == (en, zh)


def test_r11_a_bilingual_competition_lists_every_text_without_its_other_language() -> None:
    found = check_sheet(sheet({"E15": "It runs\n能运行"}), bilingual=True).findings
    missing = {one.cell for one in found if one.code == "no_chinese"}
    assert missing == {"A1", "B6", "B11", "B14", "G15", "H15", "E16", "E17", "G18", "G19", "G20", "G21"}


def test_what_a_finding_says_back_is_short_and_harmless() -> None:
    found = check_sheet(sheet({"K15": ("#\u202e" + "x" * 500, "error")})).findings
    (said,) = [one.detail for one in found if one.code == "cell_error"]
    assert len(said) < 120
    assert "\u202e" not in said
