"""Every route and every act against everybody with a link, and against those without one (R21, R46, R49).

Both tables are written by hand, and complete: a new route or act fails here until it says who is answered.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any, get_args

import pytest
import pytest_asyncio

from services.livescore.domain import acts
from shared.contracts.livescore import JudgeUnseated, TrainerSeated
from shared.contracts.registration import JudgeRevoked, TrainerNamed
from tests.services.livescore.registration import Registration, registered
from tests.services.livescore.service import SCHEME, Livescore, Reply, started, until, with_schemes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.asyncio(loop_scope="module")

HERE = "/api/livescore/competitions/{competition}"
OPEN = {"nobody", "expired"}
SEATS = {"judge", "chief", "manager", "presenter"}
ELSEWHERE = {f"{one} elsewhere" for one in SEATS}
REVOKED = {f"{one} revoked" for one in SEATS}
MOVED = {"judge's link of the chief", "chief's link of a judge"}
FOLLOWERS = {"competitor", "another competitor", "trainer", "another trainer", "trainer named no more"}
EVERYBODY = {
    *OPEN, "organiser", "organiser elsewhere", *SEATS, *ELSEWHERE, *REVOKED, *MOVED, *FOLLOWERS
}  # fmt: skip

LEADS = {"chief", "manager"}
STAFF = {"organiser", *LEADS}
# What a link shows by itself: schemes and the judge's own sheet, until it ends; a seat is asked for all else.
READS_SCHEME = {"organiser", "judge", *LEADS, *(REVOKED - {"presenter revoked"}), *MOVED}
READS_MARKING = {"judge", "judge revoked", "judge's link of the chief"}

ROUTES: dict[str, set[str]] = {
    "POST " + HERE + "/marks": {"judge"},
    "GET /api/livescore/competitions": {*SEATS, *ELSEWHERE, *REVOKED, *MOVED},
    "GET " + HERE + "/marking": READS_MARKING,
    "GET " + HERE + "/marking/live": READS_MARKING,
    "GET " + HERE + "/mine": FOLLOWERS,
    "GET " + HERE + "/chief": LEADS,
    "GET " + HERE + "/chief/live": LEADS,
    "GET " + HERE + "/chief/sheets/{form}/{competitor}": LEADS,
    "GET " + HERE + "/chief/missing": LEADS,
    "GET " + HERE + "/chief/opinion": LEADS,
    "GET " + HERE + "/ceremony": {*LEADS, "presenter"},
    "GET " + HERE + "/ceremony/live": {*LEADS, "presenter"},
    "PUT " + HERE + "/scheme": {"organiser"},
    "POST " + HERE + "/scheme/check": READS_SCHEME - {"judge", "judge revoked", "judge's link of the chief"},
    "GET " + HERE + "/scheme": READS_SCHEME,
    "GET " + HERE + "/scheme.xlsx": READS_SCHEME,
    "GET " + HERE + "/scheme.yaml": READS_SCHEME,
    "GET " + HERE + "/results": {*STAFF, "presenter"},
    "GET " + HERE + "/results.json": {*STAFF, "presenter"},
    "GET " + HERE + "/results.xlsx": {*STAFF, "presenter"},
    "GET " + HERE + "/best-of-nation.xlsx": {*STAFF, "presenter"},
    "GET " + HERE + "/results.csv": {*STAFF, "presenter"},
    "GET " + HERE + "/results/{competitor}": {*STAFF, "presenter", "competitor", "trainer"},
    "GET " + HERE + "/why/{competitor}/{aspect}": {*STAFF, "presenter"},
    "GET " + HERE + "/why-rank/{competitor}": {*STAFF, "presenter"},
    "GET /api/livescore/showcases/{showcase}/results": {"organiser"},
    "GET " + HERE + "/exercises": {"judge", *LEADS},
    "GET " + HERE + "/exercises/{exercise}/report": LEADS,
    "GET " + HERE + "/feed": EVERYBODY,
    "GET " + HERE + "/feed/{type}": EVERYBODY,
    "GET " + HERE + "/feed/{type}/{id}": EVERYBODY,
    "GET " + HERE + "/staff-feed": STAFF,
    "GET " + HERE + "/staff-feed/{type}": STAFF,
    "GET " + HERE + "/staff-feed/{type}/{id}": STAFF,
}
"""Who is answered by a route; its door of all acts has the table below."""

_BECAUSE = "as both of them agreed"
_READ_WRONGLY = "It was read wrongly, as I think."
_PIECE = {"id": "p1", "title": {"en": "A joint"}}
_HOSTS = {*LEADS, "presenter"}
ACTS: dict[str, tuple[set[str], dict[str, Any]]] = {
    "set-rules": (STAFF, {"rules": {}}),
    "approve-texts": (LEADS, {"scheme": 1, "forms": ["I9"]}),
    "blind-forms": (STAFF, {"forms": ["I9"], "blind": True}),
    "amend-scheme": (LEADS, {"scheme": None, "reason": _BECAUSE}),
    "name-panel": (LEADS, {"form": "I9", "judges": ["cn"]}),
    "declare-conflict": ({"judge", "chief"}, {"judge": "nobody", "competitor": "c09", "kind": "college"}),
    "clear-conflict": ({"chief"}, {"judge": "nobody", "competitor": "c09", "reason": _BECAUSE}),
    "submit-sheet": ({"judge"}, {"form": "I9", "competitor": "c01"}),
    "verify-sheet": ({"judge", "chief"}, {"form": "I9", "competitor": "c01"}),
    "check-by-hand": ({"judge"}, {"form": "I9", "competitor": "c01", "aspect": "A1.1", "saw": 1}),
    "accept-typing": ({"judge", "chief"}, {"form": "I9", "competitor": "c01"}),
    "return-sheet": ({"judge", "chief"}, {"form": "I9", "competitor": "c01", "reason": _BECAUSE}),
    "sign-sheets": ({"judge", "chief"}, {"form": "I9"}),
    "reopen-sheet": (LEADS, {"form": "I9", "competitor": "c01", "code": "typing", "reason": _BECAUSE}),
    "order-round": ({"chief"}, {"competitor": "c01", "aspect": "C1.1", "reason": _BECAUSE}),
    "justify-round": ({"judge"}, {"competitor": "c01", "aspect": "C1.1", "justification": _BECAUSE}),
    "decide-dual": ({"chief"}, {"competitor": "c01", "aspect": "C1.1", "pair": 1, "reason": _BECAUSE}),
    "set-board-mode": (STAFF, {"mode": "marks"}),
    "release-forms": (STAFF, {"forms": ["I9"], "when": "locked"}),
    "set-delay": (STAFF, {"seconds": 0}),
    "plan-freeze": (STAFF, {"at": "2000-01-01T00:00:00Z"}),
    "freeze": (STAFF, {}),
    "thaw": (STAFF, {}),
    "begin-reveal": (_HOSTS, {}),
    "move-reveal": (_HOSTS, {"step": 1}),
    "end-reveal": (_HOSTS, {}),
    "show-sheets": ({"chief"}, {"competitors": ["c09"]}),
    "set-ranking": (LEADS, {"ranked": True, "reason": _BECAUSE}),
    "depart-medals": (LEADS, {"medals": {"c09": None}, "reason": _BECAUSE}),
    "finalise": (LEADS, {"reason": _BECAUSE}),
    "record-outage": (
        LEADS,
        {"remedy": {"kind": "time_back", "competitor": "c09", "seconds": 60}, "reason": _BECAUSE},
    ),
    "reverse-outage": (LEADS, {"outage": "no-such-outage", "reason": _BECAUSE}),
    "file-appeal": ({"organiser", "competitor"}, {"competitor": "c01", "form": "I9", "text": _READ_WRONGLY}),
    "move-appeal": (LEADS, {"appeal": "no-such-appeal", "to": "closed"}),
    "open-exercise": ({"chief"}, {"title": {"en": "Joints"}, "aspects": ["A1.1"], "pieces": [_PIECE]}),
    "score-piece": ({"judge"}, {"exercise": "no-such-exercise", "piece": "p1", "aspect": "C1.1", "score": 2}),
    "close-exercise": ({"chief"}, {"exercise": "no-such-exercise"}),
    "approve": (LEADS, {"proposal": "no-such-proposal"}),
    "decline": (LEADS, {"proposal": "no-such-proposal", "reason": _BECAUSE}),
}  # fmt: skip
"""Who may send an act, and one that nearly always fails for another reason; what it does is tested elsewhere."""

_SITS_NOW = {"judge's link of the chief": "chief", "chief's link of a judge": "judge"}
"""Acts are done in the office of the seat, whatever the link was made for."""
_ids = count(1)


class Everybody:
    """The service, everybody's token, and what addresses are filled in with."""

    def __init__(self, livescore: Livescore) -> None:
        self.livescore = livescore
        self.tokens = tokens(livescore.registration)
        self.names = {"competition": "autumn.electronics", "showcase": "autumn"}
        self.names |= {"competitor": "c01", "form": "A1", "aspect": "A1.1"}

    async def act(self, who: str, act: str, **fields: Any) -> Reply:
        body = {"act": act, "id": f"asked-{next(_ids):06d}", "done_at": datetime.now(UTC).isoformat(), **fields}
        path = f"{HERE}/acts".format_map(self.names)
        return await self.livescore.ask("POST", path, body, token=self.tokens[who])

    async def ask(self, who: str, route: str) -> Reply:
        method, _, pattern = route.partition(" ")
        body: Any = None
        headers = {}
        if pattern.endswith("/marks"):
            body = self.livescore.form(saw=1)  # a good one, which clashes with what is there
        elif method in {"PUT", "POST"}:
            body, headers = SCHEME, {"Content-Type": "application/yaml"}
        kind = ("judgements", "c01.A1.1") if "staff-feed" in pattern else ("competitors", "c01")
        path = pattern.format_map({**self.names, "type": kind[0], "id": kind[1]})
        if path.endswith("feed"):
            path += "?stream=false"
        # A live view does not end; its head says whether it would be given.
        method = "HEAD" if path.endswith("/live") else method
        return await self.livescore.ask(method, path, body, token=self.tokens[who], headers=headers)


