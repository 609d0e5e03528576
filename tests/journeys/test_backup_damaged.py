"""Archives that are not what they should be, and restores that are cut off: a clear line, and nothing half done."""

from __future__ import annotations

import asyncio
import hashlib
import json
import random
import signal
import subprocess
import sys
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from services.archive.backup import run_backup
from services.archive.places import Folder
from services.archive.restore import run_restore
from services.verify import fold
from shared.contracts.events import decode
from shared.errors import BadStart
from shared.ledger.sqlite import SqliteLedger, read_file
from tests.faults.command import ROOT, run
from tests.journeys.dying_restore import POINTS
from tests.journeys.small_showcase import make_showcase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DAMAGES = 150


@pytest.fixture
async def archive(tmp_path: Path) -> Path:
    """A good archive of a small showcase in `tmp_path / "old"`."""
    old, archive = await make_showcase(tmp_path / "old"), tmp_path / "good.zip"
    assert await run_backup(Folder(old), archive, people=True, keys=True, as_json=False) == 0
    return archive


async def refused(archive: Path) -> str:
    """The line with which a restore is refused; nothing is left of it."""
    target = archive.parent / "target"
    with pytest.raises(BadStart) as caught:
        await run_restore(archive, Folder(target), as_json=False)
    assert {one.name for one in archive.parent.iterdir()} <= {"old", "good.zip", archive.name}
    return str(caught.value)


def rewritten(
    archive: Path,
    part: str = "",
    change: Callable[[list[bytes]], list[bytes]] | None = None,
    about: Callable[[dict[str, Any]], None] = lambda _manifest: None,
    *,
    honest: bool = True,
) -> Path:
    """The archive with a part or the manifest changed, with fitting checksums as a skilled forger would write them."""
    other = archive.with_name("other.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(other, "w", zipfile.ZIP_DEFLATED) as new:
        manifest = json.loads(old.read("manifest.json"))
        for name in old.namelist():
            if name == "manifest.json":
                continue
            content = old.read(name)
            if change is not None and name == f"{part}.ndjson":
                lines = change(content.splitlines(keepends=True))
                content = b"".join(lines)
                facts = manifest["inventory"]["parts"][part]
                facts |= {"size": len(content)}
                if honest:
                    facts |= {"lines": len(lines), "sha256": hashlib.sha256(content).hexdigest()}
            new.writestr(name, content)
        about(manifest)
        new.writestr("manifest.json", json.dumps(manifest))
    return other


async def test_an_archive_of_files_at_rest_comes_back_to_the_last_byte(archive: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    assert await run_restore(archive, Folder(new), as_json=False) == 0
    for name in ("livescore.db", "registration.db"):
        (epoch, bodies), (other, same) = read_file(tmp_path / "old" / name), read_file(new / name)
        assert sorted(bodies) == sorted(same)
        assert epoch != other
        if name == "livescore.db":
            assert fold("e", map(decode, bodies)) == fold("e", map(decode, same))
    async with SqliteLedger(new / "livescore.db") as ledger:
        commands = [one.command for one in await ledger.export("competition/spring.welding")]
        assert commands[-1] == "mark-0059"
        assert len(await ledger.unpublished()) == len(bodies_of(new))  # so that boards and roster are published again
    assert (new / "keys" / "signing.pem").read_bytes() == (tmp_path / "old" / "keys" / "signing.pem").read_bytes()
    assert not hidden(tmp_path)


def bodies_of(data: Path) -> list[bytes]:
    return read_file(data / "livescore.db")[1]


async def test_a_damaged_archive_is_refused_whatever_byte_is_wrong(archive: Path, tmp_path: Path) -> None:
    original, came_through = sorted(bodies_of(tmp_path / "old")), 0
    for number, damaged in enumerate(damages(archive)):
        target = tmp_path / f"target-{number}"
        try:
            await run_restore(damaged, Folder(target), as_json=False)
        except BadStart:
            assert not target.exists()
        else:  # a date or an attribute in the zip's own tables: nothing of the content
            came_through += 1
            assert sorted(bodies_of(target)) == original
    assert came_through < DAMAGES / 3
    assert not hidden(tmp_path)


def damages(archive: Path) -> Iterator[Path]:
    """The archive with a bit turned or its end cut off, at places of which nobody thought."""
    good, damaged, wheel = archive.read_bytes(), archive.with_name("damaged.zip"), random.Random(1815)
    for _ in range(DAMAGES):
        bad = bytearray(good)
        if wheel.random() < 0.7:
            bad[wheel.randrange(len(bad))] ^= 1 << wheel.randrange(8)
        else:
            del bad[wheel.randrange(len(bad)) :]
        damaged.write_bytes(bad)
        yield damaged


def hidden(folder: Path) -> list[Path]:
    return list(folder.glob(".*"))


async def test_a_file_that_is_no_archive_is_refused_in_one_line(tmp_path: Path) -> None:
    for name, content in {"empty.zip": b"", "text.zip": b"mark,score\n" * 100}.items():
        (tmp_path / name).write_bytes(content)
        assert "no showcase archive" in await refused(tmp_path / name)
        (tmp_path / name).unlink()
    with zipfile.ZipFile(tmp_path / "holiday.zip", "w") as zipped:
        zipped.writestr("beach.jpg", b"...")
    assert "no showcase archive" in await refused(tmp_path / "holiday.zip")
    (tmp_path / "holiday.zip").unlink()
    assert "there is no" in await refused(tmp_path / "nowhere.zip")


async def test_another_format_names_both_versions(archive: Path) -> None:
    def newer(manifest: dict[str, Any]) -> None:
        manifest |= {"format": 7, "something": "new"}

    assert "archive format 7, this version reads 1" in await refused(rewritten(archive, about=newer))


async def test_a_part_that_does_not_fit_its_checksum_is_refused(archive: Path) -> None:
    def swapped(lines: list[bytes]) -> list[bytes]:
        return [lines[0].replace(b"Sparky", b"Sporky"), *lines[1:]]

    assert "checksum" in await refused(rewritten(archive, "people", swapped, honest=False))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda lines: lines[:9] + lines[10:], "goes from 9 to 11"),
        (lambda lines: [*lines[:9], lines[8], *lines[9:]], "goes from 9 to 9"),
        (lambda lines: [line.replace(b"mark-given.v1", b"mark-given.v9") for line in lines], "this version knows"),
        (lambda lines: [line.replace(b'"seq":9,', b'"seq":10,') for line in lines], "goes from 8 to 10"),
        (lambda lines: [*lines, b'{"stream":"competition/x"}\n'], "no event"),
        (lambda lines: [*lines, b"\xff\n"], "no JSON"),
        (lambda lines: [*lines, random.Random(1).randbytes(9 << 20).hex().encode() + b"\n"], "too long"),
        (lambda lines: [*lines[:-1], lines[-1][:-1]], "cut off"),
    ],
)
async def test_events_that_no_ledger_holds_are_refused_with_fitting_checksums(
    archive: Path, change: Callable[[list[bytes]], list[bytes]], reason: str
) -> None:
    assert reason in await refused(rewritten(archive, "livescore", change))


