"""What one aspect of one competitor is worth at a moment, from every reading and score that was ever given.

A measured cell is its newest reading. Three judges' scores stand as a round with a spread of 0 or 1, two pairs'
readings as a round in which both are worth the same, or as the choice of the chief expert; the newest that stands
counts, and while none does nothing counts (R21, R23, R37, R41). An amendment under which a cell's readings mean nothing
takes the whole cell back to not marked (R9); an outage or an amendment that makes two agreeing pairs differ takes
their agreement back (R41).
"""

from collections.abc import Iterable
from datetime import timedelta
from functools import cached_property
from itertools import pairwise

from services.livescore.opinion.book import Book, Reading, latest
from services.livescore.opinion.worth import Parts, Place, places
from shared.contracts.acts import Rules
from shared.contracts.livescore import CompetitionOpened
from shared.contracts.remedies import FullMarks, OutageRecorded, OutageReversed, Remedy, RemovedInterval, TimeBack
from shared.contracts.scheme import Time

JUDGES, PAIRS = 3, 2
Cell = tuple[str, str]
"""A competitor and an aspect."""
Readings = tuple[Reading, ...]
_RULES = Rules()


class Cells:
    """Awards of a whole book, for any moment. In parts of a mark; None is not marked, which is not zero (R37)."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self.parts = Parts.of(scheme for _, scheme in book.schemes)
        self._places = [(seq, places(scheme)) for seq, scheme in book.schemes]
        self._by_form: dict[int, dict[str, tuple[Place, ...]]] = {}

    def places(self, moment: int) -> dict[str, Place]:
        """The aspects of the scheme that was in force."""
        return latest(self._places, moment) or {}

    def forms(self, moment: int) -> dict[str, tuple[Place, ...]]:
        """The same by form, in the order of the scheme."""
        found = self.places(moment)
        if id(found) not in self._by_form:
            sorted_: dict[str, tuple[Place, ...]] = {}
            for place in found.values():
                sorted_[place.form] = (*sorted_.get(place.form, ()), place)
            self._by_form[id(found)] = sorted_
        return self._by_form[id(found)]

    def rules(self, moment: int) -> Rules:
        return latest(self.book.rules, moment) or _RULES

    def kind(self, moment: int) -> str:
        opened: CompetitionOpened | None = latest(self.book.opened, moment)
        return "competition" if opened is None else opened.kind

    def counted(self, competitor: str, aspect: str, moment: int) -> int | None:
        """What is added up: rounded first where the rules say so (R35)."""
        award = self.award(competitor, aspect, moment)
        return self.parts.rounded(award) if award and self.rules(moment).rounding == "aspect_2dp" else award

    def award(self, competitor: str, aspect: str, moment: int) -> int | None:
        """Exact; the maximum where an outage gave everybody full marks (R76)."""
        place = self.places(moment).get(aspect)
        if place is None:
            return None
        if self._has_full_marks(aspect, moment):
            return self.parts.full(place.aspect)
        given = self.book.readings.get((competitor, aspect))
        return None if given is None else self._of_readings(place, competitor, given, moment)

    def _of_readings(self, place: Place, competitor: str, given: list[Reading], moment: int) -> int | None:
        cell = competitor, place.aspect.id
        live = self._meaning_something(cell, [one for one in given if one.seq <= moment], moment)
        if not live:
            return None
        if place.aspect.type == "J":
            rounds = [scores for _, scores in _rounds(live, JUDGES) if _spread(scores) <= 1]
            return self.parts.judged(place.aspect, sum(one.score or 0 for one in rounds[-1])) if rounds else None
        if place.aspect.dual:
            return self._of_pairs(cell, live, moment)
        return self._worth(cell, live[-1], moment)

    def _of_pairs(self, cell: Cell, live: list[Reading], moment: int) -> int | None:
        stood = self._last_that_stood(cell, live, moment)
        return self._worth(cell, stood[0], moment) if stood else None

    def _last_that_stood(self, cell: Cell, live: list[Reading], moment: int) -> Readings:
        """Both readings of the newest round that agreed, or the one that was chosen; none when they agree no more."""
        complete = _rounds(live, PAIRS)
        found = [
            (since, readings)
            for since, readings in complete
            if len({self._worth(cell, one, since) for one in readings}) == 1
        ]
        for seq, pair in self.book.chosen.get(cell, ()):
            before = [readings for since, readings in complete if since < seq]
            if seq <= moment and before:
                found.append((seq, tuple(one for one in before[-1] if one.pair == pair)))
        since, newest = max(found, key=lambda one: one[0], default=(moment, ()))
        # Whether they agree is asked anew whenever something that awards depend on has changed.
        for then in (seq for seq in self._revaluations if since < seq <= moment):
            if len({self._worth(cell, one, then) for one in newest}) > 1:
                return ()
        return newest

    def _meaning_something(self, cell: Cell, given: list[Reading], moment: int) -> list[Reading]:
        """What is left of a cell's readings after each amendment up to a moment."""
        for seq in self.book.amended:
            before = [one for one in given if one.seq < seq]
            if seq <= moment and before and not self._means_something(cell, before, seq):
                given = given[len(before) :]
        return given

    def _means_something(self, cell: Cell, given: list[Reading], moment: int) -> bool:
        place = self.places(moment).get(cell[1])
        if place is None:
            return False
        judged, dual = given[-1].score is not None, given[-1].pair is not None
        if judged or place.aspect.type == "J":
            return judged and place.aspect.type == "J"
        if dual != place.aspect.dual:
            return False
        return all(self._worth(cell, one, moment) is not None for one in self._that_matter(cell, given, moment))

    def _that_matter(self, cell: Cell, given: list[Reading], moment: int) -> Readings:
        """The readings that an award may still come from: the newest, or each pair's of the rounds that count."""
        if given[-1].pair is None:
            return (given[-1],)
        complete = _rounds(given, PAIRS)
        ended = complete[-1][0] if complete else 0
        unfinished = tuple(one for one in given if one.seq > ended)
        revealed = complete[-1][1] if complete else ()
        return (*revealed, *self._last_that_stood(cell, given, moment - 1), *unfinished)

    def _worth(self, cell: Cell, reading: Reading, moment: int) -> int | None:
        competitor, aspect = cell
        place = self.places(moment).get(aspect)
        if place is None or place.aspect.measure is None or reading.value is None:
            return None
        timed = isinstance(place.aspect.measure, Time)
        granted = self.granted_seconds(competitor, moment) if timed and self.book.outages else 0
        return self.parts.measured(place.aspect, reading.value, granted)

    @cached_property
    def _revaluations(self) -> list[int]:
        return sorted([*self.book.amended, *(seq for seq, _ in self.book.outages)])

    def _has_full_marks(self, aspect: str, moment: int) -> bool:
        return bool(self.book.outages) and any(
            isinstance(one, FullMarks) and aspect in one.aspects for one in self.remedies(moment)
        )

    def remedies(self, moment: int) -> list[Remedy]:
        """What was recorded up to a moment and not reversed up to it (R75)."""
        facts = [fact for seq, fact in self.book.outages if seq <= moment]
        reversed_ = {fact.outage for fact in facts if isinstance(fact, OutageReversed)}
        return [one.remedy for one in facts if isinstance(one, OutageRecorded) and one.outage not in reversed_]

    def granted_seconds(self, competitor: str, moment: int) -> int:
        """Whole seconds that come off a competitor's times; a moment removed twice counts once (R15, R77)."""
        remedies = self.remedies(moment)
        back = sum(one.seconds for one in remedies if isinstance(one, TimeBack) and one.competitor == competitor)
        removed = [one for one in remedies if isinstance(one, RemovedInterval)]
        edges = sorted({edge for one in removed for edge in (one.start, one.end)})
        covered = (
            (after - before) // timedelta(microseconds=1)
            for before, after in pairwise(edges)
            if any(one.start <= before and after <= one.end for one in removed)
        )
        return back + sum(covered) // 1_000_000


def _rounds(given: Iterable[Reading], needed: int) -> list[tuple[int, Readings]]:
    """Complete rounds with the seq that completed them; of each author the last word before that counts (R22)."""
    rounds: dict[int, dict[str | int, Reading]] = {}
    for one in given:
        rounds.setdefault(one.round, {})[one.judge if one.pair is None else one.pair] = one
    return [
        (max(one.seq for one in said.values()), tuple(said.values())) for said in rounds.values() if len(said) == needed
    ]


def _spread(scores: Readings) -> int:
    points = [one.score or 0 for one in scores]
    return max(points) - min(points)
