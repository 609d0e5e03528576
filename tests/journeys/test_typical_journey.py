"""One showcase from its creation to a judge who is sent home, through all three services and all three viewer edges."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from services.verify import run_verify
from tests.journeys.people import Competitor, Organiser
from tests.journeys.watching import Screens

if TYPE_CHECKING:
    from tests.conftest import Running

SCHEME = (Path(__file__).parents[2] / "examples" / "reference-event" / "scheme.yaml").read_bytes()


async def test_a_showcase_from_its_first_day_to_its_last_mark(running: Running) -> None:
    organiser, public = Organiser(running), Competitor(running)

    # The organiser sets it up.
    await organiser.creates_a_showcase("autumn", en="Autumn Showcase", zh="秋季交流展示")
    electronics = await organiser.adds_a_competition("autumn", "electronics", en="Electronics", zh="电子技术")
    assert electronics == "autumn.electronics"
    assert await organiser.imports_the_scheme(electronics, SCHEME) == {"version": 1, "warnings": []}

    async with Screens(running.at.url("broadcast"), f"competition/{electronics}").on() as screens:
        board = await screens.show(lambda board: board["head"]["aspects"] == 30)
        assert board["head"]["title"] == {"en": "Electronics", "zh": "电子技术"}
        assert board["rows"] == {}

        # Two people register; the public sees who is approved, and no sooner.
        ivy = await public.registers(electronics, "Ivy", "GB")
        wu = await public.registers(electronics, "吴演示", "CN")
        await organiser.approves(electronics, ivy, "03")
        board = await screens.show(lambda board: len(board["rows"]) == 1)
        assert board["rows"][ivy]["name"] == "Ivy"
        await organiser.approves(electronics, wu, "08")
        board = await screens.show(lambda board: len(board["rows"]) == 2)
        assert (board["rows"][wu]["bib"], board["rows"][wu]["country"]) == ("08", "CN")

        # Judges get their links. Nobody may mark a compatriot.
        gb = await organiser.seats_a_judge(electronics, "Dame Voltia Testbench", "GB")
        sg = await organiser.seats_a_judge(electronics, "Neutra Lim Example", "SG")
        ch = await organiser.seats_a_judge(electronics, "Heidi Nullpunkt", "CH")
        await gb.finds("吴演示")
        await ch.finds("Ivy", "吴演示")
        assert (await gb.is_refused(ivy, "A1.1", "met"))["code"] == "compatriot"

        # A reading moves the board at once, on every screen.
        receipt = await sg.reads(wu, "A1.1", "met")
        assert (receipt["state"], receipt["award"]["shown"]) == ("settled", "1.00")
        board = await screens.show(lambda board: board["rows"][wu]["marked"] == 1)
        assert (board["rows"][wu]["total"], board["rows"][wu]["rank"]) == ("1.00", 1)
        await sg.reads(ivy, "A1.2", "0")
        board = await screens.show(lambda board: board["rows"][ivy]["marked"] == 1)
        assert [board["rows"][one]["rank"] for one in (ivy, wu)] == [1, 2]

        # A correction says what it corrects.
        first = await ch.reads(wu, "A1.2", "0")
        await ch.reads(wu, "A1.2", "1", saw=first["seq"])
        board = await screens.show(lambda board: board["rows"][wu].get("total") == "2.50")
        assert board["rows"][wu]["criteria"] == {"A": "2.50"}
        assert (await sg.is_refused(wu, "A1.2", "2"))["code"] == "changed"

        # A panel scores; until the third score nothing moves anywhere, and then all of it at once.
        before = screens.changes
        assert (await gb.scores(wu, "A1.3", 2))["state"] == "waiting"
        assert (await sg.scores(wu, "A1.3", 3))["state"] == "waiting"
        assert wu not in {one for one, cells in (await ch.sheet())["cells"].items() if "A1.3" in cells}
        assert screens.changes == before
        assert (await ch.scores(wu, "A1.3", 2))["award"] == {"exact": "14/9", "shown": "1.56"}
        board = await screens.show(lambda board: board["rows"][wu]["marked"] == 3)
        assert board["rows"][wu]["total"] == "4.06"
        assert screens.changes == before + 1

        # Ivy withdraws; the board says so, and marks her no more.
        await organiser.withdraws(electronics, ivy)
        board = await screens.show(lambda board: board["rows"][ivy]["status"] == "withdrawn")
        assert "rank" not in board["rows"][ivy]
        assert board["rows"][wu]["rank"] == 1
        assert (await sg.is_refused(ivy, "A1.1", "met"))["code"] == "withdrawn"

        # A judge is sent home: the link is still young, and the next mark is refused.
        await organiser.revokes(gb)
        await gb.finds()
        refusal = await gb.is_refused(wu, "B1.2", "4")
        assert (refusal["status"], refusal["code"]) == (403, "not_seated")

    assert await run_verify(running.data, as_json=True) == 0
