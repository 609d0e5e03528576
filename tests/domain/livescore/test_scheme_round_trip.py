"""What goes out as a sheet or as YAML comes back as the very same scheme (R90, R91)."""

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.livescore.domain.schemes.bilingual import read_text, write_text
from services.livescore.domain.schemes.checking import Checked
from services.livescore.domain.schemes.from_sheet import check_sheet
from services.livescore.domain.schemes.from_yaml import check_yaml
from services.livescore.domain.schemes.to_sheet import scheme_sheet
from services.livescore.domain.schemes.to_yaml import scheme_yaml
from shared.contracts.scheme import Scheme
from shared.contracts.text import Text
from tests.domain.livescore.made_schemes import schemes, texts

EXAMPLE = Path(__file__).parents[3] / "examples" / "reference-event" / "scheme.yaml"

often = settings(max_examples=40, suppress_health_check=list(HealthCheck))


def errors(checked: Checked) -> list[str]:
    return [f"{one.place}: {one.detail}" for one in checked.findings if not one.warning]


@often
@given(schemes())
def test_r90_any_scheme_comes_back_from_a_sheet_as_it_went_in(scheme: Scheme) -> None:
    """Free text, totals and types give warnings in foreign files; never in a file of ours (R91)."""
    checked = check_sheet(scheme_sheet(scheme))
    assert errors(checked) == []
    assert checked.scheme == scheme
    found = {one.code for one in checked.findings}
    assert found <= {"few_criteria", "sections_vary", "section_varies", "no_team", "no_english", "no_chinese"}


@often
@given(schemes())
def test_any_scheme_comes_back_from_yaml_as_it_went_in(scheme: Scheme) -> None:
    checked = check_yaml(scheme_yaml(scheme))
    assert errors(checked) == []
    assert checked.scheme == scheme


@settings(max_examples=300)
@given(texts)
def test_r11_both_languages_of_any_text_share_a_cell(raw: dict[str, str]) -> None:
    assert read_text(write_text(Text.model_validate(raw))) == raw


@given(st.text(max_size=60))
def test_any_cell_is_read_as_some_text(cell: str) -> None:
    assert set(read_text(cell)) <= {"en", "zh"}


def test_the_reference_scheme_goes_through_both_kinds_of_file() -> None:
    scheme = check_yaml(EXAMPLE.read_bytes()).usable()
    from_sheet = check_sheet(scheme_sheet(scheme))
    assert from_sheet.scheme == scheme
    assert from_sheet.findings == ()
    assert check_yaml(scheme_yaml(scheme)).scheme == scheme
