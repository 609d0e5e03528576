"""The boards of a competition of two hours, from the first mark to the last medal, each with its second. Pure.

The reference event, with every aspect of its scheme in two halves (60 aspects, 954 marks and their corrections): thirty
aspects are few for a competition of that length. Judges mark as there: one aspect for all competitors, then the next,
three scores a few seconds apart, some readings corrected; two forms are public only when they are locked. The last form
is marked behind the frozen picture, then come signatures, result, reveal and thaw. All of it is decided by the domain
and folded by the `Standings` that livescore publishes from.
"""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from services.cli import EXAMPLE
from services.livescore.domain.acts import ADAPTER
from services.livescore.domain.board import Standings
from services.livescore.domain.commands import GiveMark
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding import decide_act
from services.livescore.domain.deciding.marks import decide_mark
from services.livescore.domain.deciding.stamping import Request
from services.livescore.domain.schemes.from_yaml import parse_scheme
from services.livescore.domain.who import Who
from services.registration.showcase_board import ShowcaseBoard
from services.rehearsal.event import Event, Turn, load_event
from shared.contracts.board import Board
from shared.contracts.events import Event as Fact
from shared.contracts.events import Recorded
from shared.contracts.livescore import CompetitionOpened, CompetitorEntered, JudgeSeated, MarkGiven, SchemeImported
from shared.contracts.names import competition_stream, showcase_stream
from shared.contracts.registration import CompetitionAdded, ShowcaseCreated
from shared.contracts.scheme import Aspect, Scheme
from shared.contracts.text import Text
from shared.ids import rfc3339

SECONDS = 7200.0
_BEGIN = datetime.fromisoformat("2020-11-19T18:00:00+08:00")
_MARKED_BY, _FROZEN_AT, _LAST_FORM_BY, _REVEAL_AT, _STEP = 5700.0, 5760.0, 6300.0, 6700.0, 18.0
_LOCKED_FIRST = ("E1", "F2")
_NEUTRAL_FIRST = ("sg", "ch", "gb", "cn")
_SLIPS = 12
"""Every so manieth reading is corrected by who gave it."""
_HEX = 16**24


