"""Results over real sockets: who may read what, files, and one competition brought to its end by its officials."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any

import openpyxl

from shared.contracts.livescore import JudgeSeated, TrainerSeated
from shared.contracts.registration import TrainerNamed
from tests.services.livescore.service import until

if TYPE_CHECKING:
    from tests.services.livescore.service import Livescore, Reply

API = "/api/livescore/competitions"
_ids = count(1)


async def get(livescore: Livescore, path: str, token: str | None, slug: str = "electronics") -> Reply:
    return await livescore.ask("GET", f"{API}/autumn.{slug}{path}", token=token)


async def act(livescore: Livescore, token: str, name: str, slug: str = "electronics", **fields: Any) -> str:
    """Do something that succeeds; the act's id."""
    id_ = f"result-act-{next(_ids):04d}"
    body = {"act": name, "id": id_, "done_at": datetime.now(UTC).isoformat(), **fields}
    reply = await livescore.ask("POST", f"{API}/autumn.{slug}/acts", body, token=token)
    assert reply.status == 201, reply.json
    return id_


async def officials(livescore: Livescore, slug: str = "electronics") -> tuple[str, str]:
    """Links of the chief expert and the competition manager, who have taken their seats."""
    words = livescore.registration
    await words.judge("lead", "SG", slug, office="chief")
    await words.judge("helm", "CH", slug, office="manager")

    async def seated() -> bool:
        held = {one.event.judge for one in livescore.recorded(slug) if isinstance(one.event, JudgeSeated)}
        return {"lead", "helm"} <= held

    await until(seated)
    return words.judge_token("lead", slug, office="chief"), words.judge_token("helm", slug, office="manager")


async def finalised(livescore: Livescore) -> tuple[str, str]:
    """Welding marked, signed, locked and finalised: c01 and c02 met what was asked, c03 and c04 did not."""
    chief, manager = await officials(livescore, "welding")
    judges = [livescore.registration.judge_token(one) for one in ("sg", "ch")]
    for competitor, value in (("c01", "met"), ("c02", "met"), ("c03", "not_met"), ("c04", "not_met")):
        reply = await livescore.read("sg", value, "welding", aspect="D1.1", competitor=competitor)
        assert reply.status == 201, reply.json
        await act(livescore, judges[0], "submit-sheet", "welding", form="D1", competitor=competitor)
        await act(livescore, judges[1], "verify-sheet", "welding", form="D1", competitor=competitor)
    for signer in (judges[0], chief):
        await act(livescore, signer, "sign-sheets", "welding", form="D1")
    proposal = await act(livescore, chief, "finalise", "welding", reason="All sheets are locked.")
    await act(livescore, manager, "approve", "welding", proposal=proposal)
    return chief, manager


async def test_staff_read_a_provisional_result_while_marks_come_in(livescore: Livescore) -> None:
    await livescore.read("sg", "met", aspect="A1.1")
    chief, _ = await officials(livescore)
    for token in (chief, livescore.registration.organiser_token("autumn")):
        found = (await get(livescore, "/results", token)).json
        assert (found["final"], found["version"], found["competition"]) == (False, None, "autumn.electronics")
        assert [row["rank"] for row in found["rows"]] == [1, None, None, None]
        assert found["rows"][0]["total"] == {"exact": "10", "shown": "10.00"}
    (why,) = [(await get(livescore, "/why/c01/A1.1", chief)).json]
    assert (why["state"], why["readings"][0]["judge"], why["counts"]["shown"]) == ("settled", "sg", "10.00")
    assert why["readings"][0]["received_at"] is not None
    assert (await get(livescore, "/why-rank/c01", chief)).json["rank"] == 1


async def test_a_reading_that_was_corrected_is_explained_with_what_it_replaced(livescore: Livescore) -> None:
    """R44: read again from the ledger, however long ago it was."""
    first = (await livescore.read("sg", "met", aspect="A1.1")).json
    await livescore.read("ch", "not_met", aspect="A1.1", saw=first["seq"])
    chief, _ = await officials(livescore)
    why = (await get(livescore, "/why/c01/A1.1", chief)).json
    assert [(one["value"], one["judge"], one["counts"]) for one in why["readings"]] == [
        ("not_met", "ch", True),
        ("met", "sg", False),
    ]


