"""What an .xlsx file is made of, judged before anything in it is read.

A workbook is a zip archive of XML, and each of its parts can be a trap: a few kilobytes that unfold into gigabytes,
a part that is there twice, macros, links to other files, entities. The directory of the archive is looked at first,
then the bytes of the parts; only what passes reaches a spreadsheet library. Limits are far above what a marking
scheme needs.
"""

import io
import re
import zipfile
from collections.abc import Iterator

from services.livescore.domain.schemes.finding import Finding

MAX_PARTS = 300
MAX_UNFOLDED = 12 * 1024 * 1024
MAX_RATIO = 150
MAX_ROWS = 5_000
MAX_CELLS = 40_000
_SMALL = 256 * 1024
_OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_REFUSED = {
    "macros": re.compile(r"vbaProject|macrosheets|\.bin$", re.IGNORECASE),
    "external_links": re.compile(r"externalLinks/|connections\.xml$|queryTables/", re.IGNORECASE),
    "embedded_objects": re.compile(r"embeddings/|activeX/|ctrlProps/", re.IGNORECASE),
}
_HARMLESS = re.compile(r"printerSettings\d*\.bin$", re.IGNORECASE)
_ENCODING = re.compile(rb"""^\s*<\?xml[^>]*encoding\s*=\s*["']([^"']*)["']""")
_ROW = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")


def faults_of(content: bytes) -> list[Finding]:
    """Everything that keeps this file from being opened; empty when it may be."""
    if content.startswith(_OLD):
        # Encrypted workbooks and old ones are the same kind of container; only the first names this stream.
        return [Finding("locked_workbook" if "EncryptedPackage".encode("utf-16-le") in content else "old_workbook")]
    if not content.startswith(b"PK"):
        return [Finding("not_a_workbook")]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            # The parts are only unfolded when their directory promises that they can be.
            return list(_directory_faults(archive.infolist())) or list(_part_faults(archive))
    except MemoryError:
        raise
    except Exception:  # an archive can be wrong in every way there is: its own errors, those of zlib and of struct
        return [Finding("damaged_workbook")]


def _directory_faults(parts: list[zipfile.ZipInfo]) -> Iterator[Finding]:
    if len(parts) > MAX_PARTS:
        yield Finding("too_many_parts", values={"limit": str(MAX_PARTS)})
    bomb = any(one.file_size > _SMALL and one.file_size > MAX_RATIO * max(one.compress_size, 1) for one in parts)
    if bomb or sum(one.file_size for one in parts) > MAX_UNFOLDED:
        yield Finding("unfolds", values={"limit": f"{MAX_UNFOLDED // 1024 // 1024} MB"})
    if any(one.flag_bits & 0x1 for one in parts):
        yield Finding("locked_workbook")
    names = [one.filename for one in parts]
    if any(one.compress_type not in _METHODS for one in parts) or len(set(names)) != len(names):
        yield Finding("damaged_workbook")
    for code, form in _REFUSED.items():
        if any(form.search(name) and not _HARMLESS.search(name) for name in names):
            yield Finding(code)
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        yield Finding("not_a_workbook")


def _part_faults(archive: zipfile.ZipFile) -> Iterator[Finding]:
    found: set[str] = set()
    rows = cells = 0
    for part in archive.infolist():
        if not part.filename.lower().endswith((".xml", ".rels", ".vml")):
            continue
        content = archive.read(part)
        if b"<!DOCTYPE" in content or b"<!ENTITY" in content or not _is_utf8(content):
            found.add("document_type")
        if part.filename == "[Content_Types].xml" and b"macroEnabled" in content:
            found.add("macros")
        if part.filename.endswith(".rels") and b"/externalLink" in content:
            found.add("external_links")
        if "worksheets/" in part.filename:
            rows = max(rows, sum(1 for _ in _ROW.finditer(content)))
            cells += sum(1 for _ in _CELL.finditer(content))
    for code in sorted(found):
        yield Finding(code)
    if rows > MAX_ROWS:
        yield Finding("too_many_rows", values={"limit": f"{MAX_ROWS:,}"})
    if cells > MAX_CELLS:
        yield Finding("too_many_cells", values={"limit": f"{MAX_CELLS:,}"})


def _is_utf8(content: bytes) -> bool:
    """Whether the bytes that were searched are the ones a parser will see: no other encoding can hide a declaration."""
    declared = _ENCODING.match(content.removeprefix(b"\xef\xbb\xbf"))
    named = declared[1].lower() if declared else b"utf-8"
    return named in {b"utf-8", b"us-ascii"} and b"\x00" not in content[:4096]
