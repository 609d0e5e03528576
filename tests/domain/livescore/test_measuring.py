from fractions import Fraction
from typing import Any

import pytest

from services.livescore.domain import measurement
from services.livescore.domain.arithmetic import shown
from shared.contracts.scheme import Aspect
from shared.errors import Rejected


def award(maximum: str, value: str, **measure: Any) -> Fraction:
    raw = {"id": "A1.1", "type": "M", "description": {"en": "x"}, "section": 1, "max": maximum, "measure": measure}
    return measurement.award(Aspect.model_validate(raw), value)


@pytest.mark.parametrize(("value", "marks"), [("met", "2"), ("not_met", "0")])
def test_r13_full_is_all_or_nothing(value: str, marks: str) -> None:
    assert award("2.00", value, pattern="full") == Fraction(marks)


@pytest.mark.parametrize(("value", "floor", "marks"), [("3", "0", "1.25"), ("9", "0", "0"), ("9", "0.50", "0.50")])
def test_w2_deductions_stop_at_the_floor(value: str, floor: str, marks: str) -> None:
    assert award("2.00", value, pattern="deduct", step="0.25", floor=floor) == Fraction(marks)


@pytest.mark.parametrize(("mode", "marks"), [("floor", "0.60"), ("ceil", "0.50")])
def test_w3_a_physical_error_becomes_a_count(mode: str, marks: str) -> None:
    """W3, R14."""
    measure = {"pattern": "deduct", "step": "0.10", "unit": "1", "count_mode": mode}
    assert award("1.00", "4.7", **measure) == Fraction(marks)


@pytest.mark.parametrize(("value", "marks"), [("7", "0.70"), ("13", "1.00")])
def test_w4_hits_count_up_to_the_maximum(value: str, marks: str) -> None:
    assert award("1.00", value, pattern="add", step="0.10") == Fraction(marks)


@pytest.mark.parametrize(("value", "marks"), [("12.3", "3"), ("12.31", "0"), ("11.7", "3"), ("11.69", "0")])
def test_w5_the_boundary_of_a_tolerance_is_inside(value: str, marks: str) -> None:
    assert award("3.00", value, pattern="tolerance", nominal="12.0", tol="0.3") == Fraction(marks)


@pytest.mark.parametrize(("value", "marks"), [("40.023", "1"), ("40.024", "0")])
def test_w6_the_instruments_allowance_widens_the_tolerance(value: str, marks: str) -> None:
    measure = {"pattern": "tolerance", "nominal": "40.000", "tol": "0.020", "comp": "0.003"}
    assert award("1.00", value, **measure) == Fraction(marks)


@pytest.mark.parametrize(
    ("value", "marks", "text"),
    [
        ("5000", "5", "5.00"),
        ("6000", "10/3", "3.33"),
        ("6300", "5/2", "2.50"),
        ("7200", "0", "0.00"),
        ("7300", "0", "0.00"),
    ],
)
def test_w7_time_counts_evenly_between_its_two_ends(value: str, marks: str, text: str) -> None:
    exact = award("5.00", value, pattern="time", t_full="5400", t_zero="7200")
    assert (exact, shown(exact)) == (Fraction(marks), text)


LADDER = {
    "pattern": "ladder",
    "rungs": [{"award": text, "benchmark": {"en": text}} for text in ("0", "1", "2.50")],
}


def test_r13_a_ladder_takes_its_rungs_however_they_are_written() -> None:
    assert award("3", "2.5", **LADDER) == award("3", "2.50", **LADDER) == Fraction("2.5")


@pytest.mark.parametrize(
    "measure",
    [
        {"pattern": "full"},
        {"pattern": "deduct", "step": "1", "floor": "1"},
        {"pattern": "tolerance", "nominal": "0", "tol": "1"},
        {"pattern": "time", "t_full": "1", "t_zero": "2"},
        LADDER,
    ],
)
def test_r37_not_attempted_is_a_recorded_zero_for_every_pattern(measure: dict[str, Any]) -> None:
    assert award("3.00", "not_attempted", **measure) == 0


COUNTED = {"pattern": "add", "step": "1"}
TOLERANCE = {"pattern": "tolerance", "nominal": "0", "tol": "1"}


@pytest.mark.parametrize(
    ("measure", "value"),
    [
        ({"pattern": "full"}, "yes"),
        ({"pattern": "full"}, "MET"),
        (COUNTED, "-1"),
        (COUNTED, "1.5"),
        (COUNTED, "1e3"),
        (COUNTED, "٣"),
        (COUNTED, "1_000"),
        (COUNTED, " 3"),
        (COUNTED, "3\n"),
        (COUNTED, ""),
        (TOLERANCE, "NaN"),
        (TOLERANCE, "Infinity"),
        (TOLERANCE, "1e0"),
        (TOLERANCE, "1/2"),
        (TOLERANCE, "12,3"),
        (TOLERANCE, "9" * 400),
        ({"pattern": "time", "t_full": "1", "t_zero": "2"}, "-1"),
        (LADDER, "1.5"),
    ],
)
def test_r16_a_reading_that_cannot_be_meant_is_refused_and_not_zeroed(measure: dict[str, Any], value: str) -> None:
    with pytest.raises(Rejected) as refused:
        award("3.00", value, **measure)
    (fault,) = refused.value.faults
    assert (fault.field, fault.rule) == ("value", "R13")
