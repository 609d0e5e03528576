"""A marking scheme from the 14-column sheet (R90, R91), or everything that is wrong with it, by cell.

What comes out is the same tree that YAML gives, with the cell of every part, so both kinds of file are judged
by the same rules in the same words. Aspects are the truth: totals written elsewhere are compared and never
used. Formulas are not worked out: where a total may be one it is passed over, anywhere else the cell is named.
"""

import re
from fractions import Fraction
from typing import Any

from services.livescore.domain.arithmetic import shown
from services.livescore.domain.schemes.bracket_rules import number, read_rules
from services.livescore.domain.schemes.checking import Checked, check
from services.livescore.domain.schemes.finding import Path, quoted
from services.livescore.domain.schemes.sheet import Sheet, cell_name
from services.livescore.domain.schemes.sheet_block import read_block
from services.livescore.domain.schemes.sheet_cells import Cells, without_none
from services.livescore.domain.schemes.sheet_headings import Block, find_places
from services.livescore.domain.schemes.tree import Tree

_ID, _NAME, _TYPE, _EXTRA, _WEIGHT, _PLACED, _MARK = 1, 2, 4, 7, 9, 10, 11
_DECIMAL = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")


def check_sheet(sheet: Sheet, *, bilingual: bool = False) -> Checked:
    """Read and judge; never raises for what is in the sheet."""
    return check(read_sheet(sheet), bilingual=bilingual)


def read_sheet(sheet: Sheet) -> Tree:
    tree = Tree({}, {(): 1}, {(): "A1"})
    cells = Cells(sheet, tree)
    places = find_places(sheet)
    starts = [row for row in (places.sections, places.criteria, *(block.row for block in places.blocks)) if row]
    tree.value = _title(cells, min(starts, default=sheet.last_row + 1))
    for there, code in ((places.sections, "no_section_table"), (places.criteria, "no_criteria_table")):
        if there is None:
            cells.fault(code, 1, 1, rule="R91")
    if not places.blocks:
        cells.fault("no_blocks", 1, 1, rule="R91")
    blocks: dict[str, Block] = {}
    for block in places.blocks:
        if block.lacking:
            cells.fault("no_heading", block.row, 1, rule="R91", names=", ".join(block.lacking))
        else:
            _take(blocks, block, cells)
    _refuse_merged(cells, places.blocks)
    if places.sections and places.criteria:
        # The two tables end where the next one begins; nothing is read from rows that belong to another.
        end = min((row - 1 for row in starts if row > places.sections), default=sheet.last_row)
        cells.at(places.sections, _ID, ("sections",))
        tree.value["sections"] = _sections(cells, places.sections + 1, end)
        end = min((row - 1 for row in starts if row > places.criteria), default=sheet.last_row)
        cells.at(places.criteria, _ID, ("criteria",))
        tree.value["criteria"] = _criteria(cells, places.criteria + 1, end, blocks)
        _compare_totals(cells, tree, blocks)
    return tree


def _title(cells: Cells, end: int) -> dict[str, Any]:
    """The first thing said on the sheet; `[share 5]` beside it is the cap on aspects (R7)."""
    for row, column in sorted(cells.sheet.cells):
        if row >= end:
            break
        if cells.filled(row, column):
            raw: dict[str, Any] = {"title": cells.both(row, column, ("title",))}
            said = cells.text(row, _EXTRA, ("max_aspect_share",)) if column != _EXTRA else None
            for rule in read_rules(said or "", frozenset({"share"})).rules:
                raw["max_aspect_share"] = number(rule.value)
            return without_none(raw)
    return {}


def _take(blocks: dict[str, Block], block: Block, cells: Cells) -> None:
    """File a block under its criterion: named on its heading, or by its first sub criterion's letter."""
    letter = block.criterion
    for row in range(block.row + 1, block.last + 1):
        if letter is None and cells.filled(row, block.columns["id"]):
            letter = cells.sheet.cells[row, block.columns["id"]].text.strip()[:1].upper()
    if letter is None:
        return  # a heading with nothing below it
    if letter in blocks:
        cells.fault("block_twice", block.row, 1, rule="R1", id=letter)
    blocks.setdefault(letter, block)


