"""Rounds of hidden scores or readings after the first: which one is open, and why it is marked again (R22, R24, R25).

On a sheet with a coordinator the coordinator writes the justification, and nobody's mark of the round is taken before
that. A sheet without one takes it from whoever marks first in the round.
"""

from services.livescore.domain import duties
from services.livescore.domain.acts import JustifyRound
from services.livescore.domain.cells import SecretCell
from services.livescore.domain.commands import GiveMark
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.people import person
from services.livescore.domain.deciding.stamping import Request, clash, forbid, reject, scheme_of
from services.livescore.domain.sheets import Sheet
from shared.contracts.events import Event
from shared.contracts.sheets import RoundJustified
from shared.contracts.text import plain


def open_round(cell: SecretCell, sheet: Sheet) -> int:
    """The round that a mark given now belongs to; after a reopening what stood may be given once more (R22)."""
    if cell.state == "disputed":
        reject("disputed", "the rounds did not agree: the chief expert decides how to go on", "aspect", "R25")
    if cell.stands and sheet.reopened_at <= cell.revealed_seq:
        reject("revealed", "what was given has been revealed and stands", "aspect", "R22")
    return cell.round + 1 if cell.stands else cell.round


def check_justified(state: Competition, form: str, command: GiveMark, cell: SecretCell, round_: int) -> None:
    if round_ == 1:
        return
    if duties.coordinator(state, form, state.competitors[command.competitor]) is not None:
        # Asked of everybody's mark, whether or not the round has begun: that would tell who else has scored (R21).
        if cell.why(round_) is None:
            reject(
                "coordinator_justifies",
                "the coordinator of this sheet has to write first why it is marked again",
                "justification",
                "R24",
            )
    elif not cell.hidden:
        _check_words(state, command.justification, "the first mark of a new round needs a justification")


def justify(state: Competition, request: Request, act: JustifyRound) -> list[Event]:
    """One for each round, and before it: what was written is not changed."""
    rule = scheme_of(state).aspects.get(act.aspect)
    if rule is None:
        reject("unknown_aspect", f"the scheme has no aspect {act.aspect}", "aspect")
    entrant = person(state, rule.form, act.competitor, request.who)
    coordinator = duties.coordinator(state, rule.form, entrant)
    if coordinator is None:
        reject("no_coordinator", "nobody coordinates this sheet: the first mark of the round says why", "aspect", "R24")
    if request.who.id != coordinator:
        forbid("not_coordinator", "the coordinator of this sheet justifies another round", "R24")
    sheet = state.sheet(rule.form, entrant.id)
    if not sheet.takes_marks or (sheet.state == "remark" and act.aspect not in sheet.again):
        clash("sheet_state", f"nothing is marked again on this sheet; it is {sheet.state}", "R24", state=sheet.state)
    cell = entrant.cells.get(act.aspect)
    if not isinstance(cell, SecretCell) or cell.complete == 0:
        reject("no_new_round", "no round is complete that could be marked again", "aspect", "R24")
    round_ = open_round(cell, sheet)
    if cell.why(round_) is not None:
        clash("justified", "this round has its justification", "R24")
    _check_words(state, act.justification, "another round needs a justification")
    return [
        RoundJustified(
            **request.stamp(),
            competitor=entrant.id,
            aspect=act.aspect,
            round=round_,
            justification=act.justification,
        )
    ]


def _check_words(state: Competition, justification: str | None, what: str) -> None:
    needed = state.rules.min_justification
    try:
        words = plain(justification or "")
    except ValueError:
        words = ""
    if len(words) < needed:
        reject("justification_needed", f"{what} of at least {needed} characters", "justification", "R24")
