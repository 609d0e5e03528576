"""Which sheet each judge's device has in front: so that one sheet open on two devices is pointed out to both (R45).

Said with each look at the marking, and forgotten when a device has not looked for a while. Nothing of it is recorded:
it lives in this copy's memory alone, so of two devices that ask different copies neither may hear of the other. The
front door sends everything of a competition to one copy while that one answers.
"""

from typing import Literal, NamedTuple

from services.livescore.domain import blind, duties
from services.livescore.domain.competition import Competition

Elsewhere = Literal["yours", "panel"]
"""Another device of the same judge, or of somebody else who may enter the same readings."""

FORGOTTEN_AFTER_SECONDS = 15.0
"""A page looks every four seconds."""
_MOST = 8
"""Devices of one judge; a link that makes up more of them only pushes its own out."""

_Device = tuple[str, str, str]
"""Competition, judge and device."""
_Sheet = tuple[str, str, str]
"""Competition, form and competitor."""


class OpenSheet(NamedTuple):
    """`competitor` as the judge names it: on a blind form the number of a piece (R32)."""

    form: str
    competitor: str
    device: str


class OpenSheets:
    def __init__(self) -> None:
        self._seen: dict[_Device, tuple[_Sheet, float]] = {}
        """What each has in front since when; who looked last is at the end."""
        self._by_sheet: dict[_Sheet, set[_Device]] = {}
        self._of_judge: dict[tuple[str, str], dict[_Device, None]] = {}
        """By competition and judge, in the same order."""

    def open(self, state: Competition, judge: str, sheet: OpenSheet, now: float) -> Elsewhere | None:
        """Take down what a device has in front, and tell who else has it; `now` in seconds of a monotonic clock.

        Somebody without a judge's seat is nobody's rival and is not taken down.
        """
        seat = state.judges.get(judge)
        if seat is None or seat.office != "judge":
            return None
        device, place = (state.id, judge, sheet.device), (state.id, sheet.form, sheet.competitor)
        self._forget(device)
        self._seen[device] = place, now
        self._by_sheet.setdefault(place, set()).add(device)
        own = self._of_judge.setdefault(device[:2], {})
        own[device] = None
        if len(own) > _MOST:
            self._forget(next(iter(own)))
        while now - self._longest_ago() > FORGOTTEN_AFTER_SECONDS:
            self._forget(next(iter(self._seen)))
        others = {one for _, one, _ in self._by_sheet[place] - {device}}
        if judge in others:
            return "yours"
        return "panel" if others & _rivals(state, judge, sheet) else None

    def _longest_ago(self) -> float:
        return next(iter(self._seen.values()))[1]

    def _forget(self, device: _Device) -> None:
        found = self._seen.pop(device, None)
        if found is None:
            return
        sheet, own = self._by_sheet[found[0]], self._of_judge[device[:2]]
        sheet.discard(device)
        if not sheet:
            del self._by_sheet[found[0]]
        del own[device]
        if not own:
            del self._of_judge[device[:2]]


def _rivals(state: Competition, judge: str, sheet: OpenSheet) -> frozenset[str]:
    """Who else may enter a reading that this judge may enter too.

    Scores and pairs' readings are everybody's own, so a panel that has them alone in front is never warned of itself.
    """
    rules = () if state.scheme is None else state.scheme.forms.get(sheet.form, ())
    if all(rule.measure is None or rule.aspect.dual for rule in rules):
        return frozenset()
    person: str | None = sheet.competitor
    if state.is_blind(sheet.form):
        person = blind.behind(state.secret, sheet.form, state.competitors, sheet.competitor)
    entrant = None if person is None else state.competitors.get(person)
    if entrant is None or not state.sheet(sheet.form, entrant.id).takes_marks:
        return frozenset()
    markers = duties.markers(state, sheet.form, entrant)
    return markers - {judge} if judge in markers else frozenset()
