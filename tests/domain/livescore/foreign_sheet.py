"""A sheet as other programs write it: WSSS headings with line breaks, no rules in brackets, totals as formulas."""

from collections.abc import Mapping

from services.livescore.domain.schemes.sheet import Cell, Kind, Sheet

Row = Mapping[str, str | int | float | tuple[str, Kind]]

HEADINGS: Row = {
    "A": "Sub\nCriterion\nID",
    "B": "Sub Criterion\nName or Description",
    "C": "Day of Marking",
    "D": "Aspect\nType\nM = Meas\nJ = Judg",
    "E": "Aspect - Description",
    "F": "Judg Score",
    "G": "Extra Aspect Description (Meas or Judg)\nOR\nJudgement Score Description (Judg only)",
    "H": "Requirement\n(Measurement Only)",
    "I": "WSSS Section",
    "J": "Calculation Row \n(Export only)",
    "K": "Max\nMark",
    "L": "Criterion A",
    "M": "Total\nMark",
    "N": ("=SUM(K14:K22)", "formula"),
}

ROWS: dict[int, Row] = {
    1: {"A": "99 Invented Skill"},
    2: {"A": "An invented project"},
    4: {"A": "WorldSkills Standards Specification"},
    5: {"A": "Section", "I": "WSSS Marks", "J": "Aspect Marks", "K": "Variation"},
    6: {"A": 1, "B": "Everything", "I": 100, "J": ("=SUMIF(I14:I400,A6,K14:K400)", "formula"), "K": 0},
    7: {"I": "Total", "J": 100, "K": "Total Variation"},
    9: {"A": "Criteria"},
    10: {"A": "ID", "B": "Name", "K": "Mark"},
    11: {"A": "A", "B": "Workmanship", "K": ("=N13", "formula")},
    13: HEADINGS,
    14: {"A": "A1", "B": "On the bench", "C": 1},
    15: {"D": "M", "E": "It runs", "G": "For ten seconds", "H": "Yes/No", "I": 1, "K": 40},
    16: {"D": "M", "E": "It is labelled", "I": 1, "K": 30},
    17: {"D": "J", "E": "Neatness", "I": 1, "K": 30},
    18: {"F": 0, "G": "Untidy"},
    19: {"F": 1, "G": "Tidy"},
    20: {"F": 2, "G": "Very tidy"},
    21: {"F": 3, "G": "Exemplary"},
    23: {"L": "Competition", "M": "Total\nMark", "N": 100},
}


def cell(value: str | int | float | tuple[str, Kind]) -> Cell:
    if isinstance(value, tuple):
        return Cell(*value)
    return Cell(str(value), "text" if isinstance(value, str) else "number")


def sheet(changes: Mapping[str, str | int | float | tuple[str, Kind] | None] | None = None) -> Sheet:
    """The foreign sheet with some cells changed, `{"K15": "40,00"}`; None empties one."""
    made = Sheet()
    for row, cells in ROWS.items():
        for column, value in cells.items():
            made.cells[row, ord(column) - 64] = cell(value)
    for name, changed in (changes or {}).items():
        at = (int(name[1:]), ord(name[0]) - 64)
        made.cells.pop(at, None)
        if changed is not None:
            made.cells[at] = cell(changed)
    return made


def moved(made: Sheet, down: int = 0, right_from: int | None = None) -> Sheet:
    """The same further down; from column `right_from` on one column further to the right."""
    return Sheet(
        {
            (row + down, column + (right_from is not None and column >= right_from)): one
            for (row, column), one in made.cells.items()
        },
        made.merged,
    )
