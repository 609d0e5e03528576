"""Taking values out of a sheet: each cell leaves its place in the tree, and a fault if it cannot be used."""

from typing import Any

from services.livescore.domain.schemes.bilingual import read_text
from services.livescore.domain.schemes.bracket_rules import number
from services.livescore.domain.schemes.finding import Finding, Path, quoted
from services.livescore.domain.schemes.sheet import Sheet, cell_name
from services.livescore.domain.schemes.tree import Tree

_UNUSABLE = {"formula": "cell_formula", "date": "cell_date", "error": "cell_error", "bool": "cell_bool"}


class Cells:
    """Reads into `tree`; whatever comes out is text as in a YAML file, or None when there is nothing to be used."""

    def __init__(self, sheet: Sheet, tree: Tree) -> None:
        self.sheet = sheet
        self._tree = tree

    def filled(self, row: int, column: int | None) -> bool:
        cell = None if column is None else self.sheet.cells.get((row, column))
        return cell is not None and bool(cell.text.strip())

    def at(self, row: int, column: int, path: Path) -> None:
        """This part of the scheme stands, or belongs, in this cell."""
        self._tree.lines[path] = row
        self._tree.cells[path] = cell_name(row, column)

    def text(self, row: int, column: int | None, path: Path) -> str | None:
        if column is None:
            return None
        self.at(row, column, path)
        cell = self.sheet.cells.get((row, column))
        if cell is None or not cell.text.strip():
            return None
        if cell.kind in _UNUSABLE:
            self.fault(_UNUSABLE[cell.kind], row, column, path, said=quoted(cell.text))
            return None
        return cell.text.strip()

    def number(self, row: int, column: int | None, path: Path) -> str | None:
        text = self.text(row, column, path)
        return None if text is None else number(text)

    def both(self, row: int, column: int | None, path: Path) -> dict[str, str] | None:
        """A text in one or both languages."""
        text = self.text(row, column, path)
        if text is None or column is None:
            return None
        found = read_text(text)
        for language in found:
            self.at(row, column, (*path, language))
        return found

    def sum_said(self, row: int, column: int | None) -> str | None:
        """A total that somebody wrote beside the aspects; None when there is none or it is a formula."""
        cell = None if column is None else self.sheet.cells.get((row, column))
        return number(cell.text) if cell is not None and cell.kind in {"text", "number"} else None

    def fault(
        self, code: str, row: int, column: int, path: Path = (), rule: str | None = None, *, warning: bool = False,
        **values: str,
    ) -> None:  # fmt: skip
        found = Finding(code, path, rule, warning, values, row, cell_name(row, column))
        self._tree.faults.append(found)


def without_none(raw: dict[str, Any]) -> dict[str, Any]:
    """What is not there is left out, as in a YAML file."""
    return {key: value for key, value in raw.items() if value is not None}
