"""What is still to be done with a sheet, and by whom (section 6 of the rules)."""

from services.livescore.domain.cells import MeasuredCell, SecretCell, counting, known_to_all
from services.livescore.domain.competition import Competition
from services.livescore.domain.scorecard import Competitor


def markers(state: Competition, form: str, entrant: Competitor) -> frozenset[str]:
    """Judges who may mark this sheet: its seats, or on an open form everybody whom nothing bars."""
    seats = state.seats(form, entrant)
    if seats is not None:
        return frozenset(seats.judges)
    return frozenset(
        judge.id for judge in state.judges.values() if state.panels.bar(judge, entrant.id, entrant.country) is None
    )


def coordinator(state: Competition, form: str, entrant: Competitor) -> str | None:
    """Who leads the panel of this sheet: submits it, and justifies another round (R24)."""
    seats = state.seats(form, entrant)
    return None if seats is None else seats.coordinator


def submitters(state: Competition, form: str, entrant: Competitor) -> frozenset[str]:
    """The coordinator; on a form without one, whoever may mark the sheet."""
    leads = coordinator(state, form, entrant)
    return markers(state, form, entrant) if leads is None else frozenset({leads})


def may_verify(state: Competition, who: str, form: str, competitor: str) -> bool:
    """A judge or the chief expert, who gave no mark on this sheet and did not submit it."""
    seat = state.judges.get(who)
    if seat is None or seat.office not in {"judge", "chief"}:
        return False
    return who not in state.scorers(form, competitor) and state.sheet(form, competitor).submitted_by != who


def compatriots(state: Competition, form: str, entrant: Competitor) -> tuple[str, ...]:
    """Judges of the competitor's own country, who compare what was typed with the paper (R43).

    Nobody on a blind form, where it would tell whose piece it is (R32).
    """
    if state.is_blind(form):
        return ()
    done = state.scorers(form, entrant.id)
    seats = (seat for seat in state.judges.values() if seat.office == "judge" and seat.country == entrant.country)
    return tuple(sorted(seat.id for seat in seats if seat.id not in done))


def may_accept(state: Competition, who: str, form: str, entrant: Competitor) -> bool:
    """A compatriot of the competitor; where there is none, whoever may verify the sheet."""
    own = compatriots(state, form, entrant)
    return who in own if own else may_verify(state, who, form, entrant.id)


def signers(state: Competition, form: str, entrant: Competitor) -> tuple[str, ...]:
    """Whose signatures a verified sheet needs before the chief expert's: who marked it, and its coordinator.

    Somebody who has left the competition cannot be waited for.
    """
    seats = state.seats(form, entrant)
    found = set(state.scorers(form, entrant.id)) if seats is None else set(seats.judges)
    if seats is not None and seats.coordinator is not None:
        found.add(seats.coordinator)
    return tuple(sorted(one for one in found if one in state.judges))


def unsigned(state: Competition, form: str, entrant: Competitor) -> tuple[str, ...]:
    """Judges whose signature is missing; the chief expert signs after all of them."""
    done = state.sheet(form, entrant.id).signed_by
    return tuple(one for one in signers(state, form, entrant) if one not in done)


def unmarked(state: Competition, form: str, entrant: Competitor) -> tuple[str, ...]:
    """Aspects of a sheet that nothing can be concluded from yet: not marked, or in the middle of a round."""
    if state.scheme is None:
        return ()
    missing: list[str] = []
    for rule in state.scheme.forms[form]:
        aspect = rule.aspect.id
        if aspect in state.full_marks:
            continue
        cell = entrant.cells.get(aspect)
        if cell is None or (isinstance(cell, SecretCell) and (cell.hidden or not cell.revealed)):
            missing.append(aspect)
    return tuple(missing)


def doubted(state: Competition, form: str, entrant: Competitor) -> tuple[str, ...]:
    """Aspects whose reading a script called not correct, and nobody has checked by hand since (R18)."""
    if state.scheme is None or not state.origins.checks:
        return ()
    aspects = (rule.aspect.id for rule in state.scheme.forms[form])
    return tuple(
        aspect
        for aspect in aspects
        if aspect not in state.full_marks and state.origins.doubted(counting(entrant.cells.get(aspect)))
    )


def typed(state: Competition, form: str, entrant: Competitor) -> tuple[str, ...]:
    """Aspects with a mark that was typed from paper, as far as everybody may see them."""
    if state.scheme is None or not state.origins.paper:
        return ()
    aspects = (rule.aspect.id for rule in state.scheme.forms[form])
    return tuple(one for one in aspects if not state.origins.paper.isdisjoint(known_to_all(entrant.cells.get(one))))


def unaccepted(state: Competition, form: str, entrant: Competitor) -> tuple[str, ...]:
    """What was typed from paper and has to be accepted before anybody signs; empty where the rules do not ask (R43)."""
    accepted = state.sheet(form, entrant.id).accepted_by is not None
    return () if accepted or not state.rules.acceptance_required else typed(state, form, entrant)


def unsettled(state: Competition, form: str, entrant: Competitor) -> tuple[str, ...]:
    """Aspects whose last round is too far apart (R23, R41)."""
    if state.scheme is None:
        return ()
    cells = {rule.aspect.id: entrant.cells.get(rule.aspect.id) for rule in state.scheme.forms[form]}
    return tuple(
        aspect
        for aspect, cell in cells.items()
        if aspect not in state.full_marks
        and cell is not None
        and not isinstance(cell, MeasuredCell)
        and cell.state in {"remark", "disputed"}
    )
