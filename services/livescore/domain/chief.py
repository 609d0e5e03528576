"""What those who lead the marking see of a competition: the chief expert and the competition manager, the same view.

Who has marked what, what is late or too far apart, what waits for whom, and everything decided so far. It names who has
given a hidden score and never the score (R21). `chief_view` is pure and costs as much as happened since `Rows` was
brought up to date; what blocks finalising costs a look at every mark and is asked for by itself.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from services.livescore.domain.arithmetic import cents, shown
from services.livescore.domain.calibration import report
from services.livescore.domain.competition import Competition
from services.livescore.domain.deciding.remedies import appeals_until
from services.livescore.domain.instants import instant
from services.livescore.domain.remedies import STEPS, Appeal, Outage
from services.livescore.domain.results.result import Departure
from services.livescore.domain.sheet_rows import Rows
from services.livescore.domain.working_time import window
from shared.contracts.acts import Proposed, Rules
from shared.contracts.scheme import SubCriterion

View = dict[str, Any]


def chief_view(state: Competition, now: datetime, rows: Rows | None = None) -> View:
    """`rows` is what was kept of the view before, brought up to date here."""
    rows = Rows() if rows is None else rows
    rows.refresh(state)
    sheets: dict[str, View] = {}
    for (form, competitor), one in rows.kept.items():
        sheets.setdefault(form, {})[competitor] = one.wire
    apart = [found for one in rows.kept.values() for found in one.apart]
    return {
        "competition": state.id,
        "title": None if state.title is None else _plain(state.title),
        "kind": state.kind,
        "seq": state.seq,
        "scheme": None if state.scheme is None else state.scheme.version,
        "rules": state.rules.model_dump(mode="json"),
        "default_rules": Rules().model_dump(mode="json"),
        "competitors": [
            {
                "id": one.id,
                "bib": one.bib,
                "name": one.name,
                "country": one.country,
                "status": one.status,
                "deadline": None if (work := window(state, one.id)) is None else instant(work.until),
            }
            for one in sorted(state.competitors.values(), key=lambda one: (int(one.bib), one.id))
        ],
        "judges": [
            {"id": one.id, "country": one.country, "office": one.office}
            for one in sorted(state.judges.values(), key=lambda one: (one.country, one.id))
        ],
        "forms": list(_forms(state, rows, now)),
        "sheets": sheets,
        "apart": sorted(apart, key=lambda one: (one["state"] != "disputed", one["form"], one["competitor"])),
        "leniency": _leniency(rows),
        "spreads": {aspect: [counts[n] for n in range(4)] for aspect, counts in sorted(rows.spreads.items())},
        "conflicts": [
            {
                "judge": one.judge,
                "competitor": one.competitor,
                "kind": one.kind,
                "note": one.note,
                "by": one.by,
                "office": one.office,
            }
            for one in state.panels.conflicts.values()
        ],
        "swaps": [
            {
                "form": one.form,
                "competitor": one.competitor,
                "steps_out": one.steps_out,
                "steps_in": one.steps_in,
                "why": one.why,
            }
            for one in state.swaps.values()
        ],
        "proposals": [_proposal(one) for one in state.proposals.values()],
        "appeals": [_appeal(state, one) for one in state.appeals.kept.values()],
        "outages": [_outage(one) for one in state.outages.kept.values()],
        "exercises": [report(one) for one in state.exercises.kept.values()],
        "release": _release(state),
        "ranked": state.ranked,
        "departures": _departures(state.departures),
        "final": _final(state),
    }


def due_at(state: Competition, day: int) -> datetime | None:
    """When a marking day's sheets should be signed: when the next day begins, so a day after this one began.

    None where the organiser has not said when the competition starts, or at the end of the calendar.
    """
    start = state.rules.starts_at
    try:
        return None if start is None else start.astimezone(UTC) + timedelta(days=day)
    except OverflowError:
        return None


def _forms(state: Competition, rows: Rows, now: datetime) -> Iterator[View]:
    if state.scheme is None:
        return
    competing = sum(one.status == "competing" for one in state.competitors.values())
    for criterion in state.scheme.scheme.criteria:
        for form in criterion.sub_criteria:
            stages = Counter({stage: n for (id_, stage), n in rows.stages.items() if id_ == form.id and n})
            stages["untouched"] += competing - stages.total()
            due = due_at(state, form.day)
            panel = state.panels.by_form.get(form.id)
            yield {
                "id": form.id,
                "name": _plain(form.name),
                "criterion": criterion.id,
                "day": form.day,
                "due_at": None if due is None else instant(due),
                "late": due is not None and now > due and stages["locked"] < competing,
                "aspects": _aspects(form),
                "blind": state.is_blind(form.id),
                "release": state.release.when(form.id),
                "texts": _texts(state, form.id),
                "stages": {stage: n for stage, n in sorted(stages.items()) if n},
                "panel": None
                if panel is None
                else {
                    "judges": list(panel.judges),
                    "coordinator": panel.coordinator,
                    "pairs": None if panel.pairs is None else [list(pair) for pair in panel.pairs],
                    "mode": panel.mode,
                },
            }


def _texts(state: Competition, form: str) -> View | None:
    """Whether both languages were approved (R11); None where that is not asked for."""
    if not state.both_approved:
        return None
    approval = state.approvals.kept.get(form)
    return {
        "closed": state.waits_for_texts(form),
        "lacking": list(state.approvals.texts[form].lacking),
        "approved": None if approval is None else approval._asdict(),
    }


def _aspects(form: SubCriterion) -> list[View]:
    return [
        {
            "id": one.id,
            "type": one.type,
            "dual": one.dual,
            "max": one.max,
            "description": _plain(one.description),
        }
        for one in form.aspects
    ]


def _leniency(rows: Rows) -> list[View]:
    """R30: means are exact, with what is shown beside them; information only."""
    countries = rows.leniency.countries()
    found = []
    for judge in rows.leniency.judges():
        apart = rows.leniency.widest(judge)
        found.append(
            {
                "judge": judge,
                "by_country": {
                    country: {"scores": one.scores, "mean": signed(one.mean)}
                    for country in countries
                    if (one := rows.leniency.of(judge, [country])) is not None
                },
                "apart": None
                if apart is None
                else {"higher": apart.higher, "lower": apart.lower, "difference": signed(apart.difference)},
            }
        )
    return found


def signed(value: Fraction) -> dict[str, str]:
    """Exact, and as shown, with its sign (R35)."""
    sign = "+" if cents(value) > 0 else ""
    return {"exact": str(value), "shown": f"{sign}{shown(value)}"}


def _proposal(one: Proposed) -> View:
    return {"id": one.command, "act": one.act, "by": one.by, "office": one.office, "done_at": instant(one.done_at)}


def _appeal(state: Competition, one: Appeal) -> View:
    until = appeals_until(state, one.competitor)
    return {
        "id": one.id,
        "competitor": one.competitor,
        "form": one.form,
        "text": one.text,
        "filed_at": one.filed_at,
        "state": one.state,
        "next": sorted(STEPS[one.state]),
        "said": [{"state": state_, "at": at, "text": text} for state_, at, text in one.said],
        "window_until": None if until is None else instant(until),
    }


def _outage(one: Outage) -> View:
    return {
        "id": one.id,
        "remedy": one.remedy.model_dump(mode="json"),
        "evidence": one.evidence,
        "proposed_by": one.proposed_by,
        "approved_by": one.approved_by,
        "at": one.at,
        "reversed_at": one.reversed_at,
    }


def _release(state: Competition) -> View:
    release = state.release
    return {
        "mode": release.mode,
        "delay_seconds": release.delay_seconds,
        "freeze_at": None if release.freeze_at is None else instant(release.freeze_at),
        "frozen": release.frozen,
        "frozen_at": release.frozen_at,
        "reveal": None if release.reveal is None else release.reveal.step,
        "shown_to_all": release.shown_to_all,
        "shown": release.shown,
    }


def _final(state: Competition) -> View | None:
    final = state.final
    if final is None:
        return None
    return {
        "version": final.version,
        "digest": final.digest,
        "reason": final.reason,
        "at": final.at,
        "proposed_by": final.proposed_by,
        "approved_by": final.approved_by,
        "departures": _departures(final.departures),
    }


def _departures(departures: Mapping[str, Departure]) -> View:
    return {competitor: one.medal for competitor, one in departures.items()}


def _plain(text: Any) -> dict[str, str]:
    found: dict[str, str] = text.model_dump(exclude_none=True)
    return found
