"""Workbooks that are made to hurt, or that went wrong on the way; each from the good one by one change."""

import io
import struct
import zipfile
from collections.abc import Callable, Iterator
from datetime import date

import openpyxl
from openpyxl.worksheet.worksheet import Worksheet

from services.livescore.domain.schemes.sheet import IMPORT_SHEET

SHEET = "xl/worksheets/sheet1.xml"
Parts = dict[str, bytes]


def parts_of(content: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {one.filename: archive.read(one) for one in archive.infolist()}


def packed(parts: Parts, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def with_part(good: bytes, name: str, content: bytes = b"x") -> bytes:
    return packed(parts_of(good) | {name: content})


def within_sheet(good: bytes, old: bytes, new: bytes) -> bytes:
    parts = parts_of(good)
    assert old in parts[SHEET]
    return packed(parts | {SHEET: parts[SHEET].replace(old, new, 1)})


def edited(good: bytes, edit: Callable[[Worksheet], object]) -> bytes:
    """As somebody changes it in a spreadsheet program."""
    book = openpyxl.load_workbook(io.BytesIO(good))
    edit(book[IMPORT_SHEET])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def overlapping_promise(good: bytes) -> bytes:
    """A directory that promises few bytes for a part that has many."""
    bomb = packed(parts_of(good) | {SHEET: b" " * 9_000_000})
    at = bomb.rindex(SHEET.encode()) - 46
    return bomb[: at + 24] + struct.pack("<I", 1_000) + bomb[at + 28 :]


def made(good: bytes) -> Iterator[tuple[str, bytes, str]]:
    """A sentence, the file, and the code of what is said about it."""
    parts = parts_of(good)
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(100, 12_000))
    yield "nothing", b"", "not_a_workbook"
    yield "words", b"title: {en: A scheme}", "not_a_workbook"
    yield (
        "a web page that calls itself a workbook",
        b"<html><table><tr><td>1</td></tr></table></html>",
        "not_a_workbook",
    )
    yield "an old workbook", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 4096, "old_workbook"
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 512 + "EncryptedPackage".encode("utf-16-le")
    yield "a workbook with a password", locked, "locked_workbook"
    yield "half of a workbook", good[: len(good) // 2], "damaged_workbook"
    yield "another kind of archive", packed({"mimetype": b"application/vnd.oasis.opendocument"}), "not_a_workbook"
    yield "a part that unfolds a thousandfold", with_part(good, "xl/media/bomb.xml", b" " * 11_000_000), "unfolds"
    yield (
        "many parts that unfold together",
        packed(parts | {f"xl/media/{n}.bmp": bytes(range(256)) * 5000 for n in range(12)}),
        "unfolds",
    )
    yield "a directory that lies about a part's size", overlapping_promise(good), "damaged_workbook"
    yield "a thousand parts", packed(parts | {f"xl/media/{n}.png": b"" for n in range(1000)}), "too_many_parts"
    yield (
        "a million rows",
        packed(parts | {SHEET: b"<worksheet>" + b'<row r="1"/>' * 1_000_000 + b"</worksheet>"}, zipfile.ZIP_DEFLATED),
        "unfolds",
    )
    yield "twelve thousand rows", within_sheet(good, b"</sheetData>", rows + b"</sheetData>"), "too_many_rows"
    yield (
        "one cell in the last row there is",
        within_sheet(good, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'),
        "too_many_rows",
    )
    yield "macros", with_part(good, "xl/vbaProject.bin"), "macros"
    yield (
        "a workbook that says it has macros",
        packed(
            parts
            | {"[Content_Types].xml": parts["[Content_Types].xml"].replace(b"sheet.main", b"sheet.macroEnabled.main")}
        ),
        "macros",
    )
    yield "links to other files", with_part(good, "xl/externalLinks/externalLink1.xml", b"<x/>"), "external_links"
    yield "a connection to a database", with_part(good, "xl/connections.xml", b"<x/>"), "external_links"
    yield "an embedded object", with_part(good, "xl/embeddings/oleObject1.doc"), "embedded_objects"
    lol = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    yield "entities that unfold", with_part(good, "xl/styles.xml", lol + b"<x>&b;</x>"), "document_type"
    yield (
        "an entity that reads a file",
        with_part(good, "docProps/app.xml", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'),
        "document_type",
    )
    hidden = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x><x/>'.encode("utf-16")
    yield "a declaration in another encoding", with_part(good, "xl/styles.xml", hidden), "document_type"
    yield "XML that ends in the middle", packed(parts | {SHEET: parts[SHEET][:500]}), "damaged_workbook"
    yield (
        "a sheet with another name",
        packed(parts | {"xl/workbook.xml": parts["xl/workbook.xml"].replace(IMPORT_SHEET.encode(), b"Sheet1")}),
        "no_sheet",
    )
    yield "no tables at all", edited(good, lambda sheet: sheet.delete_rows(1, 400)), "no_blocks"
    yield "a mark that is a formula", edited(good, lambda sheet: sheet.__setitem__("K13", "=5+5")), "cell_formula"
    yield (
        "a mark that became a date",
        edited(good, lambda sheet: sheet.__setitem__("K13", date(2026, 2, 1))),
        "cell_date",
    )
    yield "marks merged over two aspects", edited(good, lambda sheet: sheet.merge_cells("K13:K14")), "merged"