def tokens(words: Registration) -> dict[str, str | None]:
    people = {"judge": "cn", "chief": "lead", "manager": "helm", "presenter": "host"}
    found: dict[str, str | None] = {
        "nobody": None,
        "expired": words.judge_token("cn", hours=-1),
        "organiser": words.organiser_token("autumn"),
        "organiser elsewhere": words.organiser_token("spring"),
        "judge's link of the chief": words.judge_token("lead", "electronics"),
        "chief's link of a judge": words.judge_token("sg", "electronics", office="chief"),
        "competitor": words.follower_token("competitor", "c01"),
        "another competitor": words.follower_token("competitor", "c02"),
        "trainer": words.follower_token("trainer", "tai", "c01", "c03"),
        "another trainer": words.follower_token("trainer", "tom", "c02"),
        "trainer named no more": words.follower_token("trainer", "tex", "c01"),
    }
    for office in ("judge", "chief", "manager", "presenter"):
        found[office] = words.judge_token(people[office], "electronics", office=office)
        found[f"{office} elsewhere"] = words.judge_token(people[office], "welding", office=office)
        found[f"{office} revoked"] = words.judge_token("fr", "electronics", office=office)
    return found


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def everybody(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Everybody]:
    """One service with one mark, one exercise, and the sheets of c01 shown."""
    data = tmp_path_factory.mktemp("everybody") / "data"
    async with registered(data) as words, started(words) as livescore:
        await with_schemes(livescore)
        await words.judge("lead", "FI", "electronics", office="chief")
        await words.judge("helm", "DE", "electronics", office="manager")
        await words.judge("host", "FR", "electronics", office="presenter")
        for trainer, competitors in (("tai", ("c01", "c03")), ("tom", ("c02",))):
            here = ("autumn.electronics",)
            await words.tell(TrainerNamed(trainer=trainer, competitors=competitors, competitions=here))
        await words.tell(JudgeRevoked(judge="fr"))
        await livescore.taken_over(JudgeUnseated)
        await livescore.taken_over(TrainerSeated)
        one = Everybody(livescore)
        assert (await livescore.read("cn", "met")).status == 201
        assert (await one.act("chief", "show-sheets", competitors=["c01"])).status == 201
        opened = await one.act("chief", "open-exercise", title={"en": "Joints"}, aspects=["C1.1"], pieces=[_PIECE])
        one.names["exercise"] = opened.json["id"]

        async def told() -> bool:
            return (await one.ask("nobody", "GET " + HERE + "/feed/{type}/{id}")).status == 200

        await until(told)
        yield one


