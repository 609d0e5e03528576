"""The digest of a sheet: what exactly was submitted, verified and signed (section 6: a signature covers the sheet)."""

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from services.livescore.domain.cells import Cell, MeasuredCell, known_to_all
from services.livescore.domain.scorecard import Competitor, Scorecard


def digest(state: Scorecard, form: str, entrant: Competitor, previous: str) -> str:
    """SHA-256 over the readings, scores and awards of a sheet, where they come from (R18, R43), the scheme they stand
    under, and the digest of the submission before (R44).

    The competition's secret is in it, or a judge could find out whose piece it is by trying everybody (R32).
    """
    scheme = state.scheme
    assert scheme is not None, "there is no sheet without a scheme"
    aspects = [rule.aspect.id for rule in scheme.forms[form]]
    content = [
        state.secret,
        state.id,
        form,
        entrant.id,
        scheme.digest,
        previous,
        *((aspect, aspect in state.full_marks, _content(entrant.cells.get(aspect))) for aspect in aspects),
        *_origins(state, entrant, aspects),
    ]
    return sha256(repr(content).encode()).hexdigest()


def _origins(state: Scorecard, entrant: Competitor, aspects: list[str]) -> Iterator[Any]:
    for aspect in aspects:
        for seq in known_to_all(entrant.cells.get(aspect)):
            told = state.origins.told(seq)
            if told:
                yield seq, told


def _content(cell: Cell | None) -> Any:
    match cell:
        case None:
            return None
        case MeasuredCell():
            return cell.seq, cell.judge, cell.value, str(cell.award)
        case _:
            given = [(author, one.seq, one.judge, one.score, one.value) for author, one in cell.revealed.items()]
            return cell.round, cell.state, given, str(cell.award)
