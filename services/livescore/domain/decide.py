"""Decisions: command and state in, facts out, or an error that says which rule refused it and where.

Pure, so the caller may decide again on a newer state whenever the ledger says that somebody else was first. An empty
list means that nothing has to be recorded: the very same thing was accepted before.
"""

from datetime import datetime, timedelta
from typing import Literal, NoReturn, cast

from services.livescore.domain.cells import JudgedCell, MeasuredCell
from services.livescore.domain.commands import GiveMark, RosterFact
from services.livescore.domain.competition import Competition
from services.livescore.domain.judgement import MIN_JUSTIFICATION
from services.livescore.domain.marking import cell_view
from services.livescore.domain.schemes.index import AspectRule
from services.livescore.domain.scorecard import Competitor, Judge
from shared.contracts.events import Event
from shared.contracts.livescore import (
    CompetitionOpened,
    CompetitorEntered,
    CompetitorLeft,
    JudgeSeated,
    JudgeUnseated,
    MarkGiven,
    SchemeImported,
)
from shared.contracts.registration import (
    CompetitionAdded,
    CompetitorApproved,
    CompetitorWithdrawn,
    JudgeAssigned,
    JudgeRevoked,
)
from shared.contracts.scheme import Scheme
from shared.contracts.text import plain
from shared.errors import Clash, Fault, Forbidden, NotFound, Rejected

CLOCK_TOLERANCE = timedelta(minutes=5)
"""How far a tablet's clock may run ahead; it may be behind by any time, because marks are given offline too."""


def decide_mark(state: Competition, command: GiveMark) -> list[Event]:
    """The fact to record; empty when this very mark was accepted before and its receipt is the answer (R45)."""
    if _accepted_before(state, command):
        return []
    judge = _seated(state, command)
    competitor = _markable(state, command)
    rule = _rule(state, command)
    if judge.country == competitor.country:
        raise Forbidden(
            "compatriot",
            "a judge never marks a competitor of the own country",
            Fault("competitor and judge are compatriots", field="competitor", rule="R26"),
        )
    if command.marked_at > _time_known(state, command) + CLOCK_TOLERANCE:
        _reject("marked_in_the_future", "the device's clock is more than five minutes ahead", "marked_at", "R44")
    if rule.measure is not None:
        return [_decide_reading(state, command, rule)]
    return [_decide_score(state, command, rule)]


def _time_known(state: Competition, command: GiveMark) -> datetime:
    """This copy's time, unless something has been recorded later: then it is not the tablet's clock that is wrong."""
    latest = datetime.fromisoformat(state.latest) if state.latest else command.now
    return max(command.now, latest)


def decide_scheme(state: Competition, scheme: Scheme, digest: str) -> list[Event]:
    """The scheme's next version; empty when it is the one in force."""
    if not state.opened:
        raise NotFound("unknown_competition", "there is no such competition")
    if state.scheme is not None and state.scheme.digest == digest:
        return []
    if state.marks:
        raise Clash(
            "scheme_in_use",
            "marks have been given under the present scheme, so it can no longer be changed",
            Fault("the scheme is immutable once the first mark is entered", rule="R9"),
        )
    version = 1 if state.scheme is None else state.scheme.version + 1
    return [SchemeImported(version=version, digest=digest, scheme=scheme)]


def decide_roster(state: Competition, fact: RosterFact, source_seq: int) -> list[Event]:
    """What a registration fact means for this competition; empty when it means nothing, or was taken over before."""
    if source_seq <= state.source_seq:
        return []
    match fact:
        case CompetitionAdded(competition=state.id):
            if state.title == fact.title and state.board_mode == fact.board_mode:
                return []
            return [
                CompetitionOpened(
                    competition=state.id, title=fact.title, board_mode=fact.board_mode, source_seq=source_seq
                )
            ]
        case CompetitorApproved(competition=state.id):
            return [
                CompetitorEntered(
                    competitor=fact.competitor,
                    bib=fact.bib,
                    display_name=fact.display_name,
                    country=fact.country,
                    source_seq=source_seq,
                )
            ]
        case CompetitorWithdrawn(competition=state.id):
            competitor = state.competitors.get(fact.competitor)
            if competitor is None or competitor.status == "withdrawn":
                return []
            return [CompetitorLeft(competitor=fact.competitor, source_seq=source_seq)]
        case JudgeAssigned():
            return _decide_seat(state, fact, source_seq)
        case JudgeRevoked():
            return _unseat(state, fact.judge, source_seq)
        case _:
            return []


