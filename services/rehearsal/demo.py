"""`showcase demo`: the reference event, played by robots through the real edges.

`run_once` plays it as fast as answers come, in a fresh folder, and checks everything against everything: what judges
were told, what the ledger holds, what each viewer ended with. `run_demo` plays it at a pace people can follow, in a
folder that stays; stopped and started again, it goes on where it was.
"""

import asyncio
import contextlib
import json
import signal
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from services.rehearsal.audit import Held, read_held
from services.rehearsal.event import Event, load_event
from services.rehearsal.http import Http
from services.rehearsal.judges import Judges, Told
from services.rehearsal.officials import Officials
from services.rehearsal.organiser import Cast, set_up, write_links
from services.rehearsal.screen import Screen
from services.rehearsal.timing import mark_to_screen, percentiles_ms
from services.rehearsal.viewers import Audience, Seen
from services.supervisor import Cluster, Place, Supervisor, place
from services.up import announce
from shared.ids import new_id

_REVEAL_SECONDS = 3.0


async def run_once(folder: Path, viewers: int, as_json: bool, cluster: Cluster | None = None, copies: int = 1) -> int:
    """On a cluster it takes a database and topics of its own, never those of an event, and leaves them behind."""
    event = load_event(folder)
    if cluster is not None:
        own = f"once-{new_id()[-8:]}"
        cluster = replace(
            cluster,
            kafka_prefix=f"{cluster.kafka_prefix}{own}-",
            mongo_database=f"{cluster.mongo_database}-{own}",
        )
    with tempfile.TemporaryDirectory(prefix="showcase-") as data:
        at = place(Path(data), "127.0.0.1", 0, cluster=cluster, copies=copies)
        async with Supervisor(at), Http(copies=at.alternatives()) as http:
            cast = await set_up(event, at, http)
            channel = f"competition/{event.competition_id}"
            async with Audience(at.urls("broadcast"), channel, viewers) as audience:
                judges = Judges(event, at, cast, http)
                officials = Officials(event, at, cast, http)
                if event.officials:
                    await officials.name_panels()
                await judges.play(pace=None)
                result = await _conclude(officials) if event.officials else None
                held = await read_held(at, event.competition_id)
                await audience.wait_for_seq(held.board.seq)  # who never gets there is counted by `compare`
                seen = [viewer.seen for viewer in audience.viewers]
        report = compare(event, cast, judges.told, held, seen)
        if result is not None:
            report |= _awards(result)
            report["fine"] = report["fine"] and held.board.head["final"] and result["final"]
    fine = report.pop("fine")
    if as_json:
        sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n")
    else:
        for name, value in report.items():
            sys.stdout.write(f"{name}: {value}\n")
    return 0 if fine else 1


async def _play(event: Event, at: Place, judges: Judges, officials: Officials, pace: float) -> None:
    """The whole event at a pace people can follow; the result files are left beside the data."""
    if not event.officials:
        return await judges.play(pace)
    await officials.name_panels()
    await judges.play(pace)
    await _conclude(officials, _REVEAL_SECONDS)
    folder = at.data / "results"
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (await officials.files()).items():
        (folder / name).write_bytes(content)
    _say(f"The result is final, revealed and open to everybody; its files are in {folder}")
    return None


def _say(words: str) -> None:
    sys.stdout.write(f"\n  {words}\n\n")
    sys.stdout.flush()


async def _conclude(officials: Officials, pause_seconds: float = 0.0) -> Any:
    """From the last mark to the last place: signatures, freeze, result, reveal, thaw. Returns the result."""
    await officials.freeze()
    if pause_seconds:
        _say("All marks are in. The public board is frozen; sheets are submitted, verified and signed.")
    await officials.sign_off()
    await officials.finalise()
    if pause_seconds:
        _say("Two people have finalised the result. The reveal begins, from the last place to the first.")
    await officials.reveal(pause_seconds)
    return await officials.result()


def _awards(result: Any) -> dict[str, Any]:
    """Who got what, by bib."""
    rows = result["rows"]
    return {
        "medals": {row["bib"]: row["medal"] for row in rows if row["medal"]},
        "medallions": sorted(row["bib"] for row in rows if row["medallion"]),
        "best_of_nation": {row["country"]: row["bib"] for row in rows if row["best_of_nation"]},
    }


def compare(event: Event, cast: Cast, told: Told, held: Held, viewers: list[Seen]) -> dict[str, Any]:
    """The report of a finished rehearsal; `fine` only when told, held and seen agree and the totals are the file's."""
    acknowledged = {ack.mark for ack in told.acks}
    board = held.board
    current = sum(
        seen.epoch == board.epoch
        and seen.seq == board.seq
        and seen.head == board.head
        and seen.rows == board.rows
        and not seen.faults
        for seen in viewers
    )
    totals = {bib: board.rows[cast.competitors[bib]].get("total") for bib in event.totals}
    lost = len(acknowledged - set(held.marks))
    duplicated = len(held.marks) - len(set(held.marks)) + len(told.contradictions)
    right = all(totals[bib] == f"{total:.2f}" for bib, total in event.totals.items())
    complete = len(acknowledged) == len(told.acks) == event.marks == len(held.marks)
    rows = sorted(board.rows.values(), key=lambda row: (row.get("rank") or 9999, row["bib"]))
    return {
        "competitors": len(event.competitors),
        "judges": len(event.judges),
        "marks_acknowledged": len(acknowledged),
        "marks_in_ledger": len(held.marks),
        "lost": lost,
        "duplicated": duplicated,
        "viewers": len(viewers),
        "viewers_current": current,
        "board": [{name: row.get(name) for name in ("rank", "name", "country", "total")} for row in rows],
        "mark_to_screen_ms": percentiles_ms(mark_to_screen(told.acks, viewers, {})),
        "judge_ack_ms": percentiles_ms([ack.acked - ack.sent for ack in told.acks]),
        "fine": not lost and not duplicated and current == len(viewers) and right and complete,
    }


async def run_demo(
    data: Path,
    host: str,
    port: int,
    address: str | None,
    folder: Path,
    pace: float,
    viewers: int,
    cluster: Cluster | None = None,
    copies: int = 1,
) -> int:
    event = load_event(folder)
    at = place(data, host, port, address, cluster, copies)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with Supervisor(at) as supervisor, Http(copies=at.alternatives()) as http:
        cast = await set_up(event, at, http)
        announce(at)
        async with Audience(at.urls("broadcast"), f"competition/{event.competition_id}", viewers) as audience:
            judges, officials = Judges(event, at, cast, http), Officials(event, at, cast, http)
            _say(f"Links of the judges, the chief expert, the manager and the presenter: {write_links(at, cast)}")
            before = {row: seen.get("marked", 0) for row, seen in audience.viewers[0].seen.rows.items()}
            playing = asyncio.create_task(_play(event, at, judges, officials, pace))
            playing.add_done_callback(lambda done: None if done.cancelled() or not done.exception() else stopped.set())
            screen = asyncio.create_task(Screen(event, at, judges.told, audience, before).run())
            stopping = asyncio.create_task(stopped.wait())
            await supervisor.until(stopping)
            for task in (screen, stopping, playing):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task
    where = at.data if cluster is None else f"database {cluster.mongo_database}"
    sys.stdout.write(
        f"Stopped in order; {len(judges.told.acks)} marks were acknowledged and are in {where}.\n"
        "Start again to go on where you were.\n"
    )
    return 0
