"""Whether the versions of every sheet follow one on the other, as a ledger says they do (R44).

Each submission's digest covers what the sheet held and the digest of the submission before. Here both are worked out
anew, event by event; later steps have to name the same digest. Submissions from before chains were kept name nothing
before them and are passed over, up to the first of a sheet that does.
"""

from services.livescore.domain.scorecard import Scorecard
from services.livescore.domain.seals import digest
from shared.contracts.events import Recorded
from shared.contracts.sheets import FIRST, SheetLocked, SheetSigned, SheetSubmitted, SheetVerified, TypingAccepted

_Naming = SheetVerified | TypingAccepted | SheetSigned | SheetLocked
"""Steps that name the digest of the submission they are about."""


class Chain:
    """`take` every event of a competition in order; `broken` says of each link that does not hold where it is."""

    def __init__(self, competition: str) -> None:
        self.card = Scorecard(competition)
        self.broken: list[str] = []
        self._kept: set[tuple[str, str]] = set()

    def take(self, recorded: Recorded) -> None:
        event = recorded.event
        if isinstance(event, SheetSubmitted | _Naming):
            trouble = self._of_submission(event) if isinstance(event, SheetSubmitted) else self._of_step(event)
            if trouble is not None:
                self.broken.append(f"event {recorded.seq}, sheet {event.form} of {event.competitor}: {trouble}")
        self.card.apply(recorded)

    def _of_submission(self, event: SheetSubmitted) -> str | None:
        place = event.form, event.competitor
        if event.previous is None:
            return "does not name the version before" if place in self._kept else None
        self._kept.add(place)
        if event.previous != (self.card.sheet(*place).digest or FIRST):
            return "does not follow on the version before"
        held = digest(self.card, event.form, self.card.competitors[event.competitor], event.previous)
        return None if event.digest == held else "is another than its digest says"

    def _of_step(self, event: _Naming) -> str | None:
        place = event.form, event.competitor
        follows = place not in self._kept or event.digest == self.card.sheet(*place).digest
        return None if follows else "names another digest than that of the sheet"
