"""The power fails at any operation of the ledger's life: what was acknowledged is there, nothing is half there."""

import asyncio
import itertools
import random
import shutil
from collections import Counter
from pathlib import Path

import apsw
import pytest

from shared.contracts.events import Recorded
from shared.contracts.registration import JudgeRevoked
from shared.ids import record
from shared.ledger.port import WrongSeq
from shared.ledger.sqlite import SqliteLedger
from tests.faults.powercut import DAMAGES, Op, PowerVFS, cuts, power, small_log

SEED = 20201119
STREAMS = ("competition/a.one", "competition/a.two")
Append = list[Recorded]


class Workload:
    """Appends to a ledger on the noted VFS; `appends[n]` is what was sent under number n."""

    def __init__(self, vfs: PowerVFS) -> None:
        self.appends: list[Append] = []
        self._vfs = vfs
        self._last = Counter[str]()

    async def append(self, ledger: SqliteLedger, stream: str, size: int) -> None:
        events = record(stream, self._last[stream], [JudgeRevoked(judge=f"j{n}" * 30) for n in range(size)])
        self._last[stream] += size
        number = len(self.appends)
        self.appends.append(events)
        self._vfs.note(Op("sent", offset=number))
        await ledger.append(events, f"command-{number}")
        self._vfs.note(Op("acked", offset=number))

    async def run(self, path: Path) -> None:
        sizes = itertools.cycle((1, 3, 1, 2, 7))
        for session in range(5):
            async with SqliteLedger(path, vfs=self._vfs.name) as ledger:
                await ledger.file.write(small_log)
                for n in range(6):
                    await self.append(ledger, STREAMS[n % 2], next(sizes))
                    if n == 2:
                        with pytest.raises(WrongSeq):
                            await ledger.append(record(STREAMS[0], 99, [JudgeRevoked(judge="nobody")]))
                await asyncio.gather(*(self.append(ledger, STREAMS[0], next(sizes)) for _ in range(6)))
                entries = await ledger.unpublished()
                await ledger.published(entries[len(entries) // 2].pos)
                await self.append(ledger, STREAMS[1], session + 1)


async def check(path: Path, appends: list[Append], sent: frozenset[int], acked: frozenset[int]) -> list[str]:
    """What is wrong with the ledger that was found after a cut."""
    wrong: list[str] = []
    async with SqliteLedger(path) as ledger:
        if (found := await ledger.file.read(lambda db: db.execute("PRAGMA integrity_check").get)) != "ok":
            wrong.append(f"integrity: {found}")
        present: set[str] = set()
        last = dict.fromkeys(STREAMS, 0)
        for stream in STREAMS:
            held = await ledger.read(stream)
            present.update(one.id for one in held)
            last[stream] = len(held)
            if [one.seq for one in held] != list(range(1, len(held) + 1)):
                wrong.append(f"gap in {stream}: {[one.seq for one in held]}")
        for number, events in enumerate(appends):
            there = sum(one.id in present for one in events)
            if there not in (0, len(events)):
                wrong.append(f"append {number}: {there} of {len(events)} events")
            if there and number not in sent:
                wrong.append(f"append {number} was never sent")
            if not there and number in acked:
                wrong.append(f"append {number} was acknowledged and is lost")
        positions = "SELECT published, (SELECT coalesce(max(pos), 0) FROM events) FROM outbox"
        marked, newest = await ledger.file.read(lambda db: next(iter(db.execute(positions))))
        if marked > newest:
            wrong.append(f"marked published up to {marked} of {newest}")
        await ledger.append(record(STREAMS[0], last[STREAMS[0]], [JudgeRevoked(judge="afterwards")]))
    return wrong


async def check_every_cut(journal: list[Op], appends: list[Append], folder: Path, dice: random.Random) -> int:
    """Damage the disk in every way at every cut, open what is left, and look at it; how many different disks."""
    wrong: dict[str, list[str]] = {}
    seen = set[int]()
    for number, (disk, sent, acked) in enumerate(cuts(journal)):
        for damage in DAMAGES:
            files = disk.after_cut(damage, dice)
            if (what := hash((frozenset(files.items()), acked))) in seen:
                continue
            seen.add(what)
            path = put(files, folder / "found") / "ledger.db"
            try:
                found = await check(path, appends, sent, acked)
            except Exception as exc:  # an error on opening is a violation like any other
                found = [repr(exc)]
            if found:
                wrong[f"cut {number}, {damage}"] = found
    assert wrong == {}
    return len(seen)


def put(files: dict[str, bytes], folder: Path) -> Path:
    """A folder that holds just these files."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / Path(name).name).write_bytes(content)
    return folder


@pytest.mark.timeout(120)
async def test_a_power_cut_at_any_operation_loses_nothing_acknowledged(tmp_path: Path) -> None:
    with power("power") as vfs:
        workload = Workload(vfs)
        await workload.run(tmp_path / "ledger.db")
    assert any(op.kind == "truncate" or (op.kind == "delete" and op.path.endswith("-wal")) for op in vfs.journal)
    disks = await check_every_cut(vfs.journal, workload.appends, tmp_path, random.Random(SEED))
    assert disks > 1000


@pytest.mark.timeout(120)
async def test_a_second_power_cut_while_the_first_is_recovered_loses_nothing_either(tmp_path: Path) -> None:
    dice = random.Random(SEED)
    with power("first") as vfs:
        workload = Workload(vfs)
        await workload.run(tmp_path / "ledger.db")
    moments = list(enumerate(cuts(vfs.journal)))
    for number in sorted(dice.sample(range(len(moments)), 8)):
        # The disk moves on with the journal, so the moment is found again from the beginning.
        disk, sent, acked = next(moment for n, moment in enumerate(cuts(vfs.journal)) if n == number)
        path = put(disk.after_cut("any part survives", dice), tmp_path / "first") / "ledger.db"
        told = [Op("sent", offset=n) for n in sent] + [Op("acked", offset=n) for n in acked]
        with power("second") as again:
            async with SqliteLedger(path, vfs=again.name) as ledger:
                await ledger.published(1)
        there = [op for op in again.journal if op.kind == "there"]
        rest = [op for op in again.journal if op.kind != "there"]
        assert await check_every_cut([*there, *told, *rest], workload.appends, tmp_path, dice) > 10


@pytest.mark.parametrize(
    ("journal", "synchronous", "forgets"),
    [("WAL", "FULL", False), ("WAL", "NORMAL", True), ("DELETE", "FULL", True), ("DELETE", "EXTRA", False)],
)
def test_the_shim_shows_which_settings_forget(journal: str, synchronous: str, forgets: bool, tmp_path: Path) -> None:
    """If it found nothing where SQLite promises nothing, it would find nothing in our ledger either."""
    commits = 12
    with power(f"{journal}-{synchronous}") as vfs:
        db = apsw.Connection(str(tmp_path / "plain.db"), vfs=vfs.name)
        db.execute(f"PRAGMA journal_mode={journal}")
        db.execute(f"PRAGMA synchronous={synchronous}")
        db.execute("CREATE TABLE acked(n)")
        for n in range(commits):
            db.execute("INSERT INTO acked VALUES (?)", (n,))
            vfs.note(Op("acked", offset=n))
        db.close()
    forgotten, dice = 0, random.Random(SEED)
    for disk, _, acked in cuts(vfs.journal):
        for damage in DAMAGES:
            path = put(disk.after_cut(damage, dice), tmp_path / "found") / "plain.db"
            found = apsw.Connection(str(path))
            assert found.execute("PRAGMA integrity_check").get == "ok"
            try:
                there = {n for (n,) in found.execute("SELECT n FROM acked")}
            except apsw.SQLError:
                there = set()  # the table is lost as well
            forgotten += not acked <= there
            found.close()
    assert bool(forgotten) is forgets
