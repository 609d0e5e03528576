"""Words for tests of results and of explanations: what was recorded about two competitors, event by event."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Literal

from services.livescore.domain.conclusion import present_result
from services.livescore.domain.results.result import Result
from services.livescore.domain.results.why_mark import why_mark
from services.livescore.domain.scorecard import Scorecard
from shared.contracts.acts import Act
from shared.contracts.events import Event, Recorded
from shared.contracts.livescore import CompetitionOpened, CompetitorEntered, MarkGiven, SchemeImported
from shared.contracts.release import Finalised
from shared.contracts.remedies import OutageRecorded, OutageReversed
from shared.contracts.scheme import Scheme
from shared.contracts.text import Text

NOON = datetime(2020, 11, 19, 12, 0, tzinfo=UTC)
MEASURES: dict[str, tuple[str, dict[str, Any]]] = {
    "A1.1": ("2.00", {"pattern": "deduct", "step": "0.25"}),
    "A1.2": ("5.00", {"pattern": "time", "t_full": "5400", "t_zero": "7200"}),
    "A1.3": ("1.00", {"pattern": "deduct", "step": "0.10", "unit": "1"}),
    "A1.4": ("1.00", {"pattern": "deduct", "step": "0.10", "unit": "1", "count_mode": "ceil"}),
    "B1.1": ("3.00", {"pattern": "tolerance", "nominal": "12.0", "tol": "0.3"}),
    "B1.2": ("1.00", {"pattern": "tolerance", "nominal": "-40.000", "tol": "0.020", "comp": "0.003"}),
    "B1.3": ("1.00", {"pattern": "add", "step": "0.10"}),
    "B1.4": ("2.00", {"pattern": "full"}),
    "B1.5": ("2.00", {"pattern": "deduct", "step": "0.25", "floor": "0.50"}),
}
DUAL = "C1.1"
JUDGED = "C1.2"


def _aspect(id_: str, maximum: str, measure: dict[str, Any] | None) -> dict[str, Any]:
    text = {"en": f"what {id_} is about", "zh": "说明"}
    raw: dict[str, Any] = {"id": id_, "type": "M", "description": text, "section": 1, "max": maximum}
    if measure is None:
        return raw | {"type": "J", "descriptors": [text] * 4}
    return raw | {"measure": measure, "dual": id_ == DUAL}


def a_scheme() -> Scheme:
    name = {"en": "name"}
    aspects = [_aspect(id_, maximum, measure) for id_, (maximum, measure) in MEASURES.items()]
    aspects += [_aspect(DUAL, *MEASURES["A1.1"]), _aspect(JUDGED, "4.00", None)]
    return Scheme.model_validate(
        {
            "title": name,
            "sections": [{"id": 1, "name": name, "weight": "100"}],
            "criteria": [
                {
                    "id": letter,
                    "name": name,
                    "sub_criteria": [
                        {
                            "id": f"{letter}1",
                            "name": name,
                            "day": 1,
                            "aspects": [one for one in aspects if one["id"].startswith(letter)],
                        }
                    ],
                }
                for letter in "ABC"
            ],
        }
    )


class Told:
    """What was recorded about one competitor, and why each mark is what it is."""

    def __init__(self) -> None:
        self.state = Scorecard("autumn.electronics")
        self.facts: dict[int, Recorded] = {}
        title = Text(en="Electronics")
        self.record(
            CompetitionOpened(competition="autumn.electronics", title=title, board_mode="marks", source_seq=1),
            CompetitorEntered(competitor="c01", bib="01", display_name="No. 01", country="GB", source_seq=2),
            CompetitorEntered(competitor="c02", bib="02", display_name="No. 02", country="CN", source_seq=3),
            SchemeImported(version=1, digest="first", scheme=a_scheme()),
        )

    def record(self, *events: Event) -> int:
        for event in events:
            seq = len(self.facts) + 1
            at = f"2020-11-19T12:00:{seq:02d}Z"
            self.facts[seq] = Recorded("competition/autumn.electronics", seq, f"event-{seq}", at, event)
            self.state.apply(self.facts[seq])
        return len(self.facts)

    def mark(self, aspect: str, judge: str, **what: Any) -> int:
        id_ = f"mark-{len(self.facts):04d}"
        return self.record(
            MarkGiven(mark=id_, competitor="c01", aspect=aspect, judge=judge, marked_at=NOON, fingerprint=id_, **what)
        )

    def scores(self, *scores: Literal[0, 1, 2, 3], round_: int = 1, why: str | None = None) -> None:
        for judge, score in zip(("ch", "gb", "sg"), scores, strict=False):
            self.mark(JUDGED, judge, score=score, round=round_, justification=why)
            why = None

    def remedy(self, remedy: Any) -> None:
        outage = f"outage-{len(self.facts):04d}"
        self.record(
            OutageRecorded(**self.agreed_by_two(outage), outage=outage, remedy=remedy, reason="the mains failed")
        )

    def reverse(self, outage: str) -> None:
        command = f"reverse-{len(self.facts):04d}"
        self.record(OutageReversed(**self.agreed_by_two(command), outage=outage, reason="it was another room"))

    @staticmethod
    def agreed_by_two(command: str) -> dict[str, Any]:
        return {
            "command": command,
            "fingerprint": command,
            "by": "manager",
            "office": "manager",
            "done_at": NOON,
            "proposed_by": "chief",
            "proposal": f"proposal-{command}",
        }

    def final(self, version: int = 1, reason: str = "all sheets are locked") -> Result:
        """Finalised as two people would (R48)."""
        found = present_result(self.state, version)
        agreed = self.agreed_by_two(f"final-{len(self.facts):04d}")
        self.record(Finalised(**agreed, version=version, digest=found.digest, reason=reason))
        return found

    def act(self, kind: type[Act], **fields: Any) -> None:
        """One person's act."""
        agreed = self.agreed_by_two(f"act-{len(self.facts):06d}")
        del agreed["proposed_by"], agreed["proposal"]
        self.record(kind(**agreed, **fields))

    def why(self, aspect: str, known: Iterable[int] | None = None) -> dict[str, Any]:
        facts = self.facts if known is None else {seq: self.facts[seq] for seq in known}
        found = why_mark(self.state, "c01", aspect, facts)
        assert found is not None
        return found
