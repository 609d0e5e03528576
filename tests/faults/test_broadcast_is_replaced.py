"""Broadcast's processes come and go under viewers: replaced, killed, several on one port. All of it is real."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import aiohttp
import psutil
import pytest

from services.supervisor import Supervisor, place
from shared.errors import BadStart
from tests.faults.command import run, started
from tests.faults.followers import following, knocking, publishing

VIEWERS = 300


@pytest.mark.timeout(90)
@pytest.mark.parametrize("processes", [1, 2])
async def test_broadcast_is_replaced_and_no_viewer_misses_anything(
    tmp_path: Path, processes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADCAST_JOINS_PER_SECOND", "300")  # so that it takes a while
    at = place(tmp_path / "data", "127.0.0.1", 0, broadcast_processes=processes)
    port = at.ports["broadcast"]
    async with publishing(at.data) as publisher, Supervisor(at) as supervisor:
        before = {supervisor.pid("broadcast", 0, n) for n in range(processes)}
        async with following(port, VIEWERS) as crowd, knocking(port) as knocker:
            await crowd.until(lambda viewer: viewer.watching == VIEWERS)
            for viewer in crowd.viewers:
                viewer.fewest = VIEWERS
            await supervisor.replace("broadcast")
            after = {supervisor.pid("broadcast", 0, n) for n in range(processes)}
            moved = publisher.seq
            await crowd.until(lambda viewer: viewer.connected and viewer.seq > moved)
            await crowd.until(lambda viewer: viewer.watching == VIEWERS)
            # Who is on the way is at neither; counted apart, the first at a successor would be alone there.
            assert min(viewer.fewest for viewer in crowd.viewers) > VIEWERS / 10, "old and new are counted together"
            assert crowd.complaints == []
            assert crowd.closes.keys() == {1012}
            assert knocker.complaints == []
            assert knocker.answered > 20
            assert knocker.slowest < 5.0
        assert not before & after
        assert not any(psutil.pid_exists(pid) for pid in before)


@pytest.mark.timeout(90)
async def test_stopped_while_it_is_replaced_it_tells_everybody_to_come_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADCAST_JOINS_PER_SECOND", "10")  # sending so many over would take a minute
    at = place(tmp_path / "data", "127.0.0.1", 0)
    async with publishing(at.data), contextlib.AsyncExitStack() as running:
        supervisor = await running.enter_async_context(Supervisor(at))
        async with following(at.ports["broadcast"], VIEWERS) as crowd:
            before = supervisor.pid("broadcast")
            replacing = asyncio.create_task(supervisor.replace("broadcast"))
            async with asyncio.timeout(30):
                while supervisor.pid("broadcast") == before or not crowd.closes:  # noqa: ASYNC110
                    await asyncio.sleep(0.02)
            replacing.cancel()
            await running.aclose()
            await crowd.until(lambda viewer: not viewer.connected)
            assert crowd.closes.keys() == {1012}
            assert crowd.closes.total() >= VIEWERS


@pytest.mark.timeout(90)
async def test_viewers_of_a_killed_process_are_at_the_other_one_at_once(tmp_path: Path) -> None:
    at = place(tmp_path / "data", "127.0.0.1", 0, broadcast_processes=2)
    port = at.ports["broadcast"]
    async with (
        publishing(at.data) as publisher,
        Supervisor(at) as supervisor,
        following(port, VIEWERS) as crowd,
        aiohttp.ClientSession() as http,
    ):
        await crowd.until(lambda viewer: viewer.watching == VIEWERS)
        shares = [await _viewers(http, own) for own in at.own_ports[0]]
        assert sum(shares) == VIEWERS
        assert min(shares) > 0
        before = supervisor.pid("broadcast", 0, 1)
        os.kill(before, signal.SIGKILL)
        seen = publisher.seq + 1
        await crowd.until(lambda viewer: viewer.connected and viewer.seq > seen)
        await crowd.until(lambda viewer: viewer.watching == VIEWERS)
        assert crowd.closes == {1006: shares[1]}
        assert crowd.complaints == []
        await supervisor.ready()
        assert supervisor.pid("broadcast", 0, 1) != before
        async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
            assert answer.status == 404, "there it would be another process's each time"
        assert sum([await _viewers(http, own) for own in at.own_ports[0]]) == VIEWERS


async def _viewers(http: aiohttp.ClientSession, port: int) -> int:
    async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return sum(int(float(line.split()[-1])) for line in lines if line.startswith("showcase_broadcast_viewers{"))


@pytest.mark.timeout(60)
async def test_a_successor_that_cannot_start_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    at = place(tmp_path / "data", "127.0.0.1", 0)
    async with publishing(at.data) as publisher, Supervisor(at) as supervisor:
        before = supervisor.pid("broadcast")
        async with following(at.ports["broadcast"], 20) as crowd:
            monkeypatch.setenv("BROADCAST_TICK_MS", "never")
            with pytest.raises(BadStart, match="BROADCAST_TICK_MS"):
                await supervisor.replace("broadcast")
            assert supervisor.pid("broadcast") == before
            seen = publisher.seq + 2
            await crowd.until(lambda viewer: viewer.seq > seen)
            assert crowd.complaints == []
            assert not crowd.closes
            monkeypatch.delenv("BROADCAST_TICK_MS")
            await supervisor.replace("broadcast")
            assert supervisor.pid("broadcast") != before
            await crowd.until(lambda viewer: viewer.connected)


@pytest.mark.timeout(60)
async def test_who_comes_while_broadcast_is_dead_waits_and_is_answered(tmp_path: Path) -> None:
    at = place(tmp_path / "data", "127.0.0.1", 0)
    async with publishing(at.data), Supervisor(at) as supervisor, knocking(at.ports["broadcast"]) as knocker:
        os.kill(supervisor.pid("broadcast"), signal.SIGKILL)
        async with following(at.ports["broadcast"], 20) as crowd:
            assert crowd.complaints == []
            assert not crowd.closes
        # Connections that the dead process had taken are cut off, six at most; nobody is refused.
        assert len(knocker.complaints) <= 6
        assert [one for one in knocker.complaints if "Refused" in one] == []
        assert supervisor.starts("broadcast") == 2


@pytest.mark.timeout(60)
def test_a_hangup_replaces_broadcast_alone_and_strangers_stay_outside(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started(
        tmp_path / "up.log", "up", "--data", str(data), "--port", "0", "--broadcast-processes", "2"
    ) as command:
        command.wait_for(r"Open\s+http")
        before = {child.pid: child.cmdline()[-1] for child in command.children()}
        assert sorted(before.values()) == ["broadcast", "broadcast", "livescore", "registration"]
        os.kill(int((data / "supervisor.lock").read_text()), signal.SIGHUP)
        stranger = run("serve", "broadcast", "--data", str(data), "--port", "0")
        assert stranger.returncode == 2
        assert "another broadcast already runs" in stranger.stderr
        command.wait_for(r"Broadcast was replaced in")
        after = {child.pid: child.cmdline()[-1] for child in command.children()}
        assert sorted(after.values()) == sorted(before.values())
        assert {after[pid] for pid in before.keys() & after.keys()} == {"livescore", "registration"}
        assert command.end(signal.SIGTERM) == 0
