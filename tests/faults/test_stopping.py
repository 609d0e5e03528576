"""Stopping on purpose keeps everything and leaves nothing behind; being killed leaves nothing running either."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from services.cli import EXAMPLE
from services.rehearsal.audit import read_ledger
from services.rehearsal.event import load_event
from tests.faults.command import ROOT, Command, started, wait_gone

OPEN = r"Open\s+http"


def test_ctrl_c_ends_the_showcase_in_order_and_leaves_no_process(tmp_path: Path) -> None:
    with started(tmp_path / "up.log", "up", "--data", str(tmp_path / "data"), "--port", "0") as command:
        command.wait_for(OPEN)
        children = command.children()
        assert len(children) == 3
        assert command.end(signal.SIGINT) == 0
        assert not any(child.is_running() for child in children)
        assert "everything accepted is kept" in command.said()


def test_a_terminal_that_is_closed_ends_the_showcase_in_order(tmp_path: Path) -> None:
    ours, theirs = os.openpty()
    output = tmp_path / "up.log"
    with output.open("ab") as file:
        argv = (sys.executable, "-m", "services", "up", "--data", str(tmp_path / "data"), "--port", "0")
        process = subprocess.Popen(argv, cwd=ROOT, stdin=theirs, stdout=file, stderr=file, start_new_session=True)
    try:
        until = time.monotonic() + 40
        while "Open" not in output.read_text():
            assert process.poll() is None
            assert time.monotonic() < until, output.read_text()
            time.sleep(0.02)
        process.send_signal(signal.SIGHUP)
        assert process.wait(30) == 0
        assert "everything accepted is kept" in output.read_text()
    finally:
        process.kill()
        process.wait()
        os.close(ours)
        os.close(theirs)


def test_services_whose_supervisor_is_killed_end_by_themselves_and_the_next_start_works(tmp_path: Path) -> None:
    for name in ("first", "second"):
        with started(tmp_path / f"{name}.log", "up", "--data", str(tmp_path / "data"), "--port", "0") as command:
            command.wait_for(OPEN)
            children = command.children()
            assert len(children) == 3
            command.end(signal.SIGKILL)
            assert wait_gone(children) == []


@pytest.mark.timeout(120)
def test_a_demo_that_was_stopped_or_killed_goes_on_and_ends_with_every_mark_exactly_once(tmp_path: Path) -> None:
    event = load_event(EXAMPLE)
    arguments = ("demo", "--pace", "200", "--viewers", "5", "--port", "0", "--data", str(tmp_path / "data"))
    for wanted, end in ((event.marks // 4, "stop"), (event.marks // 2, "kill"), (event.marks, "stop")):
        with started(tmp_path / f"{wanted}.log", *arguments) as command:
            command.wait_for(OPEN)
            _wait_for_marks(command, tmp_path / "data" / "demo", event.competition_id, wanted)
            if end == "stop":
                assert command.end(signal.SIGINT) == 0, command.said()
            else:
                for process in command.children():
                    process.kill()
                command.end(signal.SIGKILL)
    held = read_ledger(tmp_path / "data" / "demo", event.competition_id)
    assert len(held.marks) == len(set(held.marks)) == event.marks
    totals = {row["bib"]: row["total"] for row in held.board.rows.values()}
    assert totals == {bib: f"{total:.2f}" for bib, total in event.totals.items()}


def _wait_for_marks(command: Command, data: Path, competition: str, wanted: int) -> None:
    until = time.monotonic() + 60
    while len((held := read_ledger(data, competition)).marks) < wanted:
        assert command.process.poll() is None, command.said()
        assert time.monotonic() < until, f"{len(held.marks)} of {wanted} marks"
        time.sleep(0.05)
