"""Commands: what somebody asks for, with the time passed in because the domain has no clock."""

from datetime import datetime
from typing import NamedTuple

from shared.contracts.livescore import Check
from shared.contracts.registration import (
    CompetitionAdded,
    CompetitorApproved,
    CompetitorRenamed,
    CompetitorStandingSet,
    CompetitorWithdrawn,
    JudgeAssigned,
    JudgeRevoked,
    TrainerNamed,
    TrainerRevoked,
)

RosterFact = (
    CompetitionAdded
    | CompetitorApproved
    | CompetitorStandingSet
    | CompetitorRenamed
    | CompetitorWithdrawn
    | JudgeAssigned
    | JudgeRevoked
    | TrainerNamed
    | TrainerRevoked
)
"""The registration facts a competition takes over; all others are none of its business."""


class GiveMark(NamedTuple):
    """Give a reading (`value`) or a score, or correct one.

    `mark` is made on the judge's device, once per intention. `saw` is the seq of the mark the judge had in view and
    means to replace. `fingerprint` digests what was asked and tells a repeat from a reuse of the id. Times are aware.
    `competitor` is an id, or on a blind form the number of a piece. `device` is the tablet, if it says so. `check` is
    what a script said of a reading (R18); `paper` says that the judge types it from paper (R43).
    """

    mark: str
    competitor: str
    aspect: str
    judge: str
    marked_at: datetime
    fingerprint: str
    now: datetime
    value: str | None = None
    score: int | None = None
    saw: int | None = None
    justification: str | None = None
    device: str | None = None
    check: Check | None = None
    paper: bool = False
