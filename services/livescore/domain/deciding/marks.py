"""Whether a mark may be given: command and state in, the fact out, or an error that says which rule refused it.

Pure, so the caller may decide again on a newer state whenever the ledger says that somebody else was first. An empty
list means that nothing has to be recorded: the very same thing was accepted before.
"""

from datetime import datetime, timedelta
from typing import Literal, NoReturn, cast

from services.livescore.domain import blind
from services.livescore.domain.cells import DualCell, JudgedCell, MeasuredCell, SecretCell
from services.livescore.domain.commands import GiveMark
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.rounds import check_justified, open_round
from services.livescore.domain.deciding.stamping import scheme_of
from services.livescore.domain.marking import cell_view, own_pair
from services.livescore.domain.panels import Judge, Seats
from services.livescore.domain.schemes.index import AspectRule
from services.livescore.domain.scorecard import Competitor
from services.livescore.domain.sheets import Sheet
from shared.contracts.events import Event
from shared.contracts.livescore import MarkGiven
from shared.errors import Clash, Fault, Forbidden, Rejected

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a tablet's clock may run ahead; it may be behind by any time, because marks are given offline too."""


def decide_mark(state: Competition, command: GiveMark) -> list[Event]:
    """The fact to record; empty when this very mark was accepted before and its receipt is the answer (R45)."""
    if _accepted_before(state, command):
        return []
    judge = _seated(state, command)
    rule = _rule(state, command)
    if state.waits_for_texts(rule.form):
        _reject("texts_not_approved", "this form opens once both languages of its texts are approved", "aspect", "R11")
    command = _person_behind(state, command, rule)
    competitor = _markable(state, command)
    _check_bar(state, judge, competitor)
    sheet = state.sheet(rule.form, competitor.id)
    _check_sheet(sheet, rule)
    seats = state.seats(rule.form, competitor)
    if seats is not None and judge.id not in seats.judges:
        raise Forbidden(
            "not_on_panel",
            "this sheet is marked by others; ask the chief expert if you should be one of them",
            Fault("the judge has no seat on this sheet", field="competitor", rule="R27"),
        )
    if command.marked_at > _time_known(state, command) + CLOCK_TOLERANCE:
        _reject("marked_in_the_future", "the device's clock is more than five minutes ahead", "marked_at", "R44")
    if rule.measure is None:
        return [_decide_score(state, command, rule, sheet, seats)]
    rule.measure(cast("str", command.value))
    if rule.aspect.dual:
        return [_decide_pair(state, command, rule, sheet)]
    cell = state.cell(command.competitor, command.aspect)
    if command.saw != (cell.seq if isinstance(cell, MeasuredCell) else None):
        _clash(state, command)
    return [_given(command, supersedes=command.saw)]


def _time_known(state: Competition, command: GiveMark) -> datetime:
    """This copy's time, unless something has been recorded later: then it is not the tablet's clock that is wrong."""
    latest = datetime.fromisoformat(state.latest) if state.latest else command.now
    return max(command.now, latest)


def _accepted_before(state: Competition, command: GiveMark) -> bool:
    receipt = state.receipt(command.mark)
    if receipt is None:
        if state.act(command.mark) is not None:
            _reused()
        return False
    # The author is compared as well: a receipt tells a judge's own score and must not be had by guessing an id.
    if receipt.fingerprint != command.fingerprint or receipt.judge != command.judge:
        _reused()
    return True


def _reused() -> NoReturn:
    raise Clash(
        "id_reused",
        "this id was used for another mark",
        Fault("the id belongs to a mark with other content", field="id", rule="R45"),
    )


def _seated(state: Competition, command: GiveMark) -> Judge:
    judge = state.judges.get(command.judge)
    if judge is None or judge.office != "judge":
        raise Forbidden("not_seated", "this judge does not judge in this competition")
    return judge


def _person_behind(state: Competition, command: GiveMark, rule: AspectRule) -> GiveMark:
    if not state.is_blind(rule.form):
        return command
    person = blind.behind(state.secret, rule.form, state.competitors, command.competitor)
    if person is None:
        _reject("unknown_piece", "this form is marked blind: name a piece by its number", "competitor", "R32")
    return command._replace(competitor=person)


def _markable(state: Competition, command: GiveMark) -> Competitor:
    competitor = state.competitors.get(command.competitor)
    if competitor is None:
        _reject("unknown_competitor", "nobody with this id competes here", "competitor")
    if not competitor.marked:
        _reject(
            competitor.status, f"this competitor is {competitor.status} and not marked any more", "competitor", "R38"
        )
    return competitor


def _check_bar(state: Competition, judge: Judge, competitor: Competitor) -> None:
    bar = state.panels.bar(judge, competitor.id, competitor.country)
    if bar == "compatriot":
        raise Forbidden(
            "compatriot",
            "a judge never marks a competitor of the own country",
            Fault("competitor and judge are compatriots", field="competitor", rule="R26"),
        )
    if bar == "conflict":
        raise Forbidden(
            "conflict",
            "a conflict of interest with this competitor was declared",
            Fault("judge and competitor are in conflict", field="competitor", rule="R27"),
        )


