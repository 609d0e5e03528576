"""One showcase, two copies of each service, and nobody who can tell: any copy takes any command and shows any board."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from services.rehearsal.audit import read_held
from services.rehearsal.http import RefusedError
from tests.journeys.people import Competitor, Judge, Organiser
from tests.journeys.watching import Screens

if TYPE_CHECKING:
    from tests.cluster.conftest import Twice

SCHEME = (Path(__file__).parents[2] / "examples" / "reference-event" / "scheme.yaml").read_bytes()
MARK = {"aspect": "A1.2", "marked_at": "2026-11-01T10:00:00Z"}


def at_copy(twice: Twice, judge: Judge, copy: int) -> Judge:
    return Judge(twice.through(copy), judge.competition, judge.id, judge.token)


async def answer(twice: Twice, copy: int, judge: Judge, mark: dict[str, Any]) -> tuple[int, Any]:
    """What one copy says to a mark: the receipt, or the problem."""
    path = f"/api/livescore/competitions/{judge.competition}/marks"
    try:
        return 201, await twice.through(copy).ask("POST", "livescore", path, mark, judge.token)
    except RefusedError as exc:
        return exc.status, exc.problem


@pytest.mark.timeout(120)
async def test_a_showcase_whose_every_step_meets_another_copy(twice: Twice) -> None:
    one, other = twice.through(0), twice.through(1)

    # Created through one copy, filled through the other, at once.
    await Organiser(one).creates_a_showcase("autumn", en="Autumn Showcase", zh="秋季交流展示")
    electronics = await Organiser(other).adds_a_competition("autumn", "electronics", en="Electronics", zh="电子技术")
    for seen in (one, other):
        [showcase] = await seen.ask("GET", "registration", "/api/registration/showcases")
        assert [each["id"] for each in showcase["competitions"]] == [electronics]
    await Organiser(other).imports_the_scheme(electronics, SCHEME)

    channel = f"competition/{electronics}"
    async with (
        Screens(one.at.url("broadcast"), channel).on() as here,
        Screens(other.at.url("broadcast"), channel).on() as there,
    ):
        # Registered through one, approved through the other.
        ivy = await Competitor(one).registers(electronics, "Ivy", "GB")
        wu = await Competitor(other).registers(electronics, "吴演示", "CN")
        await Organiser(other).approves(electronics, ivy, "03")
        await Organiser(one).approves(electronics, wu, "08")
        gb = await Organiser(one).seats_a_judge(electronics, "Dame Voltia Testbench", "GB")
        sg = await Organiser(one).seats_a_judge(electronics, "Neutra Lim Example", "SG")
        ch = await Organiser(one).seats_a_judge(electronics, "Heidi Nullpunkt", "CH")
        for copy in (0, 1):
            await at_copy(twice, ch, copy).finds("Ivy", "吴演示")
            await at_copy(twice, gb, copy).finds("吴演示")

        # The same mark through both copies at the same moment counts once, and both give the same receipt.
        mark = {"id": "twice-sent-0001", "competitor": wu, "value": "0", **MARK}
        answers = await asyncio.gather(*(answer(twice, copy, sg, mark) for copy in (0, 1, 0, 1)))
        assert {status for status, _ in answers} == {201}
        receipt = answers[0][1]
        assert all(body == receipt for _, body in answers)

        # A correction through the copy that did not take the mark; then one that has not seen it, at either copy.
        first = await at_copy(twice, ch, 1).reads(wu, "A1.2", "1", saw=receipt["seq"])
        for copy in (0, 1):
            status, problem = await answer(
                twice,
                copy,
                sg,
                {"id": f"too-late-{copy:04d}", "competitor": wu, "value": "2", "saw": receipt["seq"], **MARK},
            )
            assert (status, problem["code"]) == (409, "changed")
            assert problem["current"]["seq"] == first["seq"]

        # Two corrections of one reading at once, through different copies: one wins.
        racing = [
            {"id": f"racing-{copy:06d}", "competitor": wu, "value": f"{copy + 1}", "saw": first["seq"], **MARK}
            for copy in (0, 1)
        ]
        raced = await asyncio.gather(*(answer(twice, copy, ch, racing[copy]) for copy in (0, 1)))
        assert sorted(status for status, _ in raced) == [201, 409]

        # A panel whose three judges meet different copies; nothing shows until the third.
        assert (await at_copy(twice, gb, 0).scores(wu, "A1.3", 2))["state"] == "waiting"
        assert (await at_copy(twice, sg, 1).scores(wu, "A1.3", 3))["state"] == "waiting"
        assert (await at_copy(twice, ch, 0).scores(wu, "A1.3", 2))["award"] == {"exact": "14/9", "shown": "1.56"}

        # In turns, each judge's sheet is what was just marked, whichever copy is asked.
        for n, aspect in enumerate(("A1.1", "A2.1", "B1.2", "B1.1")):
            value = {"A1.1": "met"}.get(aspect, "1")
            status, _ = await answer(
                twice,
                n % 2,
                sg,
                {**MARK, "id": f"in-turns-{n:04d}", "competitor": ivy, "aspect": aspect, "value": value},
            )
            if status == 201:
                cells = (await at_copy(twice, sg, (n + 1) % 2).sheet())["cells"]
                assert aspect in cells[ivy]

        # Withdrawn through one copy, refused at both as soon as either knows.
        await Organiser(other).withdraws(electronics, ivy)
        boards = [
            await screens.show(lambda board: board["rows"][ivy]["status"] == "withdrawn") for screens in (here, there)
        ]
        assert boards[0] == boards[1]
        for copy in (0, 1):
            assert (await at_copy(twice, sg, copy).is_refused(ivy, "A1.1", "met"))["code"] == "withdrawn"

        # What both nodes show is what the ledger folds to.
        held = await read_held(twice.at, electronics)
        board = await here.show(lambda _board: here.changes == held.board.seq)
        assert board == {"head": held.board.head, "rows": held.board.rows} == await there.show(lambda board: True)
        assert len(held.marks) == len(set(held.marks))

        # The number of viewers is that of both nodes.
        async def watching(copy: int) -> int:
            frame = await twice.through(copy).ask("GET", "broadcast", f"/live/state/audience/{channel}")
            return int(frame["state"]["head"]["watching"])

        async with asyncio.timeout(10):
            while [await watching(0), await watching(1)] != [4, 4]:  # noqa: ASYNC110 - a WebSocket and an event stream at each
                await asyncio.sleep(0.1)
