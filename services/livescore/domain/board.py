"""The public board of a competition, and the count of its public changes.

Nothing hidden reaches it: it reads only settled cells' counts and totals, so two competitions that differ in hidden
scores give the same bytes and the same `seq` (R21, R56). `seq` moves by at most one per event and only when the public
bytes change; since the ledger is the only input, every fold of it gives the same `seq`.

A new settled cell always shows (`marked`). A correction shows in mode `marks` when a shown figure or the order changes,
in mode `rank` when the order changes, in mode `progress` never (R50). Only corrections whose shown figures did not tell
already compare the order before and after; that costs the number of competitors, never the number of marks.

Absent means null: in a viewer's delta null removes a key, so a row without rank or total leaves the key out.
"""

from typing import Any

from services.livescore.domain.arithmetic import shown
from services.livescore.domain.ranking import ranked, ranks
from services.livescore.domain.scorecard import Competitor, Scorecard
from shared.contracts.board import Board
from shared.contracts.events import Recorded
from shared.contracts.livescore import CompetitionOpened, CompetitorEntered, CompetitorLeft, MarkGiven, SchemeImported
from shared.contracts.names import competition_stream, showcase_of


class Standings:
    """A competition and how often its public picture has changed."""

    def __init__(self, competition: str) -> None:
        self.state = Scorecard(competition)
        self.seq = 0
        self.updated_at: str | None = None

    def apply(self, recorded: Recorded) -> bool:
        """Take the next event; True when the public board is another one now."""
        if recorded.seq <= self.state.seq:
            return False
        match recorded.event:
            case MarkGiven() as event:
                public = self._apply_mark(recorded, event)
            case CompetitorEntered() | CompetitorLeft() as event:
                before = self._line(event.competitor)
                self.state.apply(recorded)
                public = self._line(event.competitor) != before
            case CompetitionOpened() | SchemeImported():
                head = self._head()
                opened = self.state.opened
                self.state.apply(recorded)
                public = not opened or self._head() != head
            case _:
                self.state.apply(recorded)
                public = False
        if public:
            self.seq += 1
            self.updated_at = recorded.at
        return public

    def board(self, epoch: str) -> Board:
        """The public board as it is now."""
        head = self._head()
        if self.updated_at is not None:
            head["updated_at"] = self.updated_at
        places = {} if self.state.board_mode == "progress" else ranks(self.state.competitors.values())
        rows: dict[str, dict[str, Any]] = {}
        for competitor in ranked(self.state.competitors.values()):
            rows[competitor.id] = row = self._row(competitor)
            if competitor.id in places:
                row["rank"] = places[competitor.id]
        return Board(channel=competition_stream(self.state.id), epoch=epoch, seq=self.seq, head=head, rows=rows)

    def _apply_mark(self, recorded: Recorded, event: MarkGiven) -> bool:
        state = self.state
        competitor = state.competitors[event.competitor]
        criterion = "" if state.scheme is None else state.scheme.aspects[event.aspect].criterion
        settled, total, part = competitor.settled, competitor.total, competitor.by_criterion.get(criterion)
        state.apply(recorded)
        if competitor.settled != settled:
            return True
        if competitor.total == total or state.board_mode == "progress" or competitor.status != "competing":
            return False
        if state.board_mode == "marks" and (
            competitor.total.cents != total.cents
            or part is None
            or competitor.by_criterion[criterion].cents != part.cents
        ):
            return True
        everybody = state.competitors.values()
        return ranks(everybody, {competitor.id: total}) != ranks(everybody)

    def _head(self) -> dict[str, Any]:
        state = self.state
        title = {"en": state.id} if state.title is None else state.title.model_dump(exclude_none=True)
        head: dict[str, Any] = {
            "competition": state.id,
            "showcase": showcase_of(state.id),
            "title": title,
            "mode": state.board_mode,
            "aspects": 0 if state.scheme is None else len(state.scheme.aspects),
            "max": "100.00",
            "final": False,
        }
        if state.board_mode == "marks":
            head["criteria"] = self._criteria()
        return head

    def _criteria(self) -> list[dict[str, Any]]:
        if self.state.scheme is None:
            return []
        return [
            {
                "id": criterion.id,
                "name": criterion.name.model_dump(exclude_none=True),
                "max": shown(self.state.scheme.criterion_maximum[criterion.id]),
            }
            for criterion in self.state.scheme.scheme.criteria
        ]

    def _line(self, competitor_id: str) -> dict[str, Any] | None:
        competitor = self.state.competitors.get(competitor_id)
        return None if competitor is None else self._row(competitor)

    def _row(self, competitor: Competitor) -> dict[str, Any]:
        """A row without its rank."""
        return {
            "bib": competitor.bib,
            "name": competitor.name,
            "country": competitor.country,
            "status": competitor.status,
            "marked": competitor.settled,
        } | self._figures(competitor)

    def _figures(self, competitor: Competitor) -> dict[str, Any]:
        """The marks the public sees: only criteria with something settled, because not yet marked is not zero (R37)."""
        if self.state.board_mode != "marks" or competitor.status != "competing" or not competitor.settled:
            return {}
        criteria = {criterion: mark.shown for criterion, mark in sorted(competitor.by_criterion.items())}
        return {"total": competitor.total.shown, "criteria": criteria}
