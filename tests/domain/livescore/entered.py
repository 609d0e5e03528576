"""Words for tests of results: a field of entrants in one line, and the fixture of the rule book."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from services.livescore.domain.results.entrants import Entrant, Status
from services.livescore.domain.results.result import Departure, Result, conclude
from shared.contracts.acts import Rules
from shared.contracts.registration import Kind

FIXTURE = (
    "GB 03 81.50, GB 07 74.25, GB 01 69.00, GB 10 63.75, GB 05 58.50,"
    "CN 08 88.75, CN 02 84.50, CN 06 84.50, CN 09 71.00, CN 04 66.25"
)


def entrant(
    bib: str,
    total: str | Fraction,
    country: str = "GB",
    status: Status = "competing",
    *,
    complete: bool = True,
    parts: Mapping[str, str | Fraction] | None = None,
) -> Entrant:
    exact = Fraction(total)
    criteria = {"A": exact} if parts is None else {one: Fraction(mark) for one, mark in parts.items()}
    return Entrant(f"c{bib}", bib, f"No. {bib}", country, status, exact, criteria, complete)


def entrants(text: str) -> list[Entrant]:
    """`GB 03 81.50, CN 08 88.75 guest, ...`; or totals alone, `90 85 80`, of bibs 01, 02, ... from GB."""
    if "," not in text:
        return [entrant(f"{bib:02d}", total) for bib, total in enumerate(text.split(), start=1)]
    found: list[Entrant] = []
    for part in text.rstrip(",").split(","):
        country, bib, total, *status = part.split()
        found.append(entrant(bib, total, country, status[0] if status else "competing"))  # type: ignore[arg-type] # by hand
    return found


def result(text: str, *, final: bool = True, kind: Kind = "competition", **rules: Any) -> Result:
    return conclude("autumn.electronics", entrants(text), Rules(**rules), kind=kind, version=1 if final else None)


def departing(text: str, departures: Mapping[str, Departure], **rules: Any) -> Result:
    return conclude("autumn.electronics", entrants(text), Rules(**rules), departures=departures, version=1)


def bibs(found: Result, what: str) -> dict[str, Any]:
    """Something of every line, by bib, in the order of the result."""
    return {line.entrant.bib: getattr(line, what) for line in found.lines}


def letters(found: Result) -> str:
    """The awarded medals in the order of the result, as the rule book writes them: `G S S -`."""
    return " ".join((line.medal or "-")[0].upper() for line in found.lines)
