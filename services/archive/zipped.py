"""An archive: a zip file with one part per kind of thing, and a manifest that says what must be in it.

    manifest.json        format, when and with what it was made, an inventory of all that follows
    livescore.ndjson     events as they stand in the ledgers, a line each, streams in order
    registration.ndjson
    people.ndjson        personal data: names, addresses, every consent; left out on request
    judges.ndjson        personal data: the names of judges
    signing.pem          the key that signs links, only when asked for

Anybody can read it with ordinary tools. It is written beside its place under another name, for its own user only, and
renamed when all of it is on disk. Nothing is ever in memory whole, on neither way: a line at a time.

A reader trusts nothing in it: sizes, names and counts are checked before and while reading, and whatever an unzipper
may raise becomes one `BadStart`.
"""

import contextlib
import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, Literal, cast

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError

from services.archive.inventory import PARTS, Inventory, Part
from shared.errors import BadStart

FORMAT = 1
_MANIFEST = "manifest.json"
_KEY = "signing.pem"
_LONGEST_LINE = 16 << 20
_BUFFER = 256 << 10
_LARGEST_MANIFEST = 64 << 20
_LARGEST_KEY = 64 << 10
_HONEST_RATIO = 200
"""Events shrink to a tenth at most; what unpacks to more than this was made to fill a disk."""
_ALWAYS_FINE = 1 << 20
_PACKED = frozenset({zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED})


