"""Writes result files for ceremony software: one sheet of rows, and a second one that says what they are.

The few parts of a workbook that are needed are written here: a spreadsheet library would stay in the memory of the
service for the sake of one table. Every text is a string cell, so none is a formula; one that looks like a formula
carries the quote mark as well, for programs that save it on. The same rows give the same bytes.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from html import escape
from importlib.resources import files
from string import ascii_uppercase

from services.livescore.domain.results.tables import Row, Value, is_formula

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PLAIN, _BOLD, _QUOTED = 0, 1, 2
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LONG_AGO = (1980, 1, 1, 0, 0, 0)

_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
    '<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/>'
    '<xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" quotePrefix="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def workbook(title: str, columns: Sequence[str], rows: Iterable[Row], about: Sequence[str]) -> bytes:
    """The first sheet has `columns` and `rows`, the second, `About`, a line of text in each row."""
    sheets = {title: _sheet(columns, rows), "About": _sheet((), ((line,) for line in about))}
    parts = {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>'
        + _each(sheets, '<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="' + _TYPE + '.worksheet+xml"/>')
        + "</Types>",
        "_rels/.rels": _relations(
            f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/>'
        ),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        + _each(sheets, '<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>')
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": _relations(
            _each(
                sheets, f'<Relationship Id="rId{{n}}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{{n}}.xml"/>'
            )
            + f'<Relationship Id="rId{len(sheets) + 1}" Type="{_OFFICE}/styles" Target="styles.xml"/>'
        ),
        "xl/styles.xml": _STYLES,
    } | {f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in enumerate(sheets.values(), start=1)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as package:
        for name, part in parts.items():
            package.writestr(zipfile.ZipInfo(name, _LONG_AGO), part.encode(), zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _each(sheets: Iterable[str], pattern: str) -> str:
    return "".join(pattern.format(n=n, name=escape(name)) for n, name in enumerate(sheets, start=1))


def _relations(content: str) -> str:
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{content}</Relationships>'


def _sheet(columns: Sequence[str], rows: Iterable[Row]) -> str:
    lines: list[tuple[Sequence[Value], int]] = [(columns, _BOLD)] if columns else []
    lines += [(row, _PLAIN) for row in rows]
    written = "".join(_line(number, values, style) for number, (values, style) in enumerate(lines, start=1))
    return f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>{written}</sheetData></worksheet>'


def _line(number: int, values: Sequence[Value], style: int) -> str:
    cells = zip(ascii_uppercase, values, strict=False)  # no table here has more columns than letters
    return f'<row r="{number}">{"".join(_cell(f"{letter}{number}", value, style) for letter, value in cells)}</row>'


def _cell(place: str, value: Value, style: int) -> str:
    if isinstance(value, int):
        return f'<c r="{place}"><v>{value}</v></c>'
    if not value:
        return ""
    text = escape(_NOT_IN_XML.sub("\ufffd", value))
    style = _QUOTED if is_formula(value) else style
    return f'<c r="{place}" t="inlineStr" s="{style}"><is><t xml:space="preserve">{text}</t></is></c>'


_MEMBERS = {
    "GB": "United Kingdom",
    "HK": "Hong Kong, China",
    "KR": "Korea",
    "MO": "Macao, China",
    "TW": "Chinese Taipei",
}
"""Members as they are named at competitions, where the list of countries has another or a shortened name."""


@lru_cache(maxsize=1)
def member_names() -> dict[str, str]:
    """English names by country code, from the list that comes with the time zones."""
    listed = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    lines = (line.partition("\t") for line in listed.splitlines() if line and not line.startswith("#"))
    return {code: name for code, _, name in lines} | _MEMBERS