def _check_sheet(sheet: Sheet, rule: AspectRule) -> None:
    if not sheet.takes_marks:
        _reject(
            "sheet_closed", f"this sheet is {sheet.state}; it has to be returned or reopened first", "aspect", "R42"
        )
    if sheet.state == "remark" and rule.aspect.id not in sheet.again:
        _reject("not_in_remark", "only what was too far apart is marked again", "aspect", "R24")


def _rule(state: Competition, command: GiveMark) -> AspectRule:
    if state.scheme is None:
        raise Rejected("no_scheme", "this competition has no marking scheme yet")
    rule = state.scheme.aspects.get(command.aspect)
    if rule is None:
        _reject("unknown_aspect", f"the scheme has no aspect {command.aspect}", "aspect")
    if rule.measure is not None and (command.value is None or command.score is not None):
        _reject("value_expected", "a measured aspect takes a reading (value), not a score", "value", "R3")
    if rule.measure is None and (command.score is None or command.value is not None):
        _reject("score_expected", "a judged aspect takes a score, not a reading (value)", "score", "R3")
    if rule.measure is None and command.check is not None:
        _reject("check_unexpected", "an automatic check is about a reading, not about a judge's score", "check", "R18")
    return rule


def _decide_score(
    state: Competition, command: GiveMark, rule: AspectRule, sheet: Sheet, seats: Seats | None
) -> MarkGiven:
    if command.score not in {0, 1, 2, 3}:
        _reject("score_invalid", "a score is 0, 1, 2 or 3", "score", "R19")
    cell = state.cell(command.competitor, command.aspect)
    if not isinstance(cell, JudgedCell):
        cell = JudgedCell()
    if seats is None and cell.revealed and not cell.has_on_panel(command.judge):
        _reject("panel_complete", "three judges have scored this aspect; only they may score it again", "aspect", "R24")
    round_ = open_round(cell, sheet)
    own = cell.hidden.get(command.judge)
    _check_seen(state, command, cell, own.seq if own else None)
    check_justified(state, rule.form, command, cell, round_)
    return _given(command, round_, None if own is None else own.seq)


def _decide_pair(state: Competition, command: GiveMark, rule: AspectRule, sheet: Sheet) -> MarkGiven:
    """One pair's reading; the other pair's stays hidden until both are in (R39)."""
    panel = state.panels.panel(rule.form, command.competitor)
    pairs = None if panel is None else panel.pairs
    if pairs is None:
        _reject("no_pairs", "two pairs measure this aspect: the chief expert has to name them first", "aspect", "R39")
    pair = next((n for n, pair in enumerate(pairs, start=1) if command.judge in pair), None)
    if pair is None:
        _reject("not_in_a_pair", "two pairs measure this aspect, and you are in neither", "aspect", "R39")
    cell = state.cell(command.competitor, command.aspect)
    if not isinstance(cell, DualCell):
        cell = DualCell()
    round_ = open_round(cell, sheet)
    own = cell.hidden.get(str(pair))
    _check_seen(state, command, cell, own.seq if own else None)
    check_justified(state, rule.form, command, cell, round_)
    given = _given(command, round_, None if own is None else own.seq)
    return given.model_copy(update={"pair": pair})


def _check_seen(state: Competition, command: GiveMark, cell: SecretCell, own: int | None) -> None:
    # In a new round nothing of the own is in view yet; what the judge may have seen is the reveal before it.
    expected = {own} if own is not None else {None, cell.revealed_seq or None}
    if command.saw not in expected:
        _clash(state, command)


def _given(command: GiveMark, round_: int = 1, supersedes: int | None = None) -> MarkGiven:
    return MarkGiven(
        mark=command.mark,
        competitor=command.competitor,
        aspect=command.aspect,
        judge=command.judge,
        value=command.value,
        score=cast("Literal[0, 1, 2, 3] | None", command.score),
        round=round_,
        marked_at=command.marked_at,
        supersedes=supersedes,
        justification=command.justification,
        fingerprint=command.fingerprint,
        device=command.device,
        check=command.check,
        paper=True if command.paper else None,
    )


def _clash(state: Competition, command: GiveMark) -> NoReturn:
    """Refuse with what this judge may see of the cell, which is never another judge's hidden score (R21)."""
    rule, entrant = scheme_of(state).aspects[command.aspect], state.competitors[command.competitor]
    pair = own_pair(state, rule.form, entrant, command.judge)
    current = cell_view(entrant.cells.get(command.aspect), command.judge, pair)
    raise Clash("changed", "this aspect was marked since you looked at it", current=current)


def _reject(code: str, detail: str, field: str, rule: str | None = None) -> NoReturn:
    raise Rejected(code, detail, Fault(detail, field=field, rule=rule))