async def test_a_command_that_is_there_twice_is_refused(archive: Path) -> None:
    def doubled(lines: list[bytes]) -> list[bytes]:
        return [line.replace(b'"command":"mark-0007"', b'"command":"mark-0008"') for line in lines]

    assert "has a command twice" in await refused(rewritten(archive, "livescore", doubled))


async def test_a_person_of_another_shape_is_refused_without_naming_anybody(archive: Path) -> None:
    said = await refused(rewritten(archive, "people", lambda lines: [lines[0].replace(b"16-17", b"young"), *lines[1:]]))
    assert "line 1 of people" in said
    assert "Sparky" not in said


async def test_what_unpacks_to_far_more_than_it_is_is_refused_before_it_is_unpacked(archive: Path) -> None:
    assert "unpacks to" in await refused(rewritten(archive, "judges", lambda _lines: [b" " * (64 << 20) + b"\n"]))


async def test_something_extra_in_an_archive_is_refused(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as zipped:
        zipped.writestr("../../escape.txt", b"out")
    assert "escape.txt" in await refused(archive)


async def test_a_key_that_is_none_is_refused(archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(tmp_path / "other.zip", "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, b"no key" if name == "signing.pem" else old.read(name))
    assert "not a private key" in await refused(tmp_path / "other.zip")


async def test_a_folder_that_holds_something_is_left_alone(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "thesis.txt").write_text("mine")
    done = await asyncio.to_thread(run, "restore", str(archive), "--data", str(tmp_path / "target"))
    assert done.returncode == 2
    assert done.stderr.startswith("showcase: ")
    assert "is not empty" in done.stderr
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "target" / "thesis.txt").read_text() == "mine"


async def test_an_empty_folder_is_filled(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "target").mkdir()
    assert await run_restore(archive, Folder(tmp_path / "target"), as_json=False) == 0
    assert bodies_of(tmp_path / "target")


@pytest.mark.parametrize("point", POINTS)
async def test_a_restore_that_is_killed_leaves_no_showcase_and_the_next_one_succeeds(
    archive: Path, tmp_path: Path, point: str
) -> None:
    target = tmp_path / "target"
    dying = [sys.executable, "-m", "tests.journeys.dying_restore", str(archive), str(target), point]
    killed = await asyncio.to_thread(subprocess.run, dying, cwd=ROOT, check=False, capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    assert not target.exists()
    (left,) = hidden(tmp_path)
    assert left.stat().st_mode & 0o077 == 0  # it may hold people's data until the next attempt
    assert await run_restore(archive, Folder(target), as_json=False) == 0
    assert sorted(bodies_of(target)) == sorted(bodies_of(tmp_path / "old"))
    assert not hidden(tmp_path)


async def test_a_ledger_with_a_hole_is_not_backed_up_in_silence(tmp_path: Path) -> None:
    old = await make_showcase(tmp_path / "old")
    async with SqliteLedger(old / "livescore.db") as ledger:
        await ledger.file.write(lambda db: db.execute("DROP TRIGGER events_stay").get)
        await ledger.file.write(lambda db: db.execute("DELETE FROM events WHERE seq = 20").get)
    with pytest.raises(BadStart, match="goes from 19 to 21"):
        await run_backup(Folder(old), tmp_path / "copy.zip", people=True, keys=False, as_json=False)
    assert not (tmp_path / "copy.zip").exists()
    assert not (tmp_path / "copy.zip.new").exists()
