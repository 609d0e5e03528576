"""Words for given/when/then about one competition: what was recorded, what a judge does, what everybody sees."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.livescore.domain.acts import ADAPTER
from services.livescore.domain.board import Standings
from services.livescore.domain.commands import GiveMark
from services.livescore.domain.competition import Competition, Done, Receipt
from services.livescore.domain.deciding import decide_act
from services.livescore.domain.deciding.marks import decide_mark
from services.livescore.domain.deciding.stamping import Request
from services.livescore.domain.marking import marking_view
from services.livescore.domain.totals import Totals
from services.livescore.domain.who import Who
from shared.contracts.board import encode_board
from shared.contracts.events import Event, Recorded, decode, encode
from shared.contracts.livescore import CompetitionOpened, CompetitorEntered, CompetitorLeft, JudgeSeated, SchemeImported
from shared.contracts.registration import BoardMode, Office
from shared.contracts.scheme import Aspect, Scheme
from shared.contracts.text import Text

NOON = datetime(2020, 11, 19, 12, 0, tzinfo=UTC)

MEASURES: dict[str, tuple[str, dict[str, str]]] = {
    "A1.1": ("2.00", {"pattern": "deduct", "step": "0.25"}),
    "A1.2": ("5.00", {"pattern": "time", "t_full": "5400", "t_zero": "7200"}),
    "B1.1": ("3.00", {"pattern": "tolerance", "nominal": "12.0", "tol": "0.3"}),
}
JUDGED = {"A2.1": "4.00", "B1.2": "2.00"}


def aspect(id_: str, maximum: str, measure: dict[str, Any] | None = None) -> Aspect:
    text = {"en": f"what {id_} is about"}
    raw = {"id": id_, "type": "J", "description": text, "section": 1, "max": maximum}
    if measure is None:
        return Aspect.model_validate(raw | {"descriptors": [{"en": f"descriptor {n}"} for n in range(4)]})
    return Aspect.model_validate(raw | {"type": "M", "measure": measure})


def scheme(*aspects: Aspect) -> Scheme:
    """A scheme of these aspects, without regard to the rules about sums."""
    subs: dict[str, dict[str, list[Aspect]]] = {}
    for one in aspects:
        subs.setdefault(one.id[0], {}).setdefault(one.id.partition(".")[0], []).append(one)
    name = {"en": "name"}
    return Scheme.model_validate(
        {
            "title": name,
            "sections": [{"id": 1, "name": name, "weight": "100"}],
            "criteria": [
                {
                    "id": criterion,
                    "name": name,
                    "sub_criteria": [
                        {"id": sub, "name": name, "day": 2, "aspects": [one.model_dump() for one in inside]}
                        for sub, inside in sub_criteria.items()
                    ],
                }
                for criterion, sub_criteria in subs.items()
            ],
        }
    )


SMALL_SCHEME = scheme(
    *(aspect(id_, maximum, measure) for id_, (maximum, measure) in MEASURES.items()),
    *(aspect(id_, maximum) for id_, maximum in JUDGED.items()),
)


class Story:
    """A competition of two British and two Chinese competitors, with judges gb, cn and the neutral sg, ch."""

    id = "autumn.electronics"
    stream = f"competition/{id}"
    noon = NOON

    def __init__(self, mode: BoardMode = "marks", imported: Scheme | None = SMALL_SCHEME) -> None:
        self.ledger: list[Recorded] = []
        self.state = Competition(self.id)
        self.standings = Standings(self.id)
        self._ids = 0
        self.given(CompetitionOpened(competition=self.id, title=Text(en="Electronics"), board_mode=mode, source_seq=2))
        for bib, country in (("01", "GB"), ("02", "CN"), ("03", "GB"), ("04", "CN")):
            self.enter(bib, country)
        for judge in ("gb", "cn", "sg", "ch"):
            self.given(JudgeSeated(judge=judge, country=judge.upper(), source_seq=self.state.source_seq + 1))
        if imported is not None:
            self.given(SchemeImported(version=1, digest="first", scheme=imported))

    def given(self, *events: Event, at: str | None = None) -> bool:
        """Record facts as they are; True when the last one changed the public board."""
        public = False
        for event in events:
            seq = len(self.ledger) + 1
            when = at or (NOON + timedelta(seconds=seq)).isoformat().replace("+00:00", "Z")
            recorded = decode(encode(Recorded(self.stream, seq, f"event-{seq}", when, event)))
            self.ledger.append(recorded)
            self.state.apply(recorded)
            public = self.standings.apply(recorded)
        return public

    def enter(self, bib: str, country: str, name: str | None = None) -> bool:
        return self.given(
            CompetitorEntered(
                competitor=f"c{bib}",
                bib=bib,
                display_name=name or f"No. {bib}",
                country=country,
                source_seq=self.state.source_seq + 1,
            )
        )

    def leave(self, competitor: str) -> bool:
        return self.given(CompetitorLeft(competitor=competitor, source_seq=self.state.source_seq + 1))

    def command(self, competitor: str, aspect_id: str, judge: str, **fields: Any) -> GiveMark:
        self._ids += 1
        usual: dict[str, Any] = {"mark": f"mark-{self._ids:06d}", "marked_at": NOON, "now": NOON}
        asked = usual | fields
        content = f"{competitor} {aspect_id} {asked.get('value')} {asked.get('score')} {asked.get('saw')}"
        return GiveMark(**({"fingerprint": content} | asked), competitor=competitor, aspect=aspect_id, judge=judge)

    def does(self, command: GiveMark, at: str | None = None) -> Receipt:
        """Decide, record and answer, as the service does."""
        self.given(*decide_mark(self.state, command), at=at)
        receipt = self.state.receipt(command.mark)
        assert receipt is not None
        return receipt

    def read(
        self, competitor: str, aspect_id: str, value: str, judge: str = "ch", at: str | None = None, **fields: Any
    ) -> Receipt:
        return self.does(self.command(competitor, aspect_id, judge, value=value, **fields), at)

    def score(self, competitor: str, aspect_id: str, judge: str, score: int, **fields: Any) -> Receipt:
        return self.does(self.command(competitor, aspect_id, judge, score=score, **fields))

    def scores(self, competitor: str, aspect_id: str, *scores: int, **fields: Any) -> Receipt:
        """Scores of the panel that may mark this competitor, in one round; `fields` go with the first."""
        compatriot = self.state.competitors[competitor].country.lower()
        receipts = []
        for judge, score in zip([one for one in ("gb", "cn", "sg", "ch") if one != compatriot], scores, strict=False):
            receipts.append(self.score(competitor, aspect_id, judge, score, **fields))
            fields = {}
        return receipts[-1]

    def seat(self, who: str, country: str, office: Office = "judge") -> None:
        self.given(JudgeSeated(judge=who, country=country, office=office, source_seq=self.state.source_seq + 1))

    def act(self, who: str, act: str, now: datetime | None = None, **fields: Any) -> Done:
        """Decide, record and answer, as the service does; `organiser` and competitors need no seat."""
        self._ids += 1
        now = now or NOON + timedelta(seconds=len(self.ledger) + 1)
        raw = {"id": f"act-{self._ids:06d}", "done_at": now.isoformat()} | fields | {"act": act}
        asked = ADAPTER.validate_python(raw)
        fingerprint = asked.model_dump_json()
        self.given(
            *decide_act(self.state, Request(asked, self.who(who), fingerprint, now)),
            at=now.isoformat().replace("+00:00", "Z"),
        )
        done = self.state.act(asked.id)
        assert done is not None
        return done

    def who(self, id_: str) -> Who:
        seat = self.state.judges.get(id_)
        if seat is not None:
            return Who(seat.id, seat.office, seat.country)
        return Who(id_, "competitor") if id_ in self.state.competitors else Who(id_, "organiser")

    def both(self, act: str, **fields: Any) -> Done:
        """The chief expert proposes, the manager approves."""
        proposal = self.act("chief", act, **fields).id
        return self.act("manager", "approve", proposal=proposal)

    def totals(self, competitor: str) -> Totals:
        return self.state.totals(self.state.competitors[competitor])

    def view(self, judge: str) -> dict[str, Any]:
        return marking_view(self.state, judge)

    def cell(self, judge: str, competitor: str, aspect_id: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = self.view(judge)["cells"].get(competitor, {}).get(aspect_id)
        return found

    def rows(self) -> dict[str, dict[str, Any]]:
        return self.standings.board("epoch").rows

    def public_bytes(self) -> bytes:
        return encode_board(self.standings.board("epoch"))

    def rebuilt(self, ledger: Iterable[Recorded] | None = None) -> tuple[Competition, Standings]:
        """What a second service folds from the bytes of the same ledger, to decide on and to show."""
        state, standings = Competition(self.id), Standings(self.id)
        for recorded in map(decode, map(encode, self.ledger if ledger is None else ledger)):
            state.apply(recorded)
            standings.apply(recorded)
        return state, standings


@pytest.fixture
def story() -> Story:
    return Story()
