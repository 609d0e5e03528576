"""Random competitions: histories that the real deciders have let through, from the first seat to the thaw.

What happens is drawn from `rng` alone; what judges read and score is drawn from `marks`. So two competitions of the
same `rng` and other `marks` do the same things with other marks, until some rule makes the marks decide what happens.
What is drawn and is not legal at that moment is refused by the decider and simply does not happen.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, get_args

from services.livescore.domain import acts, blind, duties
from services.livescore.domain.cells import MeasuredCell, SecretCell
from services.livescore.domain.commands import GiveMark
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding import decide_act
from services.livescore.domain.deciding.marks import decide_mark
from services.livescore.domain.deciding.release import planned_freeze
from services.livescore.domain.deciding.roster import decide_roster
from services.livescore.domain.deciding.schemes import decide_scheme
from services.livescore.domain.deciding.stamping import Request
from services.livescore.domain.remedies import STEPS
from services.livescore.domain.schemes.index import AspectRule
from services.livescore.domain.scorecard import Competitor
from services.livescore.domain.who import Who
from shared.contracts import registration
from shared.contracts.acts import Rules
from shared.contracts.events import Event, Recorded
from shared.contracts.livescore import Check
from shared.contracts.scheme import Scheme
from shared.contracts.text import Text
from shared.errors import CallerError
from tests.properties.random_schemes import amended, random_reading, random_scheme

ID = "autumn.electronics"
STREAM = f"competition/{ID}"
BEGINNING = datetime(2020, 11, 19, 9, 0, tzinfo=UTC)
JUDGES = {"gb1": "GB", "cn1": "CN", "ch1": "CH", "sg1": "SG", "no1": "NO", "gb2": "GB"}
CHIEF, MANAGER, HOST = Who("chief", "chief", "FR"), Who("manager", "manager", "DE"), Who("host", "presenter", "FR")
ORGANISER = Who("organiser", "organiser")
WHY = "both readings were looked at again together"

_schemes: list[tuple[Scheme, list[Scheme]]] = []


def _pool() -> list[tuple[Scheme, list[Scheme]]]:
    """Making a scheme costs more than a whole small competition, so they share some."""
    if not _schemes:
        rng = Random(2020)
        for _ in range(150):
            scheme = random_scheme(rng)
            _schemes.append((scheme, [amended(rng, scheme) for _ in range(3)]))
    return _schemes


class RandomCompetition:
    """`ledger` is what was recorded and `state` what decisions were made on; `steps` more things happen by `go_on`."""

    def __init__(self, rng: Random, marks: Random | None = None, competition: str = ID) -> None:
        self.id = competition
        self.rng = rng
        self.marks = marks or Random(rng.random())
        self.ledger: list[Recorded] = []
        self.state = Competition(competition)
        self.now = BEGINNING
        self._ids = 0
        self._source = 0
        self._scheme, self._amendments = rng.choice(_pool())
        self._open()

    def go_on(self, steps: int) -> None:
        moves = self.rng.choices(_MOVES, _WEIGHTS, k=steps)
        for move in moves:
            move(self)

    def conclude(self) -> None:
        """Everything marked, signed and locked, then final; as far as the rules let it."""
        self._try(self._decline_all)
        for appeal in [one for one in self.state.appeals.kept.values() if one.open]:
            self._settle(appeal.id)
        for form, entrant in self._sheets():
            self._lock(form, entrant)
        for judge in JUDGES:
            for form in list(self._forms()):
                self.act(Who(judge, "judge"), "sign-sheets", form=form)
        for form in list(self._forms()):
            self.act(CHIEF, "sign-sheets", form=form)
        self.now += timedelta(minutes=31)
        self.both("finalise", reason="all sheets are locked")

    def act(self, who: Who, act: str, **fields: Any) -> bool:
        """Whether it was accepted, and not done before."""
        self._ids += 1
        asked = {"act": act, "id": f"act-{self._ids:06d}", "done_at": self.now, **fields}
        kind = _KINDS[act]
        seat = self.state.judges.get(who.id)
        meant = Who(who.id, seat.office, seat.country) if seat is not None else who
        request = Request(kind.model_validate(asked), meant, asked["id"], self.now)
        return self._try(lambda: decide_act(self.state, request))

    def both(self, act: str, **fields: Any) -> bool:
        """Proposed by one and approved by the other."""
        first, second = (CHIEF, MANAGER) if self.rng.random() < 0.5 else (MANAGER, CHIEF)
        proposal = f"act-{self._ids + 1:06d}"
        return self.act(first, act, **fields) and self.act(second, "approve", proposal=proposal)

    def record(self, events: Sequence[Event]) -> None:
        self.now += timedelta(seconds=self.rng.choice((1, 1, 2, 30)))
        at = self.now.isoformat().replace("+00:00", "Z")
        for event in events:
            seq = len(self.ledger) + 1
            recorded = Recorded(f"competition/{self.id}", seq, f"{self.id}-event-{seq}", at, event)
            self.ledger.append(recorded)
            self.state.apply(recorded)

    def _try(self, decide: Callable[[], Sequence[Event]]) -> bool:
        try:
            events = decide()
        except CallerError:
            return False
        if events:
            self.record(events)
        return bool(events)

    def _take_over(self, fact: Any) -> bool:
        self._source += 1
        return self._try(lambda: decide_roster(self.state, fact, self._source))

    # How it begins.

    def _open(self) -> None:
        rng = self.rng
        training = rng.random() < 0.05
        self._take_over(
            registration.CompetitionAdded(
                competition=self.id,
                title=Text(en="Electronics"),
                capacity=20,
                opens_at=BEGINNING,
                closes_at=BEGINNING,
                minimum_age=16,
                board_mode="progress" if training else rng.choice(("marks", "marks", "rank", "progress")),
                kind="training" if training else "competition",
                bilingual=len(self._scheme.criteria) == 2,
            )
        )
        for judge, country in JUDGES.items():
            self._seat(judge, country, "judge")
        for leader in (CHIEF, MANAGER, HOST):
            self._seat(leader.id, leader.country or "", leader.office)
        for _ in range(rng.choice((1, 2, 2, 2, 2, 3, 3, 4, 6))):
            self.enter()
        self._import(self._scheme)
        if any(rule.aspect.dual for rule in self._aspects()) or rng.random() < 0.2:
            for form in self._forms():
                self.name_panel(form)
        if rng.random() < 0.35:
            self.set_rules()

    def _seat(self, judge: str, country: str, office: Any) -> None:
        self._take_over(
            registration.JudgeAssigned(judge=judge, country=country, competitions=(self.id,), office=office)
        )

    def _import(self, scheme: Scheme) -> None:
        digest = f"{len(self.ledger):032d}"
        self._try(lambda: decide_scheme(self.state, scheme, digest))
        self._approve_texts()

    def _approve_texts(self) -> None:
        """R11; refused where the competition does not ask for both languages."""
        if self.state.scheme is not None:
            self.act(CHIEF, "approve-texts", scheme=self.state.scheme.version, forms=list(self._forms()))

    def enter(self) -> None:
        number = len(self.state.competitors) + 1
        bib = f"{number:02d}"
        self._take_over(
            registration.CompetitorApproved(
                competition=self.id,
                competitor=f"c{bib}",
                country=self.rng.choice(("GB", "CN", "GB", "CN", "FR")),
                bib=bib,
                display_name=f"No. {bib}",
            )
        )

    # What may happen on the way.

    def come_late(self) -> None:
        if len(self.state.competitors) < 8:
            self.enter()

    def import_again(self) -> None:
        self._import(self.rng.choice(self._amendments))

    def leave(self) -> None:
        self._take_over(registration.CompetitorWithdrawn(competition=self.id, competitor=self._anybody().id))

    def come_back(self) -> None:
        one = self._anybody()
        if one.status == "withdrawn":
            self._take_over(
                registration.CompetitorApproved(
                    competition=self.id, competitor=one.id, country=one.country, bib=one.bib, display_name=one.name
                )
            )

    def rename(self) -> None:
        name = self.rng.choice(("Ada Example", "Bei Example", "No. 00"))
        one = self._anybody().id
        self._take_over(registration.CompetitorRenamed(competition=self.id, competitor=one, display_name=name))

    def stand_otherwise(self) -> None:
        status = self.rng.choice(("competing", "competing", "guest", "disqualified"))
        one = self._anybody().id
        self._take_over(
            registration.CompetitorStandingSet(
                competition=self.id, competitor=one, status=status, reason="decided_anew"
            )
        )

    def retitle(self) -> None:
        self._take_over(
            registration.CompetitionAdded(
                competition=self.id,
                title=Text(en="Electronics", zh="电子技术"),
                capacity=20,
                opens_at=BEGINNING,
                closes_at=BEGINNING,
                minimum_age=16,
                board_mode="progress",
                kind=self.state.kind,
                bilingual=self.state.bilingual,
            )
        )

    def set_rules(self) -> None:
        rng = self.rng
        rules = Rules(
            rounding=rng.choice(("exact", "exact", "aspect_2dp")),
            max_rounds=rng.choice((1, 2, 3)),
            medal_unit=rng.choice(("marks", "marks", "scale")),
            medal_band=rng.choice(("0", "0", "2", "7.5", "20")),
            bronze_after_tied_silver=rng.choice(("none", "within_band")),
            small_field=rng.random() < 0.6,
            scale_method=rng.choice(("sd", "sd", "mad")),
        )
        if rules.max_rounds == 2:
            rules = rules.model_copy(update={"starts_at": BEGINNING - timedelta(hours=3), "allotted_seconds": 7200})
        self.act(ORGANISER, "set-rules", rules=rules)

    def set_mode(self) -> None:
        self.act(CHIEF, "set-board-mode", mode=self.rng.choice(("marks", "marks", "rank", "progress")))

    def release(self) -> None:
        forms = self.rng.sample(list(self._forms()), 1)
        when = self.rng.choice(("withheld", "at_once", "verified", "signed", "locked"))
        self.act(CHIEF, "release-forms", forms=forms, when=when)

    def delay(self) -> None:
        self.act(ORGANISER, "set-delay", seconds=self.rng.choice((0, 90)))

    def plan_freeze(self) -> None:
        at = self.now + timedelta(seconds=self.rng.choice((1, 3, 20)))
        self.act(CHIEF, "plan-freeze", at=self.rng.choice((at, at, None)))

    def freeze(self) -> None:
        if self.rng.random() < 0.4 and self._try(lambda: planned_freeze(self.state, self.now)):
            return
        self.act(CHIEF, "freeze")

    def thaw(self) -> None:
        self.act(CHIEF, "thaw")

    def name_panel(self, form: str | None = None) -> None:
        form = form or self.rng.choice(list(self._forms()))
        team = list(JUDGES)
        self.rng.shuffle(team)
        team = team[: self.rng.choice((4, 5, 6))]
        fields: dict[str, Any] = {"form": form, "judges": team}
        if self.rng.random() < 0.3:
            fields |= {"coordinator": team[-1], "judges": team[:-1]}
        if any(rule.aspect.dual for rule in self._forms()[form]):
            # Every pair has somebody of each side, so that each sheet has both pairs' readings.
            fields |= {"judges": list(JUDGES), "pairs": (("gb1", "cn1", "ch1"), ("gb2", "sg1", "no1"))}
            fields.pop("coordinator", None)
        # Where nothing is judged one of each side is enough; with a third side taking part it is no mirrored panel.
        mirrored = {"form": form, "judges": ["gb1", "cn1"], "mode": "mirrored", "reason": WHY}
        if self.rng.random() < 0.2 and self.both("name-panel", **mirrored):
            return
        self.act(CHIEF, "name-panel", **fields)

    def declare(self) -> None:
        judge = self.rng.choice(list(JUDGES))
        self.act(CHIEF, "declare-conflict", judge=judge, competitor=self._anybody().id, kind="other")

    def blind_form(self) -> None:
        form = self.rng.choice(list(self._forms()))
        self.act(CHIEF, "blind-forms", forms=[form], blind=self.rng.random() < 0.5)

    def amend(self) -> None:
        self.both("amend-scheme", scheme=self.rng.choice([self._scheme, *self._amendments]), reason=WHY)
        self._approve_texts()

    def fail(self) -> None:
        """An outage with one of the three remedies, or one taken back."""
        rng = self.rng
        kept = [one.id for one in self.state.outages.kept.values() if one.reversed_at is None]
        if kept and rng.random() < 0.3:
            self.both("reverse-outage", outage=rng.choice(kept), reason=WHY)
            return
        start = BEGINNING + timedelta(seconds=rng.randrange(600), milliseconds=rng.choice((0, 0, 400)))
        remedy = rng.choice(
            (
                {"kind": "time_back", "competitor": self._anybody().id, "seconds": rng.choice((30, 300))},
                {"kind": "full_marks", "aspects": (rng.choice(self._aspects()).aspect.id,)},
                {"kind": "removed_interval", "start": start, "end": start + timedelta(seconds=rng.choice((60, 200)))},
            )
        )
        self.both("record-outage", remedy=remedy, reason="the mains failed in one room")

    def show_sheets(self) -> None:
        self.act(CHIEF, "show-sheets")

    def appeal(self) -> None:
        one = self._anybody()
        fields: dict[str, Any] = {"form": self.rng.choice(list(self._forms()))} if self.rng.random() < 0.7 else {}
        text = "The count of errors is wrong, two of them are one."
        self.act(ORGANISER, "file-appeal", competitor=one.id, text=text, **fields)

    def move_appeal(self) -> None:
        kept = list(self.state.appeals.kept.values())
        if kept:
            appeal = self.rng.choice(kept)
            following = sorted(STEPS[appeal.state])
            if following:
                self.act(CHIEF, "move-appeal", appeal=appeal.id, to=self.rng.choice(following), text=WHY)

    def _settle(self, appeal: str) -> None:
        for to in ("eligibility_check", "under_review", self.rng.choice(("upheld", "partly_upheld", "rejected"))):
            self.act(CHIEF, "move-appeal", appeal=appeal, to=to, text=WHY)

    def rank_or_not(self) -> None:
        self.both("set-ranking", ranked=self.rng.random() < 0.5, reason="one judge has fallen ill")

    def depart(self) -> None:
        medals = {self._anybody().id: self.rng.choice(("gold", "silver", "bronze", None))}
        self.both("depart-medals", medals=medals, reason="the jury decided so")

    def propose_only(self) -> None:
        self.act(CHIEF, "depart-medals", medals={self._anybody().id: "gold"}, reason="the jury may decide so")

    def reveal(self) -> None:
        """A step of the ceremony, one back, a rehearsal, or its end."""
        rehearsal = self.rng.random() < 0.15
        now = self.state.release.rehearsal if rehearsal else self.state.release.reveal
        if now is None:
            self.act(HOST, "begin-reveal", rehearsal=rehearsal)
        elif self.rng.random() < 0.05:
            self.act(HOST, "end-reveal", rehearsal=rehearsal)
        else:
            step = now.step + self.rng.choice((1, 1, 1, 1, -1))
            self.act(HOST, "move-reveal", step=max(step, 0), rehearsal=rehearsal)

    # Sheets.

    def mark_sheet(self) -> None:
        sheet = self._any_sheet()
        if sheet is not None:
            self._fill(*sheet)

    def mark_one(self) -> None:
        sheet = self._any_sheet()
        if sheet is not None:
            form, entrant = sheet
            self._mark(form, entrant, self.rng.choice(self._forms()[form]))

    def advance_sheet(self) -> None:
        sheet = self._any_sheet()
        if sheet is not None:
            self._advance(*sheet)

    def lock_sheet(self) -> None:
        sheet = self._any_sheet()
        if sheet is not None:
            self._lock(*sheet)

    def return_sheet(self) -> None:
        sheet = self._any_sheet("submitted", "verified")
        if sheet is not None:
            form, entrant = sheet
            self.act(CHIEF, "return-sheet", form=form, competitor=entrant.id, reason=WHY)

    def reopen_sheet(self) -> None:
        sheet = self._any_sheet("signed", "locked")
        if sheet is None:
            return
        form, entrant = sheet
        fields: dict[str, Any] = {"form": form, "competitor": entrant.id, "code": "typing", "reason": WHY}
        upheld = [one.id for one in self.state.appeals.kept.values() if one.upheld and one.competitor == entrant.id]
        if upheld:
            fields |= {"code": "appeal", "appeal": upheld[0]}
        self.both("reopen-sheet", **fields)

    def appeal_in_full(self) -> None:
        """Filed, decided, and where it is upheld the sheet is reopened."""
        self.show_sheets()
        self.appeal()
        for one in [one for one in self.state.appeals.kept.values() if one.open]:
            self._settle(one.id)
        self.reopen_sheet()

    def settle_dispute(self) -> None:
        disputed = [
            (entrant.id, aspect)
            for entrant in self.state.competitors.values()
            for aspect, cell in entrant.cells.items()
            if isinstance(cell, SecretCell) and cell.state == "disputed"
        ]
        if disputed:
            competitor, aspect = self.rng.choice(disputed)
            self._settle_cell(competitor, aspect)

    def _settle_cell(self, competitor: str, aspect: str) -> None:
        asked = {"competitor": competitor, "aspect": aspect, "reason": WHY}
        if self.rng.random() < 0.5 and self.act(CHIEF, "decide-dual", pair=self.rng.choice((1, 2)), **asked):
            return
        self.act(CHIEF, "order-round", **asked)

    def _lock(self, form: str, entrant: Competitor) -> None:
        for _ in range(8):
            before = len(self.ledger)
            if self.state.sheet(form, entrant.id).state == "locked":
                return
            self._fill(form, entrant)
            self._advance(form, entrant)
            if len(self.ledger) == before:
                return

    def _advance(self, form: str, entrant: Competitor) -> None:
        """The next step of a sheet that is ready for it."""
        sheet = self.state.sheet(form, entrant.id)
        named = self._named(form, entrant)
        if duties.unaccepted(self.state, form, entrant):
            for who in (*duties.compatriots(self.state, form, entrant)[:1], CHIEF.id):
                self.act(Who(who, "judge"), "accept-typing", form=form, competitor=named)
        if sheet.takes_marks:
            self._check_by_hand(form, entrant)
            for who in sorted(duties.submitters(self.state, form, entrant))[:1]:
                self.act(Who(who, "judge"), "submit-sheet", form=form, competitor=named)
        elif sheet.state == "submitted":
            self.act(CHIEF, "verify-sheet", form=form, competitor=named)
        elif sheet.state in {"verified", "signed"}:
            for who in duties.unsigned(self.state, form, entrant):
                self.act(Who(who, "judge"), "sign-sheets", form=form, competitors=[named])
            if self.rng.random() < 0.9:
                self.act(CHIEF, "sign-sheets", form=form, competitors=[named])

    def _check_by_hand(self, form: str, entrant: Competitor) -> None:
        for aspect in duties.doubted(self.state, form, entrant):
            cell = entrant.cells[aspect]
            saw = cell.revealed_seq if isinstance(cell, SecretCell) else cell.seq
            fields = {"form": form, "competitor": self._named(form, entrant), "aspect": aspect, "saw": saw}
            for who in sorted(duties.markers(self.state, form, entrant))[:1]:
                self.act(Who(who, "judge"), "check-by-hand", **fields)

    def _fill(self, form: str, entrant: Competitor) -> None:
        """Everything that is missing on a sheet, now and then but for the last."""
        for rule in self._forms()[form]:
            for _ in range(8):
                cell = entrant.cells.get(rule.aspect.id)
                if isinstance(cell, SecretCell) and cell.state == "disputed":
                    self._settle_cell(entrant.id, rule.aspect.id)
                if isinstance(cell, MeasuredCell) or (isinstance(cell, SecretCell) and cell.stands):
                    break
                if not self._mark(form, entrant, rule) or self.rng.random() < 0.03:
                    break

    def _mark(self, form: str, entrant: Competitor, rule: AspectRule) -> bool:
        """One judge's reading or score, of a judge who has not given one yet where there is such a judge."""
        cell = entrant.cells.get(rule.aspect.id)
        able = sorted(duties.markers(self.state, form, entrant))
        if not able:
            return False
        judge = self.rng.choice(able)
        fields: dict[str, Any] = {}
        if isinstance(cell, SecretCell):
            panel = {one.judge for one in cell.revealed.values()} if rule.measure is None else set(able)
            given = {one.judge for one in cell.hidden.values()}
            fresh = [one for one in able if one not in given and (not cell.revealed or one in panel)]
            if fresh and self.rng.random() < 0.95:
                judge = self.rng.choice(fresh)
            author = next((who for who, one in cell.hidden.items() if one.judge == judge), None)
            if author is not None:
                fields["saw"] = cell.hidden[author].seq
            self._justify(form, entrant, rule)
            fields["justification"] = WHY
        elif isinstance(cell, MeasuredCell):
            fields["saw"] = cell.seq
        if rule.measure is None:
            near = {one.score for one in cell.hidden.values()} if isinstance(cell, SecretCell) else set()
            score = min(3, max(near) + self.marks.randrange(2)) if near else self.marks.randrange(4)
            fields["score"] = score if self.marks.random() < 0.85 else self.marks.randrange(4)
        else:
            measure = rule.aspect.measure
            assert measure is not None
            fields["value"] = random_reading(self.marks, measure.model_dump())
            if isinstance(cell, SecretCell) and cell.hidden and self.marks.random() < 0.7:
                fields["value"] = next(iter(cell.hidden.values())).value
        if rule.measure is not None and self.rng.random() < 0.05:
            verdict = self.rng.choice(("correct", "not_correct"))
            fields["check"] = Check(script="continuity.py", sha256="5c" * 32, verdict=verdict)
        self._ids += 1
        command = GiveMark(
            mark=f"mark-{self._ids:06d}",
            competitor=self._named(form, entrant),
            aspect=rule.aspect.id,
            judge=judge,
            marked_at=self.now,
            fingerprint=f"print-{self._ids}",
            now=self.now,
            paper=self.rng.random() < 0.05,
            **fields,
        )
        return self._try(lambda: decide_mark(self.state, command))

    def _justify(self, form: str, entrant: Competitor, rule: AspectRule) -> None:
        """Where a coordinator has to; refused where there is nothing to justify."""
        seats = self.state.seats(form, entrant)
        if seats is not None and seats.coordinator is not None:
            named = self._named(form, entrant)
            who = Who(seats.coordinator, "judge")
            self.act(who, "justify-round", competitor=named, aspect=rule.aspect.id, justification=WHY)

    def _decline_all(self) -> list[Event]:
        for proposal in list(self.state.proposals):
            self.act(MANAGER, "decline", proposal=proposal, reason="it was overtaken by events")
        return []

    # Who and what there is.

    def _forms(self) -> dict[str, tuple[AspectRule, ...]]:
        assert self.state.scheme is not None
        return self.state.scheme.forms

    def _aspects(self) -> list[AspectRule]:
        return [rule for rules in self._forms().values() for rule in rules]

    def _anybody(self) -> Competitor:
        return self.rng.choice(list(self.state.competitors.values()))

    def _sheets(self) -> list[tuple[str, Competitor]]:
        return [(form, one) for one in self.state.competitors.values() if one.marked for form in self._forms()]

    def _any_sheet(self, *states: str) -> tuple[str, Competitor] | None:
        found = [
            (form, one) for form, one in self._sheets() if not states or self.state.sheet(form, one.id).state in states
        ]
        return self.rng.choice(found) if found else None

    def _named(self, form: str, entrant: Competitor) -> str:
        """As a judge names somebody: on a blind form by the number of the piece (R32)."""
        if not self.state.is_blind(form):
            return entrant.id
        return blind.pieces(self.state.secret, form, tuple(self.state.competitors))[entrant.id]


