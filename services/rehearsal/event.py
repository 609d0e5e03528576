"""An event as files: who takes part, how it is marked, and what the robots give.

Everything is read as text; numbers become numbers where they are used, never floats. The layout of the three files is
explained at their heads (`examples/reference-event`).
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from shared.errors import BadStart


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing a judge gives: a reading or a score; `corrects` the same judge's first reading."""

    judge: str
    value: str | None = None
    score: int | None = None
    corrects: bool = False
    justification: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One aspect of one competitor, with the turns in the order they have to arrive."""

    bib: str
    aspect: str
    turns: tuple[Turn, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """`cells` in marking order: one aspect for all competitors, then the next (R31); `totals` as the file claims.

    `officials` are the chief expert, the manager and the presenter, by those names; an event without them is played
    without panels, signatures and ceremony.
    """

    showcase: dict[str, Any]
    competition: dict[str, Any]
    judges: dict[str, dict[str, str]]
    officials: dict[str, dict[str, str]]
    competitors: dict[str, dict[str, str]]
    scheme: bytes
    cells: tuple[Cell, ...]
    totals: dict[str, Decimal]

    @property
    def competition_id(self) -> str:
        return f"{self.showcase['id']}.{self.competition['slug']}"

    def coordinator(self, bib: str) -> str:
        """The judge who leads a competitor's sheets on a mixed panel: the compatriot, who does not score (R29)."""
        country = self.competitors[bib]["country"]
        return next(key for key, judge in self.judges.items() if judge["country"] == country)

    @property
    def forms(self) -> list[str]:
        return sorted({cell.aspect.partition(".")[0] for cell in self.cells})

    @property
    def marks(self) -> int:
        return sum(len(cell.turns) for cell in self.cells)


def load_event(folder: Path) -> Event:
    """Raise BadStart when the folder is not an event."""
    try:
        about = _read(folder / "showcase.yaml")
        marks = _read(folder / "marks.yaml")
        aspects = list(dict.fromkeys(aspect for block in marks.values() for aspect in block["marks"]))
        cells = tuple(
            Cell(bib, aspect, tuple(_turns(block["marks"][aspect])))
            for aspect in aspects
            for bib, block in marks.items()
            if aspect in block["marks"]
        )
        return Event(
            about["showcase"],
            about["competition"],
            about["judges"],
            about.get("officials", {}),
            about["competitors"],
            (folder / "scheme.yaml").read_bytes(),
            cells,
            {bib: Decimal(block["total"]) for bib, block in marks.items()},
        )
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as exc:
        raise BadStart(f"{folder} is not an event this version can read: {exc}") from exc


def _read(file: Path) -> Any:
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def _turns(given: Any) -> list[Turn]:
    if isinstance(given, list):
        return [turn for part in given for turn in _round(part)]
    if len(given) == 1:
        ((judge, reading),) = given.items()
        if isinstance(reading, list):
            return [Turn(judge, value=value, corrects=place > 0) for place, value in enumerate(reading)]
        return [Turn(judge, value=reading)]
    return _round(given)


def _round(scores: dict[str, str]) -> list[Turn]:
    because = scores.get("because")
    judges = [judge for judge in scores if judge != "because"]
    return [
        Turn(judge, score=int(scores[judge]), justification=because if place == 0 else None)
        for place, judge in enumerate(judges)
    ]