async def test_nobody_else_reads_results(livescore: Livescore) -> None:
    words = livescore.registration
    paths = ("/results", "/results.json", "/results.xlsx", "/best-of-nation.xlsx", "/results.csv")
    for path in (*paths, "/why/c01/A1.1", "/why-rank/c01"):
        assert (await get(livescore, path, None)).status == 401, path
        assert (await get(livescore, path, words.judge_token("sg"))).code == "wrong_role", path
        assert (await get(livescore, path, words.follower_token("competitor", "c01"))).code == "wrong_role", path
        assert (await get(livescore, path, words.organiser_token("spring"))).status == 404, path
        nowhere = words.judge_token("sg", "electronics", office="chief")  # seated as a judge, not as this
        assert (await get(livescore, path, nowhere)).status == 404, path


async def test_a_competitor_reads_the_own_sheet_once_it_was_shown(livescore: Livescore) -> None:
    """R79."""
    words = livescore.registration
    await livescore.read("sg", "met", aspect="A1.1")
    await words.tell(TrainerNamed(trainer="tai", competitors=("c01", "c03"), competitions=("autumn.electronics",)))
    await livescore.taken_over(TrainerSeated)
    own, trainer = words.follower_token("competitor", "c01"), words.follower_token("trainer", "tai", "c01", "c03")
    assert (await get(livescore, "/results/c01", own)).code == "not_shown_yet"
    chief, _ = await officials(livescore)
    await act(livescore, chief, "show-sheets", competitors=["c01"])
    for token in (own, trainer, chief):
        found = (await get(livescore, "/results/c01", token)).json
        assert (found["competitor"]["bib"], found["total"]["shown"], found["place"]) == ("01", "10.00", None)
    assert (await get(livescore, "/results/c03", trainer)).code == "not_shown_yet"
    assert (await get(livescore, "/results/c02", own)).status == 404
    assert (await get(livescore, "/results/c02", chief)).status == 200
    assert (await get(livescore, "/results/c99", chief)).code == "unknown_competitor"
    assert (await get(livescore, "/why/c01/Z9.9", chief)).status == 404


async def test_two_officials_end_a_competition_and_its_files_are_final(livescore: Livescore) -> None:
    """R48, R59, R92: the whole way, over HTTP."""
    chief, _ = await officials(livescore, "welding")
    before = await get(livescore, "/results.xlsx", chief, "welding")
    assert "Competitor_results_provisional.xlsx" in before.headers["Content-Disposition"]
    chief, _ = await finalised(livescore)
    found = (await get(livescore, "/results", chief, "welding")).json
    assert (found["final"], found["version"], found["changed_since"]) == (True, 1, False)
    assert found["versions"][0]["digest"] == found["digest"]
    assert [(row["bib"], row["rank"], row["medal"]) for row in found["rows"]] == [
        ("01", 1, "gold"),
        ("02", 1, "gold"),
        ("03", 3, None),
        ("04", 3, None),
    ]
    assert found["score"]["withheld"] == ["few_competing"]
    book = await get(livescore, "/results.xlsx", chief, "welding")
    assert 'filename="Competitor_results.xlsx"' in book.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
    assert [[cell.value for cell in row[:6]] for row in sheet.iter_rows(max_row=3)] == [
        ["Position", "Member", "Member Name", "Skill Number", "Medal", "First Name"],
        [1, "GB", "United Kingdom", None, "Gold", "Invented 01"],
        [1, "CN", "China", None, "Gold", "Invented 02"],
    ]
    best = await get(livescore, "/best-of-nation.xlsx", chief, "welding")
    assert openpyxl.load_workbook(io.BytesIO(best.content)).worksheets[0].max_row == 3
    table = (await get(livescore, "/results.csv", chief, "welding")).content
    assert table.startswith(b"\xef\xbb\xbf")
    lines = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline="")))
    assert [(line["result"], line["bib"], line["D"], line["medal"]) for line in lines[:2]] == [
        ("version 1", "01", "100.00", "Gold"),
        ("version 1", "02", "100.00", "Gold"),
    ]
    own = livescore.registration.follower_token("competitor", "c01")
    assert (await get(livescore, "/results/c01", own, "welding")).status == 404, "the link is for electronics"
    place = (await get(livescore, "/results/c03", chief, "welding")).json["place"]
    assert (place["rank"], place["ranked"], place["medal"]) == (3, 4, None)


async def test_an_organiser_reads_what_a_showcase_says_together(livescore: Livescore) -> None:
    """R68, R69: two Members have no reports."""
    token = livescore.registration.organiser_token("autumn")
    found = (await livescore.ask("GET", "/api/livescore/showcases/autumn/results", token=token)).json
    assert [one["id"] for one in found["competitions"]] == ["autumn.electronics", "autumn.welding"]
    assert (found["overall_best"], found["members"]) == ([], None)
    stranger = livescore.registration.organiser_token("spring")
    assert (await livescore.ask("GET", "/api/livescore/showcases/autumn/results", token=stranger)).status == 404
