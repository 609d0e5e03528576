"""Ledgers of invented competitions of any size in which every aspect of every competitor has been marked."""

from pathlib import Path

from shared.contracts.events import Event
from shared.contracts.livescore import CompetitionOpened, CompetitorEntered, JudgeSeated, MarkGiven, SchemeImported
from shared.contracts.names import competition_stream
from shared.contracts.scheme import Aspect, Criterion, Deduct, Scheme, Section, SubCriterion
from shared.contracts.text import Text
from shared.ids import record, utc_now
from shared.ledger.sqlite import SqliteLedger

COMPETITION = "bench.filled"
_CRITERIA, _FORMS = "ABCDEFGH", 5
_CHUNK = 500


def aspect_ids(aspects: int) -> list[str]:
    """In eight criteria of five forms each, as evenly as it goes."""
    places = [(criterion, form) for criterion in _CRITERIA for form in range(1, _FORMS + 1)]
    return [f"{criterion}{form}.{n + 1}" for n in range(-(-aspects // len(places))) for criterion, form in places][
        :aspects
    ]


async def fill(path: Path, competitors: int, aspects: int, judges: int) -> int:
    """Write the ledger; how many events are in it. Judges are `j0` on, competitors `c0` on."""
    stream, now = competition_stream(COMPETITION), utc_now()
    events: list[Event] = [
        CompetitionOpened(competition=COMPETITION, title=Text(en="Filled"), board_mode="marks", source_seq=1),
        *(
            CompetitorEntered(competitor=f"c{n}", bib=str(n), display_name=f"No. {n}", country="GB", source_seq=1)
            for n in range(competitors)
        ),
        *(JudgeSeated(judge=f"j{n}", country="SG", source_seq=1) for n in range(judges)),
        SchemeImported(version=1, digest="0", scheme=_scheme(aspects)),
    ]
    for n, (aspect, competitor) in enumerate((a, c) for a in aspect_ids(aspects) for c in range(competitors)):
        cell = {"competitor": f"c{competitor}", "aspect": aspect, "judge": f"j{n % judges}"}
        value = str((n * 7 + competitor) % 5)
        events.append(MarkGiven(mark=f"filled-{n:08d}", **cell, value=value, marked_at=now, fingerprint="0"))
    async with SqliteLedger(path) as ledger:
        for start in range(0, len(events), _CHUNK):
            await ledger.append(record(stream, start, events[start : start + _CHUNK]))
    return len(events)


def _scheme(aspects: int) -> Scheme:
    forms: dict[str, list[Aspect]] = {}
    for one in sorted(aspect_ids(aspects)):
        measure = Deduct(pattern="deduct", step="0.1")
        aspect = Aspect(id=one, type="M", description=Text(en=one), section=1, max="0.5", measure=measure)
        forms.setdefault(one.partition(".")[0], []).append(aspect)
    criteria = []
    for criterion in _CRITERIA:
        own = {form: tuple(found) for form, found in forms.items() if form[0] == criterion}
        subs = tuple(SubCriterion(id=form, name=Text(en=form), day=1, aspects=found) for form, found in own.items())
        if subs:
            criteria.append(Criterion(id=criterion, name=Text(en=criterion), sub_criteria=subs))
    section = Section(id=1, name=Text(en="All of it"), weight="100")
    return Scheme(title=Text(en="Filled"), sections=(section,), criteria=tuple(criteria))