def _sections(cells: Cells, start: int, end: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for row in range(start, end + 1):
        if not cells.filled(row, _ID) or not (cells.filled(row, _WEIGHT) or cells.filled(row, _NAME)):
            continue  # titles and the line of totals have no number in front
        path: Path = ("sections", len(found))
        cells.at(row, _ID, path)
        raw = {
            "id": cells.number(row, _ID, (*path, "id")),
            "name": cells.both(row, _NAME, (*path, "name")),
            "weight": cells.number(row, _WEIGHT, (*path, "weight")),
        }
        found.append(without_none(raw))
    return found


def _criteria(cells: Cells, start: int, end: int, blocks: dict[str, Block]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    named: set[str] = set()
    for row in range(start, end + 1):
        if not cells.filled(row, _ID) or not (cells.filled(row, _NAME) or cells.filled(row, _MARK)):
            continue
        path: Path = ("criteria", len(found))
        cells.at(row, _ID, path)
        id_ = (cells.number(row, _ID, (*path, "id")) or "").upper()
        name = cells.both(row, _NAME, (*path, "name"))
        block = blocks.get(id_)
        named.add(id_)
        if block is None:
            cells.fault("criterion_without_block", row, _ID, path, "R1", id=quoted(id_))
        forms = [] if block is None else read_block(cells, block, (*path, "sub_criteria"))
        if block is not None:
            cells.at(block.row, 1, (*path, "sub_criteria"))
        found.append(without_none({"id": id_ or None, "name": name, "sub_criteria": forms}))
    for id_, block in blocks.items():
        if id_ not in named:
            cells.fault("unknown_criterion", block.row, 1, rule="R1", id=quoted(id_))
    return found


def _refuse_merged(cells: Cells, blocks: list[Block]) -> None:
    """A cell of an aspect that reaches over several rows leaves open to which of them it belongs."""
    first = min((block.row for block in blocks), default=None)
    for top, left, bottom, right in cells.sheet.merged:
        if first is not None and bottom > first and top < bottom and right >= _TYPE and left <= _MARK:
            name = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
            cells.fault("merged", top, left, rule="R91", range=name)


def _compare_totals(cells: Cells, tree: Tree, blocks: dict[str, Block]) -> None:
    """Sums that stand in the sheet and are no formulas, against the aspects (R91)."""
    placed: dict[str, Fraction] = {}
    for at, criterion in enumerate(tree.value["criteria"]):
        marks = [(one.get("section"), _marks(one)) for form in criterion["sub_criteria"] for one in form["aspects"]]
        total = sum((mark for _, mark in marks), Fraction(0))
        for section, mark in marks:
            placed[section or ""] = placed.get(section or "", Fraction(0)) + mark
        _compare(cells, tree.lines["criteria", at], _MARK, total)
        block = blocks.get(criterion.get("id", ""))
        if block is not None and block.total is not None:
            _compare(cells, block.row, block.total, total)
    for at, section in enumerate(tree.value["sections"]):
        _compare(cells, tree.lines["sections", at], _PLACED, placed.get(section.get("id", ""), Fraction(0)))


def _compare(cells: Cells, row: int, column: int, total: Fraction) -> None:
    said = cells.sum_said(row, column)
    if said is not None and _DECIMAL.fullmatch(said) and Fraction(said) != total:
        cells.fault("total_differs", row, column, rule="R91", warning=True, said=said, total=shown(total))


def _marks(aspect: dict[str, Any]) -> Fraction:
    text = str(aspect.get("max", ""))
    return Fraction(text) if _DECIMAL.fullmatch(text) else Fraction(0)