def refusal(who: str, reply: Reply) -> bool:
    if who in OPEN:
        return reply.status == 401
    return reply.status in {403, 404}


async def test_every_route_says_who_is_answered(everybody: Everybody) -> None:
    document = (await everybody.livescore.ask("GET", "/openapi.json")).json
    served = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert {one for one in served if " /api/" in one} == {*ROUTES, "POST " + HERE + "/acts"}


async def test_every_act_says_who_may_do_it() -> None:
    kinds = get_args(get_args(acts.Act)[0])
    assert {get_args(kind.model_fields["act"].annotation)[0] for kind in kinds} == set(ACTS)


@pytest.mark.parametrize("route", ROUTES)
async def test_a_route_answers_those_it_is_for_and_nobody_else(everybody: Everybody, route: str) -> None:
    answered, wrong = set(), []
    for who in EVERYBODY:
        reply = await everybody.ask(who, route)
        if reply.status < 400 or reply.status == 409:
            answered.add(who)
        elif not refusal(who, reply):
            wrong.append((who, reply.status, reply.content[:200]))
    assert wrong == []
    assert answered == ROUTES[route]


@pytest.mark.parametrize("act", ACTS)
async def test_an_act_is_taken_from_those_whose_it_is_and_nobody_else(everybody: Everybody, act: str) -> None:
    """R46: no organiser enters, changes or signs marks; R49: nobody without a seat does anything."""
    may, fields = ACTS[act]
    if act == "amend-scheme":
        found = await everybody.ask("organiser", "GET " + HERE + "/scheme")
        fields = {**fields, "scheme": found.json["scheme"]}
    taken, wrong = set(), []
    for who in EVERYBODY:
        if act == "declare-conflict":  # a judge declares the own ones
            fields["judge"] = "sg" if who == "chief's link of a judge" else "cn"
        reply = await everybody.act(who, act, **fields)
        assert reply.status == 201 or reply.code != "invalid", reply.content
        if reply.status in {201, 409, 422}:
            taken.add(who)
        elif not refusal(who, reply):
            wrong.append((who, reply.status, reply.content[:200]))
    assert wrong == []
    assert taken == may | {link for link, office in _SITS_NOW.items() if office in may}


