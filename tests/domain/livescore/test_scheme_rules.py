from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from services.livescore.domain.schemes.from_yaml import parse_scheme
from shared.errors import Fault, Rejected

WEIGHTS = ("5", "5", "20", "25", "5", "25", "15")
FULL: dict[str, Any] = {"pattern": "full"}


def line(criterion: str, number: int, section: int, maximum: str, measure: str = "{pattern: full}") -> str:
    return (
        f"      - {{id: {criterion}1.{number}, type: M, max: {maximum}, section: {section}, "
        f"description: {{en: x}}, measure: {measure}}}\n"
    )


def scheme_text(maxima: Sequence[str], weights: Sequence[str] = WEIGHTS, measure: str = "{pattern: full}") -> bytes:
    """One criterion with one aspect per section."""
    text = "title: {en: x}\nsections:\n"
    text += "".join(f"  - {{id: {n}, name: {{en: x}}, weight: {weight}}}\n" for n, weight in enumerate(weights, 1))
    text += "criteria:\n"
    for number, (criterion, maximum) in enumerate(zip("ABCDEFGHI", maxima, strict=False), 1):
        text += f"  - id: {criterion}\n    name: {{en: x}}\n    sub_criteria:\n"
        text += f"    - id: {criterion}1\n      name: {{en: x}}\n      day: 1\n      aspects:\n"
        text += line(criterion, 1, number, maximum, measure)
    return text.encode()


def errors(text: bytes) -> list[Fault]:
    with pytest.raises(Rejected) as refused:
        parse_scheme(text)
    assert refused.value.code == "scheme_invalid"
    return list(refused.value.faults)


def test_w1_a_variation_within_five_marks_is_a_warning() -> None:
    _, warnings = parse_scheme(scheme_text(("6", "5", "19", "25", "5", "25", "15")))
    (warning,) = warnings
    assert (warning.field, warning.rule, warning.line) == ("sections.0", "R6", 3)
    assert "all variations together: 2.00" in warning.detail


def test_w1_a_variation_above_five_marks_is_an_error() -> None:
    faults = errors(scheme_text(("5", "5", "26", "19", "5", "25", "15")))
    assert [(fault.field, fault.rule) for fault in faults] == [("sections.2", "R6"), ("sections.3", "R6")]
    assert all("all variations together: 12.00" in fault.detail for fault in faults)


def test_a_scheme_that_matches_its_weights_has_no_warnings() -> None:
    scheme, warnings = parse_scheme(scheme_text(WEIGHTS))
    assert (len(scheme.criteria), warnings) == (7, [])


def test_r1_few_criteria_are_a_warning() -> None:
    _, warnings = parse_scheme(scheme_text(("50", "50"), ("50", "50")))
    assert [warning.rule for warning in warnings] == ["R1"]


def test_r5_marks_and_weights_add_up_to_exactly_100() -> None:
    faults = errors(scheme_text(("5", "5", "20", "25", "5", "25", "14.99"), ("5", "5", "20", "25", "5", "25", "15.01")))
    assert {(fault.field, fault.rule) for fault in faults} == {("criteria", "R5"), ("sections", "R5")}


def test_r8_time_points_hold_no_more_than_20_marks() -> None:
    faults = errors(scheme_text(WEIGHTS, measure="{pattern: time, t_full: 1, t_zero: 2}"))
    assert [fault.rule for fault in faults] == ["R8"]