class TwoHours:
    """Plays itself once: `play` gives the second and the board of every public change; then `marks` says how many."""

    def __init__(self) -> None:
        self._event: Event = load_event(EXAMPLE)
        self.showcase = showcase_stream(self._event.showcase["id"])
        self.channel = competition_stream(self._event.competition_id)
        self.marks = 0
        self._state = Competition(self._event.competition_id)
        self._standings = Standings(self._event.competition_id)
        self._chance = random.Random(2020)
        self._epochs = {name: f"{self._chance.randrange(_HEX):024x}" for name in (self.showcase, self.channel)}
        self._people = {bib: f"{self._chance.randrange(16**32):032x}" for bib in self._event.competitors}
        self._acts = 0

    def play(self) -> Iterator[tuple[float, Board]]:
        yield 0.0, self._programme()
        yield from self._open()
        yield from self._marking()
        yield from self._ending()

    def _programme(self) -> Board:
        event = self._event
        board = ShowcaseBoard(event.showcase["id"])
        created = {key: event.showcase[key] for key in ("title", "timezone", "starts_on", "ends_on", "programme")}
        added = {key: event.competition[key] for key in ("title", "opens_at", "closes_at", "board_mode")}
        numbers = {"capacity": int(event.competition["capacity"]), "minimum_age": 16}
        for seq, fact in enumerate(
            (
                ShowcaseCreated.model_validate({"showcase": event.showcase["id"], **created}),
                CompetitionAdded.model_validate({"competition": event.competition_id, **added, **numbers}),
            ),
            1,
        ):
            board.apply(Recorded(self.showcase, seq, f"programme-{seq}", rfc3339(_BEGIN), fact))
        return board.board(self._epochs[self.showcase])

    def _open(self) -> Iterator[tuple[float, Board]]:
        event = self._event
        scheme, _ = parse_scheme(event.scheme)
        title = Text(**event.competition["title"])
        facts: list[Fact] = [
            CompetitionOpened(competition=event.competition_id, title=title, board_mode="marks", source_seq=1),
            SchemeImported(version=1, digest="two-hours", scheme=_in_halves(scheme)),
        ]
        for bib, person in event.competitors.items():
            name = f"{person['given_name']} {person['family_name']}"
            who = {"competitor": self._people[bib], "bib": bib, "display_name": name, "country": person["country"]}
            facts.append(CompetitorEntered(**who, source_seq=2))
        for key, judge in (event.judges | event.officials).items():
            facts.append(JudgeSeated.model_validate({"judge": key, "source_seq": 3, "office": "judge", **_seat(judge)}))
        yield from self._record(0.0, *facts)
        for form in event.forms:
            judges = sorted(event.judges, key=_NEUTRAL_FIRST.index)
            yield from self._act(0.0, "chief", "name-panel", form=form, judges=judges, mode="mixed")
        yield from self._act(0.0, "chief", "set-rules", rules={"appeal_window_minutes": 0, "skill_number": "16"})
        yield from self._act(0.0, "chief", "release-forms", forms=_LOCKED_FIRST, when="locked")

    def _marking(self) -> Iterator[tuple[float, Board]]:
        """Form by form, in the order of the scheme; the last one behind the frozen picture."""
        forms = self._event.forms
        cells = {form: [one for one in self._event.cells if one.aspect.partition(".")[0] == form] for form in forms}
        turns = {form: 2 * sum(len(cell.turns) for cell in cells[form]) for form in forms}
        pace = _MARKED_BY / sum(turns[form] for form in forms[:-1])
        now = 0.0
        for form in forms:
            if form == forms[-1]:
                yield from self._act(_FROZEN_AT, "chief", "freeze")
                now, pace = _FROZEN_AT, (_LAST_FORM_BY - _FROZEN_AT) / turns[form]
            until = now + pace * turns[form]
            for half in (0, 1):
                for cell in cells[form]:
                    aspect = _half(cell.aspect, half)
                    saw: int | None = None
                    span = pace * len(cell.turns)
                    times = sorted(self._chance.uniform(now, now + span) for _ in cell.turns)
                    for at, turn in zip(times, cell.turns, strict=True):
                        yield from self._mark(at, cell.bib, aspect, turn, saw if turn.corrects else None)
                        saw = self._state.seq
                    if cell.turns[-1].score is None and self.marks % _SLIPS == 0:
                        yield from self._slip(times[-1], cell.bib, aspect, cell.turns[-1], saw)
                    now += span
            now = until
            yield from self._sign(now, form)

    def _slip(self, at: float, bib: str, aspect: str, turn: Turn, saw: int | None) -> Iterator[tuple[float, Board]]:
        """A reading that the same judge looks at once more and finds as it was, by way of a wrong one."""
        wrong = {"met": "not_met", "not_met": "met"}.get(turn.value or "", "1")
        if turn.value in {wrong, "not_attempted"}:
            return
        for value in (wrong, turn.value):
            yield from self._mark(at + 0.5, bib, aspect, Turn(turn.judge, value=value), saw)
            saw = self._state.seq

    def _mark(self, at: float, bib: str, aspect: str, turn: Turn, saw: int | None) -> Iterator[tuple[float, Board]]:
        if turn.justification is not None:
            who, person = self._event.coordinator(bib), self._people[bib]
            yield from self._act(
                at, who, "justify-round", competitor=person, aspect=aspect, justification=turn.justification
            )
        self.marks += 1
        now = _BEGIN + timedelta(seconds=at)
        command = GiveMark(
            mark=f"two-hours-{self.marks:05}",
            competitor=self._people[bib],
            aspect=aspect,
            judge=turn.judge,
            marked_at=now,
            fingerprint="",
            now=now,
            value=turn.value,
            score=turn.score,
            saw=saw,
            justification=turn.justification,
        )
        facts = decide_mark(self._state, command)
        assert all(isinstance(fact, MarkGiven) for fact in facts)
        yield from self._record(at, *facts)

    def _sign(self, at: float, form: str) -> Iterator[tuple[float, Board]]:
        """Every sheet of the form submitted, verified, signed and locked."""
        for bib in self._event.competitors:
            sheet = {"form": form, "competitor": self._people[bib]}
            yield from self._act(at, self._event.coordinator(bib), "submit-sheet", **sheet)
            yield from self._act(at, "chief", "verify-sheet", **sheet)
        for key in (*self._event.judges, "chief"):
            yield from self._act(at, key, "sign-sheets", form=form)

    def _ending(self) -> Iterator[tuple[float, Board]]:
        at = _REVEAL_AT - 60
        yield from self._act(at, "chief", "show-sheets")
        yield from self._act(at, "chief", "finalise", reason="all sheets are signed and locked")
        proposal = f"two-hours-{self._acts}"
        yield from self._act(at, "manager", "approve", proposal=proposal)
        yield from self._act(_REVEAL_AT, "host", "begin-reveal")
        step = 0
        while self._steps_left(step):
            step += 1
            yield from self._act(_REVEAL_AT + step * _STEP, "host", "move-reveal", step=step)
        yield from self._act(SECONDS - 60, "chief", "thaw")

    def _steps_left(self, step: int) -> bool:
        reveal = self._standings.board("now").head.get("reveal")
        return reveal is not None and step < int(reveal["of"])

    def _act(self, at: float, who: str, act: str, **fields: Any) -> Iterator[tuple[float, Board]]:
        self._acts += 1
        now = _BEGIN + timedelta(seconds=at)
        asked = ADAPTER.validate_python({"act": act, "id": f"two-hours-{self._acts}", "done_at": now, **fields})
        seat = self._state.judges[who]
        request = Request(asked, Who(seat.id, seat.office, seat.country), asked.model_dump_json(), now)
        yield from self._record(at, *decide_act(self._state, request))

    def _record(self, at: float, *facts: Fact) -> Iterator[tuple[float, Board]]:
        public = False
        moment = rfc3339(_BEGIN + timedelta(seconds=at))
        for fact in facts:
            seq = self._state.seq + 1
            recorded = Recorded(self.channel, seq, f"fact-{seq}", moment, fact)
            self._state.apply(recorded)
            public |= self._standings.apply(recorded)
        if public:
            yield at, self._standings.board(self._epochs[self.channel])


def _seat(person: dict[str, str]) -> dict[str, str]:
    return {key: person[key] for key in ("country", "office") if key in person}


def _half(aspect: str, half: int) -> str:
    form, _, number = aspect.partition(".")
    return f"{form}.{2 * int(number) - 1 + half}"


def _in_halves(scheme: Scheme) -> Scheme:
    """The same scheme with two aspects in place of each, of half its marks."""

    def halves(aspect: Aspect) -> list[dict[str, Any]]:
        one = aspect.model_dump(exclude_none=True)
        one["max"] = f"{Decimal(aspect.max) / 2:.2f}"
        return [one | {"id": _half(aspect.id, half)} for half in (0, 1)]

    whole = scheme.model_dump(exclude_none=True)
    for criterion, old in zip(whole["criteria"], scheme.criteria, strict=True):
        for form, before in zip(criterion["sub_criteria"], old.sub_criteria, strict=True):
            form["aspects"] = [half for aspect in before.aspects for half in halves(aspect)]
    return Scheme.model_validate(whole)