async def test_somebody_else_s_appeal_is_not_filed(everybody: Everybody) -> None:
    """R79."""
    fields = {"competitor": "c01", "text": _READ_WRONGLY}
    assert (await everybody.act("another competitor", "file-appeal", **fields)).code == "not_yours"


@pytest.mark.parametrize("act", ["finalise", "begin-reveal"])
async def test_a_second_opinion_is_not_worked_out_for_those_who_may_not_release(
    everybody: Everybody, monkeypatch: pytest.MonkeyPatch, act: str
) -> None:
    """It reads the whole ledger, and its differences name marks (R21)."""

    async def asked(*_: Any) -> list[Any]:
        raise AssertionError("an opinion was asked for")

    monkeypatch.setattr("services.livescore.second_opinion.SecondOpinion.__call__", asked)
    _, fields = ACTS[act]
    for who in ("judge", "organiser", "competitor", "judge revoked"):
        assert (await everybody.act(who, act, **fields)).status == 403, who


async def test_an_act_that_changes_nothing_tells_nothing_of_others_hidden_scores(everybody: Everybody) -> None:
    """R21: neither the stream's seq nor its last moment."""
    livescore, exercise = everybody.livescore, everybody.names["exercise"]
    score = {"exercise": exercise, "piece": "p1", "aspect": "C1.1", "score": 2}
    await everybody.act("judge", "score-piece", **score)
    before = (await everybody.act("judge", "score-piece", **score)).json
    hidden = (await livescore.score("sg", 3)).json
    after = (await everybody.act("judge", "score-piece", **score)).json
    assert (after["seq"], after["events"]) == (before["seq"], [])
    assert hidden["seq"] > after["seq"]
    assert hidden["received_at"] != after["received_at"]
