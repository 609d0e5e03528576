"""`showcase migrate`: from one engine to the other, event for event, and proved equal before it counts.

1 the old place is held (a data folder by its locks; a database cannot be held, so what moves there meanwhile is found
in 3); 2 everything is copied into an empty place that nobody serves yet; 3 both places are read from the beginning
and compared: every line of every part, and the boards that the events fold to; 4 the new place appears. The old one is
never written to and stays as it was. What fails before 4 leaves nothing behind.

The new place has an epoch of its own, as after a restore: viewers who come back load a fresh snapshot.
"""

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from services.archive.folder import stopped
from services.archive.house import House, NewHouse, every_event, everybody, survey
from services.archive.inventory import LEDGERS, Inventory
from services.archive.keys import has_key, keep_key, read_key
from services.archive.places import Folder, Location, existing, new
from services.archive.progress import Progress
from services.archive.trouble import plainly
from shared.errors import BadStart


async def run_migrate(source: Location, target: Location, as_json: bool) -> int:
    began, progress = time.monotonic(), Progress("copying")
    with _held(source), plainly(source, target):  # 1
        async with existing(source) as old, new(target) as house:
            await _carry(old, house, progress)  # 2
            progress.now("comparing")
            found = await _equal(old, house, progress)  # 3
            keys = has_key(old.keys)
            if keys:
                keep_key(house.keys, read_key(old.keys))
    progress.done()  # 4 happened with the end of the block
    _report(source, target, found, keys, round(time.monotonic() - began, 3), as_json)
    return 0


@contextmanager
def _held(source: Location) -> Iterator[None]:
    if isinstance(source, Folder) and source.data.is_dir():
        with stopped(source.data):
            yield
    else:
        yield


async def _carry(old: House, house: NewHouse, progress: Progress) -> None:
    for part in LEDGERS:
        async for events in every_event(old.ledger(part)):
            await house.move_in_events(part, events)
            progress.step(part, len(events))
    async for some in everybody(old.people):
        await house.people.adopt(some)
        progress.step("people", len(some))
    for judge in await old.people.every_judge():
        await house.people.keep_judge(judge)
        progress.step("judges", 1)


async def _equal(old: House, house: NewHouse, progress: Progress) -> Inventory:
    now, copied = await survey(old, progress), await survey(house, progress)
    different = now.differences(copied)
    if different:
        raise BadStart(
            f"{', '.join(different)} differ between {old.name} and its copy; nothing was kept. "
            "Stop all services of the old place and move again"
        )
    return copied


def _report(source: Location, target: Location, found: Inventory, keys: bool, seconds: float, as_json: bool) -> None:
    report = {
        "events": {part: found.count(part) for part in LEDGERS},
        "streams": {part: len(found.parts[part].streams) for part in LEDGERS},
        "people": found.count("people"),
        "judges": found.count("judges"),
        "boards": len(found.boards),
        "equal": True,
        "keys": keys,
        "seconds": seconds,
    }
    if as_json:
        sys.stdout.write(json.dumps(report) + "\n")
        return
    lines = [f"{target} holds what {source} holds; compared and equal ({seconds} s):"]
    for part in LEDGERS:
        facts = found.parts[part]
        lines.append(
            f"  {part}: {facts.lines:,} events in {len(facts.streams)} streams, each byte and command id "
            f"(sha256 {facts.sha256[:16]}...)"
        )
    lines.append(f"  {found.count('people')} people with every answer, {found.count('judges')} judges")
    lines.append(f"  {len(found.boards)} boards that the events fold to, apart from the epoch, which is new")
    lines.append(
        "The signing key is in its place: links go on working."
        if keys
        else "There was no signing key: every link from before is void and must be made anew."
    )
    sys.stdout.write("\n".join(lines) + "\n")
