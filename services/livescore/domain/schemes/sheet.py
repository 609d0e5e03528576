"""The cells of one worksheet as plain data: what a spreadsheet file comes down to before it is understood."""

from dataclasses import dataclass, field
from typing import Literal

IMPORT_SHEET = "CIS Marking Scheme Import"
COLUMNS = 26
"""No scheme reaches beyond column Z; what stands there is not looked at."""

Kind = Literal["text", "number", "formula", "date", "error", "bool"]


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is what a person sees: a number with the decimals it is shown with. `strong` is for headings."""

    text: str
    kind: Kind = "text"
    strong: bool = False


@dataclass(slots=True)
class Sheet:
    """Rows and columns count from 1. `merged` are ranges: first row, first column, last row, last column."""

    cells: dict[tuple[int, int], Cell] = field(default_factory=dict)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    @property
    def last_row(self) -> int:
        return max((row for row, _ in self.cells), default=0)


def cell_name(row: int, column: int) -> str:
    """`K17` for row 17, column 11."""
    return f"{chr(64 + column)}{row}"
