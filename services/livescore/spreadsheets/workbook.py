"""The one door to openpyxl: a workbook's bytes to a sheet of plain cells and back.

Runs only in a child process (`child.py`), on files that `package.py` has let through. Numbers become the text a
person sees, with the decimals their format shows, because 5.10 marks are not 5.1 when they come back. On the way
out every text is typed as text and carries the mark that spreadsheets themselves set for an apostrophe, so that
nothing that begins with =, +, - or @ is ever worked out, also after somebody has edited the cell.
"""

import io
import math
import re
from decimal import Decimal
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell as XlsxCell
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from services.livescore.domain.schemes.finding import Finding, quoted
from services.livescore.domain.schemes.sheet import COLUMNS, IMPORT_SHEET, Cell, Kind, Sheet
from services.livescore.spreadsheets.package import MAX_ROWS

_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FIXED = re.compile(r"(0+)(?:\.(0+))?")
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "'")
_KINDS: dict[str, Kind] = {"f": "formula", "d": "date", "e": "error", "b": "bool", "n": "number"}
_WIDTHS = {1: 11, 2: 34, 3: 10, 4: 9, 5: 48, 6: 8, 7: 52, 8: 24, 9: 10, 10: 12, 11: 9, 12: 14, 13: 11, 14: 9}
_TOP = Alignment(wrap_text=True, vertical="top")
_STRONG = Font(bold=True)


def read_workbook(content: bytes) -> Sheet | Finding:
    """The sheet of the scheme, or why there is none; raises whatever openpyxl does on a damaged file."""
    book = load_workbook(io.BytesIO(content), data_only=False, keep_links=False, rich_text=False)
    wanted = _same(IMPORT_SHEET)
    found = next((one for one in book.worksheets if _same(one.title) == wanted), None)
    if found is None:
        return Finding("no_sheet", values={"names": quoted(", ".join(book.sheetnames), 120)})
    if found.max_row > MAX_ROWS:
        return Finding("too_many_rows", values={"limit": f"{MAX_ROWS:,}"})
    sheet = Sheet()
    for row in found.iter_rows(max_col=min(found.max_column, COLUMNS)):
        for one in row:
            if isinstance(one, XlsxCell) and one.value is not None:
                sheet.cells[one.row, one.column] = _cell(one)
    sheet.merged = [(one.min_row, one.min_col, one.max_row, one.max_col) for one in found.merged_cells.ranges]
    return sheet


def write_workbook(sheet: Sheet) -> bytes:
    book = Workbook()
    made = book.active
    assert isinstance(made, Worksheet)
    made.title = IMPORT_SHEET
    for (row, column), cell in sorted(sheet.cells.items()):
        one = made.cell(row, column)
        assert isinstance(one, XlsxCell)
        if cell.kind == "number":
            one.value = Decimal(cell.text)
            one.number_format = _format_of(cell.text)
        else:
            one.value = _ESCAPE.sub("_x005F_", cell.text)
            one.data_type = "s"  # never a formula, whatever it begins with
            one.quotePrefix = cell.text.startswith(_ACTIVE)
        one.alignment = _TOP
        if cell.strong:
            one.font = _STRONG
    for column, width in _WIDTHS.items():
        made.column_dimensions[chr(64 + column)].width = width
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(one: XlsxCell) -> Cell:
    value: Any = one.value
    kind = _KINDS.get(one.data_type, "text")
    if kind == "number":
        return Cell(_as_shown(value, one.number_format), "number")
    if kind == "text":
        return Cell(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), str(value)))
    return Cell(str(value)[:80], kind)


def _as_shown(value: int | float, number_format: str) -> str:
    """A number to the fifteen digits that spreadsheets hold, with the zeros its format shows, never rounded."""
    if not math.isfinite(value):
        return str(value)
    exact = Decimal(format(value, ".15g"))
    if fixed := _FIXED.fullmatch(number_format):
        places = len(fixed[2] or "")
        if round(exact, places) == exact:
            whole = len(fixed[1]) + (places + 1 if places else 0)
            return format(exact, f".{places}f").zfill(whole)
    return format(exact.normalize(), "f")


def _format_of(text: str) -> str:
    """The format that shows a number exactly as it is written."""
    whole, _, decimals = text.partition(".")
    zeros = "0" * (len(whole) if whole.startswith("0") else 1)
    return f"{zeros}.{'0' * len(decimals)}" if decimals else zeros


def _same(name: str) -> str:
    return "".join(name.casefold().split())
