"""The digest of a sheet: what exactly was submitted, verified and signed (section 6: a signature covers the sheet)."""

from hashlib import sha256
from typing import Any

from services.livescore.domain.cells import Cell, MeasuredCell
from services.livescore.domain.competition import Competition
from services.livescore.domain.scorecard import Competitor


def digest(state: Competition, form: str, entrant: Competitor) -> str:
    """SHA-256 over the readings, scores and awards of a sheet and the scheme they stand under.

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
        *((aspect, aspect in state.full_marks, _content(entrant.cells.get(aspect))) for aspect in aspects),
    ]
    return sha256(repr(content).encode()).hexdigest()


def _content(cell: Cell | None) -> Any:
    match cell:
        case None:
            return None
        case MeasuredCell():
            return cell.seq, cell.judge, cell.value, str(cell.award)
        case _:
            given = [(author, one.seq, one.judge, one.score, one.value) for author, one in cell.revealed.items()]
            return cell.round, cell.state, given, str(cell.award)
