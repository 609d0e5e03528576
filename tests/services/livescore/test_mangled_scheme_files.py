"""Whatever happened to a file on its way: it is read, or refused in words, and never a fault of ours."""

from pathlib import Path

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from services.livescore.domain.schemes.from_sheet import check_sheet
from services.livescore.domain.schemes.from_yaml import check_yaml
from services.livescore.domain.schemes.sheet import Cell, Kind, Sheet
from services.livescore.domain.schemes.to_sheet import scheme_sheet
from services.livescore.spreadsheets.package import faults_of
from services.livescore.spreadsheets.workbook import write_workbook

EXAMPLE = Path(__file__).parents[3] / "examples" / "reference-event" / "scheme.yaml"
SCHEME = check_yaml(EXAMPLE.read_bytes()).usable()
SHEET = scheme_sheet(SCHEME)
WORKBOOK = write_workbook(SHEET)
PLACES = sorted(SHEET.cells)
KINDS: list[Kind] = ["text", "number", "formula", "date", "error", "bool"]
OLD_WORKBOOK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
REFUSALS = {"damaged_workbook", "not_a_workbook", "old_workbook", "locked_workbook", "unfolds", "document_type"}

mangled = settings(max_examples=60, suppress_health_check=list(HealthCheck))
texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["[deduct", "[deduct ; ;]", "[time]", "[ladder] [dual] x", "[id]", "[team]", "A", "J", "M", "-1", "1e9"]
    ),
    st.sampled_from([cell.text for cell in SHEET.cells.values()]),
)
cells = st.builds(Cell, texts, st.sampled_from(KINDS))


@mangled
@given(st.dictionaries(st.sampled_from(PLACES), st.none() | cells, max_size=25))
def test_r91_any_change_to_any_cells_is_judged(changes: dict[tuple[int, int], Cell | None]) -> None:
    found = SHEET.cells | changes
    sheet = Sheet({at: cell for at, cell in sorted(found.items()) if cell is not None})
    checked = check_sheet(sheet)
    assert checked.scheme is not None or any(not one.warning for one in checked.findings)
    for one in checked.findings:
        assert one.line is not None
        assert all((*one.words("en"), *one.words("zh")))


@mangled
@given(st.lists(st.tuples(st.integers(1, 120), st.integers(1, 120)), max_size=6))
def test_r91_rows_in_any_order_are_judged(swaps: list[tuple[int, int]]) -> None:
    rows = {row: row for row in range(1, 121)}
    for one, other in swaps:
        rows[one], rows[other] = rows[other], rows[one]
    sheet = Sheet({(rows.get(row, row), column): cell for (row, column), cell in SHEET.cells.items()})
    checked = check_sheet(sheet)
    assert checked.scheme is not None or checked.findings


@mangled
@given(st.integers(0, len(WORKBOOK) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 40))
@example(0, OLD_WORKBOOK, 0)
def test_any_damage_to_a_workbooks_bytes_is_told_before_it_is_opened_or_left_to_its_reader(
    at: int, noise: bytes, cut: int
) -> None:
    damaged = WORKBOOK[:at] + noise + WORKBOOK[at + cut :]
    assert {one.code for one in faults_of(damaged)} <= REFUSALS