class Manifest(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal[1]
    made_at: str
    software: str
    personal_data: bool
    keys: bool
    inventory: Inventory


class ArchiveWriter:
    """`begin` a part, `add` its lines, go on with the next, `finish` with the manifest."""

    def __init__(self, file: IO[bytes], at: datetime) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self._at = at.timetuple()[:6]
        self._part: IO[bytes] | None = None
        self._name = ""

    def add(self, part: Part, lines: Sequence[bytes]) -> None:
        """Parts come one after the other; a part that has no lines is begun by no lines."""
        if self._name != part:
            self._end_part()
            self._name = part
            self._part = self._zip.open(self._entry(f"{part}.ndjson"), "w", force_zip64=True)
        if self._part is not None:
            self._part.write(b"".join(lines))

    def add_key(self, pem: bytes) -> None:
        self._end_part()
        self._zip.writestr(self._entry(_KEY), pem)

    def finish(self, manifest: Manifest) -> None:
        self._end_part()
        self._zip.writestr(self._entry(_MANIFEST), orjson.dumps(manifest.model_dump(), option=orjson.OPT_INDENT_2))

    def close(self) -> None:
        self._end_part()
        self._zip.close()

    def _end_part(self) -> None:
        if self._part is not None:
            self._part.close()
            self._part = None

    def _entry(self, name: str) -> zipfile.ZipInfo:
        entry = zipfile.ZipInfo(name, self._at)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = (stat.S_IFREG | 0o600) << 16
        return entry


@contextlib.contextmanager
def new_archive(path: Path, at: datetime) -> Iterator[ArchiveWriter]:
    """The archive appears at `path` complete and on disk, or not at all; never over something that is there."""
    if path.exists():
        raise BadStart(f"{path} is there already; name another file")
    new = path.with_name(path.name + ".new")
    try:
        new.unlink(missing_ok=True)
        # From its first byte on nobody else can read it, and it is not somebody else's file or link.
        descriptor = os.open(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w+b") as file:
                with contextlib.closing(ArchiveWriter(file, at)) as writer:
                    yield writer
                file.flush()
                os.fsync(file.fileno())
            new.rename(path)
        finally:
            new.unlink(missing_ok=True)
        directory = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
    except OSError as exc:
        raise BadStart(f"cannot write {path}: {exc.strerror}") from exc


class Archive:
    """An archive to read; `manifest` has been checked for its shape, the parts only when they are read."""

    def __init__(self, path: Path, zipped: zipfile.ZipFile) -> None:
        self._path = path
        self._zip = zipped
        entries = {entry.filename: entry for entry in zipped.infolist()}
        if len(entries) != len(zipped.infolist()):
            raise self._damaged("a name is in it twice")
        if any(entry.compress_type not in _PACKED for entry in entries.values()):
            raise self._damaged("it is packed in another way than this version packs")
        self._entries = entries
        self.manifest = self._read_manifest()
        wanted = {_MANIFEST, *(f"{part}.ndjson" for part in self.manifest.inventory.parts)}
        wanted |= {_KEY} if self.manifest.keys else set()
        if wanted != entries.keys():
            raise self._damaged(
                f"its parts are not those of its manifest: {', '.join(sorted(wanted ^ entries.keys()))}"
            )
        for part, facts in self.manifest.inventory.parts.items():
            entry = entries[f"{part}.ndjson"]
            if entry.file_size != facts.size:
                raise self._damaged(f"{part} has {entry.file_size} bytes and should have {facts.size}")

    @property
    def parts(self) -> list[Part]:
        return [part for part in PARTS if part in self.manifest.inventory.parts]

    def key(self) -> bytes | None:
        return self._small(_KEY, _LARGEST_KEY) if self.manifest.keys else None

    def lines(self, part: Part) -> Iterator[bytes]:
        """The part's lines, each with its end; raise BadStart as soon as something is wrong with the file."""
        entry = self._honest(f"{part}.ndjson")
        # Buffered, because the unzipper's own `readline` with a limit takes several times as long.
        with (
            self._sound(),
            self._zip.open(entry) as unzipped,
            io.BufferedReader(cast("io.RawIOBase", unzipped), _BUFFER) as file,
        ):
            while line := file.readline(_LONGEST_LINE + 1):
                if len(line) > _LONGEST_LINE or not line.endswith(b"\n"):
                    raise self._damaged(f"{part} has a line that is too long or cut off")
                yield line

    def _read_manifest(self) -> Manifest:
        if _MANIFEST not in self._entries:
            raise BadStart(f"{self._path} is no showcase archive: it has no {_MANIFEST}")
        text = self._small(_MANIFEST, _LARGEST_MANIFEST)
        try:
            raw = orjson.loads(text)
            found = raw["format"] if isinstance(raw, dict) else None
            if isinstance(found, int) and found != FORMAT:
                raise BadStart(
                    f"{self._path} has archive format {found}, this version reads {FORMAT}; "
                    "restore it with the version that made it"
                )
            return Manifest.model_validate(raw)
        except (ValueError, KeyError, ValidationError):
            raise self._damaged(f"its {_MANIFEST} is not one") from None

    def _small(self, name: str, largest: int) -> bytes:
        if self._entries[name].file_size > largest:
            raise self._damaged(f"{name} is too large")
        with self._sound():
            return self._zip.read(self._honest(name))

    def _honest(self, name: str) -> zipfile.ZipInfo:
        entry = self._entries[name]
        if entry.file_size > max(_ALWAYS_FINE, _HONEST_RATIO * entry.compress_size):
            raise self._damaged(f"{name} unpacks to {entry.file_size:,} bytes from {entry.compress_size:,}")
        return entry

    @contextlib.contextmanager
    def _sound(self) -> Iterator[None]:
        try:
            yield
        except _FAULTS as exc:
            raise self._damaged(str(exc) or type(exc).__name__) from exc

    def _damaged(self, why: str) -> BadStart:
        return BadStart(f"{self._path} is damaged: {why}")


_FAULTS = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, RuntimeError, ValueError, ArithmeticError)
"""What Python's unzipper raises over bytes that are no sound zip file, encrypted or packed in another way."""


@contextlib.contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Raise BadStart when it is not there or is no archive of this version."""
    try:
        zipped = zipfile.ZipFile(path)
    except FileNotFoundError:
        raise BadStart(f"there is no {path}") from None
    except PermissionError as exc:
        raise BadStart(f"cannot read {path}: {exc.strerror}") from exc
    except _FAULTS as exc:
        raise BadStart(f"{path} is damaged or no showcase archive: {exc}") from exc
    with zipped:
        yield Archive(path, zipped)
