"""The door for acts, and every view of a competition to which nobody knows what was done: never a fault of ours (5xx).

Acts that are good in form come in any order, from anybody, with parts replaced; what is accepted changes the state that
the next one meets. Whoever may ask is asked for the views in between.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.livescore.domain.acts import OFFICES
from services.livescore.domain.schemes.from_yaml import check_yaml
from shared.ids import new_id
from tests.properties.hostile import COMPETITION, SCHEME, Target, fuzz, like

Json = dict[str, Any]
API = f"/api/livescore/competitions/{COMPETITION}"
WHY = "We looked at it together, twice."
SOON = "2030-11-18T16:00:00Z"
BY_TWO = ("amend-scheme", "depart-medals", "finalise", "name-panel", "record-outage", "reopen-sheet", "reverse-outage",
          "set-ranking")  # fmt: skip
PIECE = {"id": "p1", "title": {"en": "A joint"}, "reference": {"A1.3": 2}}
AMENDED = check_yaml(SCHEME.replace(b"worn throughout", b"worn all the time")).usable().model_dump(mode="json")

VIEWS = (
    ("chief", "/chief"),
    ("chief", "/chief/missing"),
    ("chief", "/chief/opinion"),
    ("chief", "/chief/sheets/A1/{competitor}"),
    ("presenter", "/ceremony"),
    ("judge", "/marking"),
    ("manager", "/results"),
    ("manager", "/results.json"),
    ("manager", "/results.csv"),
    ("organiser", "/results.xlsx"),
    ("organiser", "/best-of-nation.xlsx"),
    ("chief", "/results/{competitor}"),
    ("chief", "/why-rank/{competitor}"),
    ("chief", "/why/{competitor}/A1.1"),
    ("organiser", "/staff-feed?stream=false"),
    ("nobody", "/feed?stream=false"),
)


def acts(competitor: str, judges: list[str]) -> list[Json]:
    """Every kind, good in form; whether it may be done depends on what was done before.

    Where one act means another, the other one has its kind for an id: it is the first of its kind that was accepted.
    """
    sheet = {"form": "A1", "competitor": competitor}
    forms = {"forms": ["A1", "B1"]}
    return [
        {"act": "set-rules", "rules": {"rounding": "aspect_2dp", "medal_band": "0.50", "targets": {"A": "4.00"}}},
        {"act": "approve-texts", "scheme": 1, "forms": ["B1"]},
        {"act": "blind-forms", "forms": ["B1"], "blind": True},
        {"act": "amend-scheme", "scheme": AMENDED, "reason": WHY},
        {"act": "name-panel", "form": "A1", "judges": judges, "mode": "mixed"},
        {"act": "name-panel", **sheet, "judges": judges, "mode": "mirrored", "reason": WHY},
        {"act": "declare-conflict", "judge": judges[-1], "competitor": competitor, "kind": "family", "note": WHY},
        {"act": "clear-conflict", "judge": judges[-1], "competitor": competitor, "reason": WHY},
        {"act": "submit-sheet", **sheet},
        {"act": "verify-sheet", **sheet},
        {"act": "check-by-hand", **sheet, "aspect": "A1.1", "saw": 1},
        {"act": "accept-typing", **sheet},
        {"act": "return-sheet", **sheet, "reason": WHY},
        {"act": "sign-sheets", "form": "A1", "competitors": [competitor]},
        {"act": "reopen-sheet", **sheet, "code": "typing", "reason": WHY},
        {"act": "order-round", "competitor": competitor, "aspect": "A1.3", "reason": WHY},
        {"act": "justify-round", "competitor": competitor, "aspect": "A1.3", "justification": WHY},
        {"act": "decide-dual", "competitor": competitor, "aspect": "A1.1", "pair": 2, "reason": WHY},
        {"act": "set-board-mode", "mode": "rank"},
        {"act": "release-forms", **forms, "when": "verified"},
        {"act": "set-delay", "seconds": 1},
        {"act": "plan-freeze", "at": SOON},
        {"act": "freeze"},
        {"act": "thaw"},
        {"act": "begin-reveal", "rehearsal": True},
        {"act": "move-reveal", "step": 1, "rehearsal": True},
        {"act": "end-reveal", "rehearsal": True},
        {"act": "show-sheets", "competitors": [competitor]},
        {"act": "set-ranking", "ranked": False, "reason": WHY},
        {"act": "depart-medals", "medals": {competitor: "gold"}, "reason": WHY},
        {"act": "finalise", "reason": WHY},
        {"act": "record-outage", "remedy": {"kind": "full_marks", "aspects": ["A1.1"]}, "reason": WHY},
        {"act": "record-outage", "remedy": {"kind": "removed_interval", "start": SOON, "end": SOON}, "reason": WHY},
        {"act": "reverse-outage", "outage": "act-record-outage", "reason": WHY},
        {"act": "file-appeal", **sheet, "text": WHY},
        {"act": "move-appeal", "appeal": "act-file-appeal", "to": "under_review", "text": WHY},
        {"act": "open-exercise", "title": {"en": "Solder"}, "aspects": ["A1.3"], "pieces": [PIECE]},
        {"act": "score-piece", "exercise": "act-open-exercise", "piece": "p1", "aspect": "A1.3", "score": 2},
        {"act": "close-exercise", "exercise": "act-open-exercise"},
        *({"act": "approve", "proposal": f"act-{proposal}"} for proposal in BY_TWO),
        {"act": "decline", "proposal": "act-name-panel", "reason": WHY},
    ]  # fmt: skip


def test_no_act_is_left_out() -> None:
    assert {act["act"] for act in acts("c", ["j"])} == set(OFFICES)


@pytest.mark.asyncio(loop_scope="module")
@settings(fuzz, max_examples=400)
@given(st.data())
async def test_acts(target: Target, data: st.DataObject) -> None:
    drawn: Json = data.draw(st.sampled_from([{"aspect": "A1.1", "value": "met"}, {"aspect": "A1.3", "score": 2}]))
    mark = {**drawn, "id": new_id(), "competitor": target.competitor, "marked_at": datetime.now(UTC).isoformat()}
    await target.takes("POST", "livescore", f"{API}/marks", mark, "judge")
    act = data.draw(st.sampled_from(acts(target.competitor, target.judges)))
    id_ = data.draw(st.sampled_from([f"act-{act['act']}", new_id()]))
    good = {**act, "id": id_, "done_at": datetime.now(UTC).isoformat(), "device": "tablet-1"}
    body = data.draw(like(good)) if data.draw(st.integers(0, 2)) == 0 else good
    who = data.draw(st.sampled_from([*sorted(OFFICES[act["act"]] - {"competitor"}), "chief", "manager", "judge"]))
    await target.takes("POST", "livescore", f"{API}/acts", body, who)
    asks, view = data.draw(st.sampled_from(VIEWS))
    await target.takes("GET", "livescore", API + view.replace("{competitor}", target.competitor), who=asks)
