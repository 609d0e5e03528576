"""Where the tables of a marking-scheme sheet begin: found by their headings, never by row numbers (R91).

Headings differ between years and generators (WSSS and WSOS, line breaks, "Sub Criteria"), so they are compared without
regard to case and spacing, by how they begin.
"""

import re
import unicodedata
from dataclasses import dataclass, field

from services.livescore.domain.schemes.sheet import COLUMNS, Sheet

_BLOCK = {
    "id": r"sub ?criteri(on|a) id",
    "name": r"sub ?criteri(on|a) name",
    "day": r"day",
    "type": r"aspect type",
    "extra": r"extra\b",
    "description": r"aspect\b.*description",
    "score": r"judg\w* score(?! desc)",
    "requirement": r"requirement",
    "section": r"(wsss|wsos|standards?)\b",
    "row": r"calculation",
    "max": r"max",
}
NEEDED = ("id", "name", "day", "type", "description", "score", "extra", "section", "max")


@dataclass(frozen=True, slots=True)
class Block:
    """One criterion's aspects: its heading's row, the column of each heading, the rows below up to the next block."""

    row: int
    last: int
    columns: dict[str, int]
    criterion: str | None
    total: int | None

    @property
    def lacking(self) -> list[str]:
        return [name for name in NEEDED if name not in self.columns]


@dataclass(slots=True)
class Places:
    """Heading rows; None when there is none."""

    sections: int | None = None
    criteria: int | None = None
    blocks: list[Block] = field(default_factory=list)


def find_places(sheet: Sheet) -> Places:
    places = Places()
    starts: list[tuple[int, dict[int, str]]] = []
    rows: dict[int, dict[int, str]] = {}
    for (row, column), cell in sheet.cells.items():
        if cell.kind == "text" and column <= COLUMNS:
            rows.setdefault(row, {})[column] = heading(cell.text)
    for row, said in sorted(rows.items()):
        texts = said.values()
        if any(re.match(_BLOCK["id"], one) for one in texts) and any(re.match(_BLOCK["type"], one) for one in texts):
            starts.append((row, said))
        elif starts:
            continue
        elif said.get(1, "").startswith("section") and any(re.match(r"(wsss|wsos) marks?", one) for one in texts):
            places.sections = places.sections or row
        elif re.fullmatch(r"(criteri(on|a) )?id", said.get(1, "")) and said.get(2, "").startswith("name"):
            places.criteria = places.criteria or row
    ends = [*(row - 1 for row, _ in starts[1:]), sheet.last_row]
    places.blocks = [_block(row, last, said) for (row, said), last in zip(starts, ends, strict=False)]
    return places


def heading(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _block(row: int, last: int, said: dict[int, str]) -> Block:
    columns: dict[str, int] = {}
    criterion = total = None
    for column, text in sorted(said.items()):
        if letter := re.fullmatch(r"criterion ([a-z])", text):
            criterion = letter[1].upper()
        elif text.startswith("total mark"):
            total = column + 1
        elif name := next((key for key, form in _BLOCK.items() if re.match(form, text)), None):
            columns.setdefault(name, column)
    return Block(row, last, columns, criterion, total)
