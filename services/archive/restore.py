"""`showcase restore`: an archive becomes a showcase again, on either engine, under a new epoch.

1 the whole archive is read and checked before anything is written; 2 it is read again into an empty place that nobody
sees yet; 3 that place is read back and must be the same as the archive's manifest, boards included; 4 it appears. What
fails before 4 leaves nothing behind.

The epoch is made anew by the new ledgers themselves: positions that viewers hold from the old history mean nothing in
this one, and viewers load a fresh snapshot when they see it.
"""

import json
import sys
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from services.archive.house import NewHouse, survey
from services.archive.inventory import LEDGERS, Inventory, Tally
from services.archive.keys import keep_key, refuse_another
from services.archive.line import BadLine, read_event, read_judge, read_person
from services.archive.places import Database, Location, new
from services.archive.progress import Progress
from services.archive.trouble import plainly
from services.archive.zipped import Archive, Manifest, open_archive
from shared.errors import BadStart

_AT_ONCE = 500


async def run_restore(path: Path, target: Location, as_json: bool) -> int:
    began, progress = time.monotonic(), Progress("checking")
    with open_archive(path) as archive, plainly(path, target):
        check(archive, path, progress)  # 1
        pem = archive.key()
        if pem is not None and isinstance(target, Database):
            refuse_another(target.keys, pem)
        async with new(target) as house:
            progress.now("restoring")
            await _move_in(archive, house, progress)  # 2
            progress.now("comparing")
            _must_be_equal(await survey(house, progress, people=archive.manifest.personal_data), archive)  # 3
            if pem is not None:
                keep_key(house.keys, pem)
        manifest = archive.manifest  # 4 happened with the end of the block
    progress.done()
    _report(path, target, manifest, round(time.monotonic() - began, 3), as_json)
    return 0


def check(archive: Archive, path: Path, progress: Progress) -> Inventory:
    """Read all of it and compare with its manifest; raise BadStart when it is not what it says."""
    tally = Tally()
    for part in archive.parts:
        tally.begin(part)
        for number, line in enumerate(archive.lines(part), 1):
            try:
                if part in LEDGERS:
                    tally.take(part, line, read_event(line))
                else:
                    (read_person if part == "people" else read_judge)(line)
                    tally.take(part, line)
            except BadLine as exc:
                raise BadStart(f"{path} is damaged: line {number} of {part}: {exc}") from exc
            progress.step(part, 1)
    found, manifest = tally.inventory(), archive.manifest.inventory
    if found.parts != manifest.parts:
        wrong = [part for part in archive.parts if found.parts[part] != manifest.parts[part]]
        raise BadStart(f"{path} is damaged: the checksum or the counts of {', '.join(wrong)} do not fit the manifest")
    if found.boards != manifest.boards:
        raise BadStart(
            f"{path} was made by version {archive.manifest.software}, which folds the same events to other boards "
            f"({', '.join(manifest.differences(found))}); restore it with that version"
        )
    if archive.manifest.keys and not archive.key():
        raise BadStart(f"{path} is damaged: its key is empty")
    return found


async def _move_in(archive: Archive, house: NewHouse, progress: Progress) -> None:
    for part in archive.parts:
        for lines in _some(archive.lines(part)):
            match part:
                case "people":
                    await house.people.adopt([read_person(line) for line in lines])
                case "judges":
                    for line in lines:
                        await house.people.keep_judge(read_judge(line))
                case "livescore" | "registration":
                    await house.move_in_events(part, [read_event(line) for line in lines])
            progress.step(part, len(lines))


def _some(lines: Iterator[bytes]) -> Iterator[list[bytes]]:
    while some := list(islice(lines, _AT_ONCE)):
        yield some


def _must_be_equal(found: Inventory, archive: Archive) -> None:
    different = archive.manifest.inventory.differences(found)
    if different:
        raise BadStart(f"what was restored is not what the archive holds: {', '.join(different)}; nothing was kept")


def _report(path: Path, target: Location, manifest: Manifest, seconds: float, as_json: bool) -> None:
    found = manifest.inventory
    report = {
        "archive": str(path),
        "made_at": manifest.made_at,
        "events": found.events,
        "boards": len(found.boards),
        "people": found.count("people"),
        "judges": found.count("judges"),
        "keys": manifest.keys,
        "seconds": seconds,
    }
    if as_json:
        sys.stdout.write(json.dumps(report) + "\n")
        return
    lines = [
        f"{target} holds what {path} held at {manifest.made_at}: {found.events:,} events, {len(found.boards)} boards "
        f"(compared, equal), {found.count('people')} people, {found.count('judges')} judges; {seconds} s"
    ]
    if not manifest.personal_data:
        lines.append("It was made without people: competitors are there under their ids and public names only.")
    if not manifest.keys:
        lines.append("It was made without the signing key: every link from before is void and must be made anew.")
    sys.stdout.write("\n".join(lines) + "\n")
