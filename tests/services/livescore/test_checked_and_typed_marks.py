"""Over HTTP: marks with what a script said of them (R18), or typed from paper (R43). And what `showcase verify` says of
a sheet whose versions do not follow one on the other (R44).
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from services.livescore.edge.marks import MarkIn
from services.verify import run_verify
from shared.execute import fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from tests.services.livescore.service import Livescore, Reply

CHECK = {"script": "continuity.py", "sha256": "5c" * 32, "verdict": "not_correct", "said": "pin 7 is open"}


async def act(livescore: Livescore, judge: str, name: str, **fields: Any) -> Reply:
    body = {"id": f"act-{name}-{judge}", "done_at": datetime.now(UTC).isoformat(), "act": name, **fields}
    return await livescore.as_judge(judge, "POST", "/autumn.electronics/acts", body)


async def fill(livescore: Livescore, **first: Any) -> Reply:
    """All of A1, the first reading of it with these fields."""
    reply = await livescore.read("cn", "met", **first)
    assert reply.status == 201, reply.content
    for aspect, value in (("A1.2", "3"), ("A1.3", "4")):
        assert (await livescore.read("cn", value, aspect=aspect)).status == 201
    return reply


async def test_r18_a_script_s_verdict_is_recorded_and_checked_by_hand_before_the_sheet_is_submitted(
    livescore: Livescore,
) -> None:
    given = await fill(livescore, check=CHECK)
    mark = livescore.marks()[0]
    assert mark.check is not None
    assert mark.check.model_dump() == CHECK
    refused = await act(livescore, "cn", "submit-sheet", form="A1", competitor="c01")
    assert (refused.status, refused.code) == (422, "check_by_hand")
    assert [(one["field"], one["rule"]) for one in refused.json["errors"]] == [("A1.1", "R18")]
    place = {"form": "A1", "competitor": "c01", "aspect": "A1.1"}
    assert (await act(livescore, "sg", "check-by-hand", saw=given.json["seq"], **place)).status == 201
    nothing_new = await act(livescore, "ch", "check-by-hand", saw=given.json["seq"], **place)
    assert (nothing_new.status, nothing_new.json["events"]) == (201, [])
    submitted = {"id": "act-submitted-0001", "form": "A1", "competitor": "c01"}
    assert (await act(livescore, "cn", "submit-sheet", **submitted)).status == 201


async def test_r45_a_mark_with_a_check_is_taken_once_and_another_check_is_another_mark(livescore: Livescore) -> None:
    form = livescore.form(check=CHECK)
    first, again = await livescore.send("cn", form), await livescore.send("cn", form)
    assert (first.content, len(livescore.marks())) == (again.content, 1)
    other = await livescore.send("cn", form | {"check": CHECK | {"verdict": "correct"}})
    assert (other.status, other.code) == (409, "id_reused")
    assert (await livescore.send("cn", form | {"paper": True})).code == "id_reused"


@pytest.mark.parametrize(
    "wrong",
    [
        {"check": CHECK | {"sha256": "5C" * 32}},
        {"check": CHECK | {"verdict": "perhaps"}},
        {"check": CHECK | {"script": ""}},
        {"check": {"script": "continuity.py"}},
        {"paper": False},
    ],
)
async def test_what_says_nothing_clear_is_refused(livescore: Livescore, wrong: dict[str, Any]) -> None:
    reply = await livescore.send("cn", livescore.form(**wrong))
    assert (reply.status, reply.code) == (422, "invalid")
    assert livescore.marks() == []


async def test_r43_a_sheet_typed_from_paper_waits_for_a_compatriot(livescore: Livescore) -> None:
    await fill(livescore, paper=True)
    assert [mark.paper for mark in livescore.marks()] == [True, None, None]
    sheet = {"form": "A1", "competitor": "c01"}
    assert (await act(livescore, "cn", "submit-sheet", **sheet)).status == 201
    assert (await act(livescore, "sg", "verify-sheet", **sheet)).status == 201
    refused = await act(livescore, "cn", "sign-sheets", form="A1", competitors=["c01"])
    assert (refused.status, refused.code) == (422, "not_to_sign")
    assert (await act(livescore, "gb", "accept-typing", **sheet)).status == 201
    signed = {"id": "act-signed-0001", "form": "A1", "competitors": ["c01"]}
    assert (await act(livescore, "cn", "sign-sheets", **signed)).status == 201


def test_a_plain_mark_keeps_the_fingerprint_it_had_before_there_were_checks() -> None:
    """R45: a tablet may send a mark again after the service was replaced by this version."""
    said = b'"id":"mark-0001","competitor":"c01","aspect":"A1.1","marked_at":"2020-11-19T12:00:00Z","value":"met"'
    mark = MarkIn.model_validate_json(b"{%s}" % said)
    unsaid = b'"score":null,"saw":null,"justification":null,"device":null'
    assert mark.digest("cn") == fingerprint(b"cn {%s,%s}" % (said, unsaid))


async def test_r44_verify_names_a_sheet_whose_content_was_changed_after_it_was_submitted(
    livescore: Livescore, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await fill(livescore)
    assert (await act(livescore, "cn", "submit-sheet", form="A1", competitor="c01")).status == 201
    await livescore.folded()
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("livescore.db", "bus"):
        copied(livescore.data / name, copy / name)
    assert await run_verify(copy, as_json=True) == 0
    forged(copy / "livescore.db", b'"value":"4"', b'"value":"5"')
    assert await run_verify(copy, as_json=True) == 1
    told = orjson.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(told["chains"]) == ["competition/autumn.electronics"]
    assert "sheet A1 of c01: is another than its digest says" in told["chains"]["competition/autumn.electronics"]


def copied(source: Path, target: Path) -> None:
    """With what is still in the journal beside it; a folder file by file."""
    if source.is_dir():
        target.mkdir()
        for one in source.iterdir():
            if one.name.endswith((".db", ".sqlite")):
                copied(one, target / one.name)
        return
    with closing(sqlite3.connect(source)) as there, closing(sqlite3.connect(target)) as here:
        there.backup(here)


def forged(ledger: Path, before: bytes, after: bytes) -> None:
    """Past the guards of the table, as somebody with the file could."""
    with closing(sqlite3.connect(ledger)) as db:
        db.execute("DROP TRIGGER events_are_final")
        (found,) = [row for row in db.execute("SELECT pos, body FROM events") if before in row[1]]
        db.execute("UPDATE events SET body = ? WHERE pos = ?", (found[1].replace(before, after), found[0]))
        db.commit()
