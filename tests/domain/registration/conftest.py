"""Words for given/when/then about one showcase on 2020-11-18, with clock and lot as data."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.registration.domain.commands import (
    AddCompetition,
    ApproveCompetitor,
    Command,
    CreateShowcase,
    RegisterCompetitor,
)
from services.registration.domain.decide import decide
from services.registration.domain.showcase import Showcase
from shared.contracts.events import Event, Recorded
from shared.contracts.text import Text

BORN_ADULT = date(1999, 5, 17)
OPENS = datetime(2020, 9, 1, 8, 0, tzinfo=UTC)
CLOSES = datetime(2020, 11, 1, 17, 0, tzinfo=UTC)


class Story:
    """A showcase and what happened to it so far; `does` decides and takes the events in."""

    electronics = "autumn.electronics"
    opens, closes = OPENS, CLOSES
    create = CreateShowcase(
        "autumn", Text(en="Autumn Showcase"), "Asia/Shanghai", date(2020, 11, 18), date(2020, 11, 19)
    )
    add = AddCompetition(electronics, Text(en="Electronics", zh="电子技术"), 10, OPENS, CLOSES)

    def __init__(self) -> None:
        self.state = Showcase()

    def does(self, command: Command) -> list[Event]:
        events = decide(command, self.state)
        for event in events:
            seq = self.state.seq + 1
            self.state.apply(Recorded("showcase/autumn", seq, f"event-{seq}", "2020-10-01T00:00:00.000Z", event))
        return events

    def prepared(self, *, capacity: int = 10, minimum_age: int = 16) -> "Story":
        self.does(self.create)
        self.does(replace(self.add, capacity=capacity, minimum_age=minimum_age))
        return self

    def register(
        self, competitor: str, *, born: date = BORN_ADULT, at: datetime = OPENS, guardian: bool = False
    ) -> list[Event]:
        return self.does(RegisterCompetitor(self.electronics, competitor, "CN", born, guardian, at))

    def approve(
        self, competitor: str, *, bib: str | None = None, name: str | None = None, draw: int = 0
    ) -> list[Event]:
        return self.does(ApproveCompetitor(self.electronics, competitor, bib, name, draw))

    def with_registered(self, competitors: Iterable[str]) -> "Story":
        for competitor in competitors:
            self.register(competitor)
        return self

    def status(self, competitor: str) -> str:
        return self.state.competitions[self.electronics].competitors[competitor].status


@pytest.fixture
def story() -> Story:
    return Story()
