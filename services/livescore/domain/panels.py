"""Who marks a sheet: named panels, their seats, and substitution where a member may not mark (R26-R29).

A form without a named panel is open: every seated judge who may mark the competitor takes part, and the first three who
score are its panel. With a panel the seats follow from it alone: the first three members, in the order named, who are
neither compatriots of the competitor nor in conflict; the coordinator takes a seat only when they are too few.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from services.livescore.domain.judgement import PANEL_SIZE
from shared.contracts.events import Recorded
from shared.contracts.registration import Office
from shared.contracts.sheets import ConflictCleared, ConflictDeclared, PanelMode, PanelNamed

Bar = Literal["compatriot", "conflict", "unseated"]
"""Why somebody may not mark somebody."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Somebody with a seat in the competition, in whatever office."""

    id: str
    country: str
    office: Office = "judge"


@dataclass(frozen=True, slots=True)
class Panel:
    judges: tuple[str, ...]
    coordinator: str | None
    pairs: tuple[tuple[str, ...], tuple[str, ...]] | None
    mode: PanelMode
    seq: int

    @property
    def team(self) -> tuple[str, ...]:
        """In the order in which seats are taken."""
        return self.judges if self.coordinator is None else (*self.judges, self.coordinator)


class Swap(NamedTuple):
    steps_out: str
    steps_in: str
    why: Literal["compatriot", "conflict"]


@dataclass(frozen=True, slots=True)
class Seats:
    """Who marks one sheet. `short` says how many seats nobody may take: the sheet stays open then (R27)."""

    judges: tuple[str, ...]
    coordinator: str | None
    swaps: tuple[Swap, ...] = ()

    @property
    def short(self) -> int:
        return max(0, PANEL_SIZE - len(self.judges))


@dataclass(slots=True)
class Panels:
    """Teams by form, replacements by sheet, and declared conflicts by judge and competitor."""

    by_form: dict[str, Panel] = field(default_factory=dict)
    by_sheet: dict[tuple[str, str], Panel] = field(default_factory=dict)
    conflicts: dict[tuple[str, str], ConflictDeclared] = field(default_factory=dict)

    def take(self, recorded: Recorded, event: PanelNamed | ConflictDeclared | ConflictCleared) -> None:
        match event:
            case PanelNamed():
                panel = Panel(event.judges, event.coordinator, event.pairs, event.mode, recorded.seq)
                if event.competitor is None:
                    self.by_form[event.form] = panel
                else:
                    self.by_sheet[event.form, event.competitor] = panel
            case ConflictDeclared():
                self.conflicts[event.judge, event.competitor] = event
            case ConflictCleared():
                self.conflicts.pop((event.judge, event.competitor), None)

    def panel(self, form: str, competitor: str) -> Panel | None:
        return self.by_sheet.get((form, competitor)) or self.by_form.get(form)

    def bar(self, judge: Judge | None, competitor: str, country: str) -> Bar | None:
        """Why this judge may not mark this competitor, whatever the panel."""
        if judge is None or judge.office != "judge":
            return "unseated"
        if judge.country == country:
            return "compatriot"
        return "conflict" if (judge.id, competitor) in self.conflicts else None

    def seats(self, judges: Mapping[str, Judge], form: str, competitor: str, country: str) -> Seats | None:
        """None where the form has no panel and is open to all."""
        panel = self.panel(form, competitor)
        if panel is None:
            return None
        bars = {one: self.bar(judges.get(one), competitor, country) for one in panel.team}
        members = [one for one in panel.judges if bars[one] is None]
        taken = members[:PANEL_SIZE]
        lead = panel.coordinator
        if len(taken) < PANEL_SIZE and lead is not None and bars[lead] is None:
            taken.append(lead)
        barred = [one for one in panel.judges[:PANEL_SIZE] if bars[one] is not None]
        stepping_in = [one for one in taken if one not in panel.judges[:PANEL_SIZE]]
        swaps = tuple(
            Swap(out, stepped, "conflict" if bars[out] == "conflict" else "compatriot")
            for out, stepped in zip(barred, stepping_in, strict=False)
            if bars[out] != "unseated"
        )
        if lead is None or lead in taken or bars[lead] == "unseated":
            # Who has no seat here coordinates the sheet without scoring, as the displaced judge does. A coordinator who
            # has left cannot be waited for.
            lead = next((one for one in panel.judges if one not in taken and bars[one] != "unseated"), None)
        return Seats(tuple(taken), lead, swaps)


def mode_of(panel: Panel, judges: Mapping[str, Judge], countries: Collection[str]) -> PanelMode:
    """Which panel it is by who would mark the competitors of these countries, conflicts aside (R29).

    `neutral`: nobody who marks is anybody's compatriot. `mirrored`: nobody marks everybody, so there is no one team.
    `mixed`: all others.
    """
    alone = Panels({"": panel})
    teams = [set(seats.judges) for country in countries if (seats := alone.seats(judges, "", "", country)) is not None]
    if not any(judges[one].country in countries for team in teams for one in team):
        return "neutral"
    return "mixed" if set.intersection(*teams) else "mirrored"


def fewest_judges(neutral: int) -> int:
    """Judges needed when two nations take part and so many of the judges are neutral (R28)."""
    return 6 - min(neutral, PANEL_SIZE)
