"""What the edge reads and answers about people with links: staff, trainers, and a competitor's own link."""

from pydantic import Field

from services.registration.messages import DaysValid, In, Out
from shared.contracts.names import ClientId, CompetitionId, Country, PersonId
from shared.contracts.registration import Office
from shared.contracts.text import Name


class LinkIn(In):
    days_valid: DaysValid | None = None


class JudgeIn(In):
    id: ClientId
    name: Name
    country: Country
    competitions: tuple[CompetitionId, ...] = Field(min_length=1, max_length=20)
    office: Office = "judge"
    days_valid: DaysValid | None = None


class JudgeOut(Out):
    id: PersonId
    name: str
    country: Country
    competitions: tuple[CompetitionId, ...]
    office: Office
    revoked: bool
    expires_at: str | None


class SeatOut(JudgeOut):
    """A judge or another of the staff with the link to hand over; `qr` is the link as an SVG image in a data URI."""

    link: str
    qr: str


class TrainerIn(In):
    """So many that the link still fits into a QR code."""

    id: ClientId
    name: Name
    competitors: tuple[PersonId, ...] = Field(min_length=1, max_length=16)
    competitions: tuple[CompetitionId, ...] = Field(min_length=1, max_length=4)
    days_valid: DaysValid | None = None


class TrainerOut(Out):
    id: PersonId
    name: str
    competitors: tuple[PersonId, ...]
    competitions: tuple[CompetitionId, ...]
    revoked: bool
    expires_at: str | None


class NamedTrainerOut(TrainerOut):
    """A trainer with the link to hand over."""

    link: str
    qr: str


class OwnLinkOut(Out):
    """A competitor's own link, to hand over."""

    id: PersonId
    expires_at: str
    link: str
    qr: str
