"""Identifiers and how they are composed.

A showcase id is a slug chosen by the organiser. A competition id is `<showcase>.<slug>`, so it is unique without
asking anyone and names its showcase. Streams and channels are named after what they carry: `showcase/<id>` and
`competition/<id>`.
"""

from typing import Annotated

from pydantic import StringConstraints

_SLUG = r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?"

ShowcaseId = Annotated[str, StringConstraints(pattern=rf"^{_SLUG}$")]
CompetitionSlug = Annotated[str, StringConstraints(pattern=rf"^{_SLUG}$")]
CompetitionId = Annotated[str, StringConstraints(pattern=rf"^{_SLUG}\.{_SLUG}$")]
PersonId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
"""An opaque id of a competitor or judge, made by the client or by registration; never a name."""
ClientId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{7,63}$")]
"""An id made on the sender's device, once per intention; sending it again is the same command."""
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
"""ISO 3166-1 alpha-2. The rule book's *Member*."""
Bib = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,4}$")]
Channel = Annotated[str, StringConstraints(pattern=r"^[a-z]+(?:/[a-z0-9][a-z0-9.-]{0,99}){1,2}$")]


def competition_id(showcase: str, slug: str) -> str:
    return f"{showcase}.{slug}"


def showcase_of(competition: str) -> str:
    return competition.partition(".")[0]


def showcase_stream(showcase: str) -> str:
    return f"showcase/{showcase}"


def competition_stream(competition: str) -> str:
    return f"competition/{competition}"