_KINDS: dict[str, Any] = {
    get_args(kind.model_fields["act"].annotation)[0]: kind for kind in get_args(get_args(acts.Act)[0])
}

_OFTEN: dict[Callable[[RandomCompetition], None], int] = {
    RandomCompetition.mark_sheet: 30,
    RandomCompetition.mark_one: 14,
    RandomCompetition.advance_sheet: 16,
    RandomCompetition.lock_sheet: 7,
    RandomCompetition.return_sheet: 6,
    RandomCompetition.reopen_sheet: 6,
    RandomCompetition.settle_dispute: 3,
    RandomCompetition.come_late: 1,
    RandomCompetition.import_again: 1,
    RandomCompetition.leave: 1,
    RandomCompetition.come_back: 2,
    RandomCompetition.rename: 2,
    RandomCompetition.stand_otherwise: 2,
    RandomCompetition.retitle: 1,
    RandomCompetition.set_rules: 1,
    RandomCompetition.set_mode: 2,
    RandomCompetition.release: 6,
    RandomCompetition.delay: 1,
    RandomCompetition.plan_freeze: 1,
    RandomCompetition.freeze: 2,
    RandomCompetition.thaw: 2,
    RandomCompetition.name_panel: 1,
    RandomCompetition.declare: 1,
    RandomCompetition.blind_form: 1,
    RandomCompetition.amend: 2,
    RandomCompetition.fail: 3,
    RandomCompetition.show_sheets: 1,
    RandomCompetition.appeal: 1,
    RandomCompetition.move_appeal: 2,
    RandomCompetition.rank_or_not: 1,
    RandomCompetition.depart: 1,
    RandomCompetition.propose_only: 1,
    RandomCompetition.reveal: 1,
    RandomCompetition.appeal_in_full: 1,
}
_MOVES, _WEIGHTS = list(_OFTEN), list(_OFTEN.values())


def random_competition(seed: int) -> RandomCompetition:
    """Short and long ones; some are brought to their end, and what may come after that happens to them."""
    rng = Random(seed)
    one = RandomCompetition(rng)
    one.go_on(rng.choice((1, 2, 4, 9)))
    if rng.random() < 0.15:
        if rng.random() < 0.5:
            one.freeze()
        one.conclude()
        if one.state.final is not None and one.state.release.frozen:
            for _ in range(rng.randrange(12)):
                one.reveal()
        one.go_on(rng.choice((0, 3, 8)))
        if one.state.final is not None and rng.random() < 0.5:
            one.appeal_in_full()
            one.conclude()
    return one