@pytest.mark.parametrize(
    ("was", "becomes", "rule", "field"),
    [
        ("max: 20", "max: 0", "R3", "max"),
        ("max: 20", "max: 20.005", "R3", "max"),
        ("max: 20", "max: -20", "R3", "max"),
        ("max: 20", "max: 2e1", "R3", "max"),
        ("type: M, max: 20", "type: J, max: 20", "R3", "measure"),
        ("type: M, max: 20", "type: K, max: 20", "R3", "type"),
        (", measure: {pattern: full}}\n  - id: D", "}\n  - id: D", "R3", "measure"),
        ("{pattern: full}}\n  - id: D", "{pattern: half}}\n  - id: D", "R13", "measure"),
        ("{pattern: full}}\n  - id: D", "{pattern: add, step: 0}}\n  - id: D", "R13", "measure.step"),
        ("{pattern: full}}\n  - id: D", "{pattern: deduct, step: 1, floor: 21}}\n  - id: D", "R13", "measure.floor"),
        ("{pattern: full}}\n  - id: D", "{pattern: deduct, step: 1, unit: 0}}\n  - id: D", "R13", "measure.unit"),
        ("{pattern: full}}\n  - id: D", "{pattern: tolerance, nominal: 1, tol: -1}}\n  - id: D", "R13", "measure.tol"),
        ("{pattern: full}}\n  - id: D", "{pattern: tolerance, tol: 1}}\n  - id: D", "R13", "measure.nominal"),
        ("{pattern: full}}\n  - id: D", "{pattern: time, t_full: 9, t_zero: 9}}\n  - id: D", "R13", "measure.t_full"),
        (
            "{pattern: full}}\n  - id: D",
            "{pattern: ladder, rungs: [{award: 0, benchmark: {en: x}}, {award: 21, benchmark: {en: x}}]}}\n  - id: D",
            "R13",
            "measure.rungs",
        ),
        (
            "{pattern: full}}\n  - id: D",
            "{pattern: ladder, rungs: [{award: 1, benchmark: {en: x}}, {award: 1.0, benchmark: {en: x}}]}}\n  - id: D",
            "R13",
            "measure.rungs",
        ),
        ("section: 3", "section: 8", "R3", "section"),
        ("section: 3", "section: three", "R3", "section"),
        ("id: C1.1", "id: D1.1", "R1", "id"),
        ("id: C1.1", "id: C1-1", None, "id"),
        ("type: M, max: 20, section: 3", "type: J, max: 20, descriptors: [{en: x}], section: 3", "R4", "descriptors"),
    ],
)
def test_an_aspect_that_breaks_a_rule_is_named_by_line_and_field(
    was: str, becomes: str, rule: str | None, field: str
) -> None:
    text = scheme_text(WEIGHTS).decode()
    assert was in text
    faults = errors(text.replace(was, becomes, 1).encode())
    aspect = "criteria.2.sub_criteria.0.aspects.0"
    assert (f"{aspect}.{field}", rule, 34) in [(fault.field, fault.rule, fault.line) for fault in faults]


def test_r1_ids_are_unique_and_inside_their_parents() -> None:
    text = scheme_text(WEIGHTS).decode().replace("id: B1\n", "id: A1\n", 1)
    details = [fault.detail for fault in errors(text.encode())]
    assert "the id A1 is used twice" in details
    assert "A1 does not belong in criterion B" in details
    assert "B1.1 does not belong in sub criterion A1" in details


def test_r2_a_form_needs_its_day() -> None:
    text = scheme_text(WEIGHTS).decode().replace("      day: 1\n", "", 1)
    (fault,) = errors(text.encode())
    assert (fault.field, fault.rule, fault.line) == ("criteria.0.sub_criteria.0.day", "R2", 14)


def test_all_faults_come_at_once() -> None:
    text = scheme_text(WEIGHTS).decode()
    text = text.replace("max: 20", "max: nothing").replace("max: 15", "max: 0").replace("day: 1", "dai: 1", 1)
    rules = sorted((fault.line or 0, fault.rule or "") for fault in errors(text.encode()))
    assert {rule for _, rule in rules} == {"", "R2", "R3"}
    assert len(rules) == 4


def test_r34_marks_stay_the_text_that_was_written() -> None:
    scheme, _ = parse_scheme(scheme_text(("5", "5.10", "19.90", "25", "5", "25", "15.00")))
    written = [one.max for criterion in scheme.criteria for sub in criterion.sub_criteria for one in sub.aspects]
    assert written[1:3] == ["5.10", "19.90"]
    assert written[-1] == "15.00"


def test_the_reference_scheme_is_valid_without_warnings() -> None:
    path = Path(__file__).parents[3] / "examples" / "reference-event" / "scheme.yaml"
    scheme, warnings = parse_scheme(path.read_bytes())
    assert (len(scheme.criteria), warnings) == (7, [])
