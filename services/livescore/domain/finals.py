"""Final results: what everybody had when two people finalised, version by version (R48)."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.livescore.domain.results.entrants import Entrant
from services.livescore.domain.results.result import Departure
from shared.contracts.acts import Rules


@dataclass(frozen=True, slots=True)
class Final:
    """One version of the result; a later one came of an upheld appeal, for the `reason` it gives."""

    version: int
    digest: str
    reason: str
    at: str
    proposed_by: str
    approved_by: str
    rules: Rules
    entrants: tuple[Entrant, ...]
    departures: Mapping[str, Departure]
    ranked: bool