def _decide_seat(state: Competition, fact: JudgeAssigned, source_seq: int) -> list[Event]:
    """An assignment names all of a judge's competitions, so one that is missing now is one that was taken away."""
    if state.id not in fact.competitions:
        return _unseat(state, fact.judge, source_seq)
    seated = state.judges.get(fact.judge)
    if seated is not None and seated.country == fact.country:
        return []
    return [JudgeSeated(judge=fact.judge, country=fact.country, source_seq=source_seq)]


def _unseat(state: Competition, judge: str, source_seq: int) -> list[Event]:
    return [JudgeUnseated(judge=judge, source_seq=source_seq)] if judge in state.judges else []


def _accepted_before(state: Competition, command: GiveMark) -> bool:
    receipt = state.receipt(command.mark)
    if receipt is None:
        return False
    # The author is compared as well: a receipt tells a judge's own score and must not be had by guessing an id.
    if receipt.fingerprint != command.fingerprint or receipt.judge != command.judge:
        raise Clash(
            "id_reused",
            "this id was used for another mark",
            Fault("the id belongs to a mark with other content", field="id", rule="R45"),
        )
    return True


def _seated(state: Competition, command: GiveMark) -> Judge:
    judge = state.judges.get(command.judge)
    if judge is None:
        raise Forbidden("not_seated", "this judge does not judge in this competition")
    return judge


def _markable(state: Competition, command: GiveMark) -> Competitor:
    competitor = state.competitors.get(command.competitor)
    if competitor is None:
        _reject("unknown_competitor", "nobody with this id competes here", "competitor")
    if competitor.status != "competing":
        _reject("withdrawn", "this competitor has withdrawn and is not marked any more", "competitor", "R38")
    return competitor


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
    return rule


def _decide_reading(state: Competition, command: GiveMark, rule: AspectRule) -> MarkGiven:
    assert rule.measure is not None  # `_rule` has seen to both
    assert command.value is not None
    rule.measure(command.value)
    cell = state.cell(command.competitor, command.aspect)
    if command.saw != (cell.seq if isinstance(cell, MeasuredCell) else None):
        _clash(state, command)
    return _given(command)


def _decide_score(state: Competition, command: GiveMark, rule: AspectRule) -> MarkGiven:
    if command.score not in {0, 1, 2, 3}:
        _reject("score_invalid", "a score is 0, 1, 2 or 3", "score", "R19")
    cell = state.cell(command.competitor, command.aspect)
    if not isinstance(cell, JudgedCell):
        cell = JudgedCell()
    if cell.revealed and not cell.has_on_panel(command.judge):
        _reject("panel_complete", "three judges have scored this aspect; only they may score it again", "aspect", "R24")
    if cell.state == "disputed":
        _reject("disputed", "three rounds did not agree: the chief expert decides how to go on", "aspect", "R25")
    if cell.state == "settled":
        _reject("revealed", "the three scores have been revealed and stand", "aspect", "R22")
    own = cell.hidden.get(command.judge)
    # In a new round nothing of the own is in view yet; what the judge may have seen is the reveal before it.
    expected = {own.seq} if own is not None else {None, cell.revealed_seq or None}
    if command.saw not in expected:
        _clash(state, command)
    if cell.round > 1 and not cell.hidden:
        _check_justification(command)
    return _given(command, cell.round, None if own is None else own.seq)


def _check_justification(command: GiveMark) -> None:
    try:
        words = plain(command.justification or "")
    except ValueError:
        words = ""
    if len(words) < MIN_JUSTIFICATION:
        _reject(
            "justification_needed",
            f"the first score of a new round needs a justification of at least {MIN_JUSTIFICATION} characters",
            "justification",
            "R24",
        )


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
        supersedes=command.saw if command.score is None else supersedes,
        justification=command.justification,
        fingerprint=command.fingerprint,
    )


def _clash(state: Competition, command: GiveMark) -> NoReturn:
    """Refuse with what this judge may see of the cell, which is never another judge's hidden score (R21)."""
    current = cell_view(state.cell(command.competitor, command.aspect), command.judge)
    raise Clash("changed", "this aspect was marked since you looked at it", current=current)


def _reject(code: str, detail: str, field: str, rule: str | None = None) -> NoReturn:
    raise Rejected(code, detail, Fault(detail, field=field, rule=rule))
