"""The public board at a moment: what has been published by then, or the picture that stands still (sections 8, 9)."""

from bisect import bisect_right
from collections.abc import Generator
from datetime import UTC, timedelta
from typing import Any, TypeVar

from services.livescore.opinion import ceremony
from services.livescore.opinion.book import Book, Freeze, latest
from services.livescore.opinion.cells import Cells
from services.livescore.opinion.published import Published, Shown
from services.livescore.opinion.result import Results, Standing
from services.livescore.opinion.worth import hundredths
from shared.contracts.names import showcase_of
from shared.contracts.release import RevealBegun, RevealMoved

View = dict[str, Any]
T = TypeVar("T")
Work = Generator[None, None, T]
"""Hands the thread back after every competitor."""
Public = dict[str, dict[str, Shown]]
"""What is shown of each competitor's sheets."""


class Boards:
    def __init__(self, cells: Cells, results: Results) -> None:
        self._cells = cells
        self._book: Book = cells.book
        self._results = results
        self._published = Published(cells)

    def board(self, moment: int, final: View | None) -> Work[tuple[View, dict[str, View]]]:
        """Head and rows; `final` is the result in force then, or None."""
        freeze = self._freeze_at(moment)
        if freeze is None:
            return (yield from self._open(moment, final))
        before = freeze.seq - 1
        final_before = yield from self.final(before, before)
        head, rows = yield from self._open(before, final_before)
        head |= {"frozen": True, "frozen_at": freeze.at}
        for one, row in rows.items():
            # Consent goes before everything else that stands still (R55, R98).
            row["name"] = self._book.entered(one, moment).display_name
        step = self._revealing(freeze, moment)
        if step is not None and final is not None:
            head["reveal"] = ceremony.told(final, step)
            shown = ceremony.revealed(final, step, totals=head["mode"] == "marks")
            rows = {one: row | ({"revealed": shown[one]} if one in shown else {}) for one, row in rows.items()}
        return head, rows

    def final(self, moment: int, names_of: int) -> Work[View | None]:
        """The result that was finalised last (R48); None before the first one."""
        done = [(seq, fact) for seq, fact in self._book.finals if seq <= moment]
        if not done:
            return None
        seq, fact = done[-1]
        standings: list[Standing] = []
        for one in self._book.people(seq):
            standings.append(self._results.standing(one, seq))
            yield
        return self._results.of(standings, seq, fact.version, names_of)

    def _freeze_at(self, moment: int) -> Freeze | None:
        for freeze in self._book.freezes:
            if freeze.seq <= moment and (freeze.until is None or moment < freeze.until):
                return freeze
        return None

    def _revealing(self, freeze: Freeze, moment: int) -> int | None:
        """How many steps have been taken; None while nothing is being revealed."""
        fact = latest([one for one in self._book.reveals if one[0] >= freeze.seq], moment)
        if isinstance(fact, RevealMoved):
            return fact.step
        return 0 if isinstance(fact, RevealBegun) else None

    def _mode(self, moment: int) -> str:
        """A training's marks are for those who train alone; without ranks there is no order to show (R29)."""
        mode = latest(self._book.modes, moment) or "progress"
        nothing = self._cells.kind(moment) == "training" or (mode == "rank" and not self._book.ranks(moment))
        return "progress" if nothing else mode

    def _open(self, moment: int, final: View | None) -> Work[tuple[View, dict[str, View]]]:
        mode, public = self._mode(moment), {}
        for one in self._book.people(moment):
            public[one] = self._published.sheets(one, moment)
            yield
        head, rows = self._head(moment, mode), {one: self._row(one, public, mode, moment) for one in public}
        if final is None or self._cells.kind(moment) == "training":
            if mode != "progress" and self._book.ranks(moment):
                self._rank(rows, public)
            return head, rows
        head |= {"final": True, "version": final["version"]}
        if final["version"] > 1:
            head["amended"] = next(fact.reason for seq, fact in reversed(self._book.finals) if seq <= moment)
        for row in final["rows"]:
            if row["rank"]:
                rows[row["id"]] |= {"rank": row["rank"]} | ceremony.honours(row)
        return head, rows

    def _rank(self, rows: dict[str, View], public: Public) -> None:
        """Whoever competes and has something public, by what is public (R59)."""
        totals = {
            one: sum(sum(sheet.awards.values()) for sheet in public[one].values())
            for one, row in rows.items()
            if row["status"] == "competing" and row["marked"]
        }
        ascending = sorted(totals.values())
        for one, total in totals.items():
            rows[one]["rank"] = 1 + len(ascending) - bisect_right(ascending, total)

    def _row(self, competitor: str, public: Public, mode: str, moment: int) -> View:
        entered, sheets = self._book.entered(competitor, moment), public[competitor]
        row: View = {
            "bib": entered.bib,
            "name": entered.display_name,
            "country": entered.country,
            "status": self._book.status(competitor, moment),
            "marked": sum(len(sheet.awards) for sheet in sheets.values()),
        }
        if any(sheet.held for sheet in sheets.values()) or self._published.under_review(competitor, moment):
            row["review"] = True
        if mode == "marks" and row["status"] in {"competing", "guest"} and row["marked"]:
            shown = self._cells.parts.shown
            row["total"] = shown(sum(sum(sheet.awards.values()) for sheet in sheets.values()))
            by_criterion: dict[str, int] = {}
            for form, sheet in sheets.items():
                criterion = form[0]
                by_criterion[criterion] = by_criterion.get(criterion, 0) + sum(sheet.awards.values())
            row["criteria"] = {one: shown(mark) for one, mark in by_criterion.items()}
        return row

    def _head(self, moment: int, mode: str) -> View:
        opened = latest(self._book.opened, moment)
        title = {"en": self._book.id} if opened is None else opened.title.model_dump(exclude_none=True)
        places = self._cells.places(moment)
        head: View = {
            "competition": self._book.id,
            "showcase": showcase_of(self._book.id),
            "title": title,
            "mode": mode,
            "aspects": len(places),
            "max": "100.00",
            "final": False,
        }
        if opened is not None and opened.kind == "training":
            head["kind"] = "training"
        if times := self._clock(moment):
            head["clock"] = times
        if delay := latest(self._book.delays, moment):
            head["delay"] = delay
        said = {"mirrored": self._mirrored(moment), "unranked": not self._book.ranks(moment)}
        if any(said.values()):
            head["notice"] = [what for what, true in said.items() if true]
        if mode == "marks":
            scheme = latest(self._book.schemes, moment)
            head["criteria"] = [
                {
                    "id": criterion.id,
                    "name": criterion.name.model_dump(exclude_none=True),
                    "max": self._cells.parts.shown(
                        sum(
                            hundredths(aspect.max) * self._cells.parts.of_a_mark // 100
                            for form in criterion.sub_criteria
                            for aspect in form.aspects
                        )
                    ),
                }
                for criterion in (() if scheme is None else scheme.criteria)
            ]
        return head

    def _clock(self, moment: int) -> View:
        """From when to when people work who were given nothing back (R50, R77); empty while that is not known."""
        rules = self._cells.rules(moment)
        if rules.starts_at is None or rules.allotted_seconds is None:
            return {}
        seconds = rules.allotted_seconds + self._cells.granted_seconds("", moment)
        try:
            starts_at = rules.starts_at.astimezone(UTC)
            ends_at = starts_at + timedelta(seconds=seconds)
        except OverflowError:  # no calendar holds it
            return {}
        named = {"starts_at": starts_at, "ends_at": ends_at}
        return {name: at.isoformat().removesuffix("+00:00") + "Z" for name, at in named.items()}

    def _mirrored(self, moment: int) -> bool:
        """Whether some form's team is one where each side is marked by the other side's judges (R29)."""
        teams = {fact.form: fact.mode for seq, fact in self._book.panels if seq <= moment and fact.competitor is None}
        return "mirrored" in teams.values()
