"""Results: the whole of one for its staff, the own sheet for competitors and trainers, and files for other programs."""

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeVar

from services.livescore.domain.competition import Competition
from services.livescore.domain.result_views import current_result, overview, sheet
from services.livescore.domain.results.nations import member_reports, overall_best
from services.livescore.domain.results.result import Result
from services.livescore.domain.results.tables import COLUMNS, best_of_nation, competitor_results, csv_text
from services.livescore.domain.results.why_mark import seqs_behind, why_mark
from services.livescore.domain.results.why_rank import why_rank
from services.livescore.handlers.access import follows, holds_seat
from services.livescore.spreadsheets.results import member_names, workbook
from shared.access import Caller
from shared.contracts.events import Recorded
from shared.contracts.livescore import MarkGiven
from shared.contracts.names import competition_stream, showcase_of
from shared.errors import Forbidden, NotFound
from shared.execute import Executor
from shared.ledger.port import Ledger

View = dict[str, Any]
Table = Literal["competitors", "best_of_nation"]
T = TypeVar("T")

_LONGEST_HISTORY = 100
_APPROXIMATION = (
    "The column WorldSkills Scale Score holds a standardised score (approximation, 700 = median) and not that scale.",
    "WorldSkills Scale Score 一列为标准化分数（近似值，700 为中位数），并非 WorldSkills 官方分数。",
)


class Download(NamedTuple):
    """A file and what it is called; a provisional one says so in its name, for it may be lying around later."""

    name: str
    content: bytes


class Results:
    def __init__(self, executor: Executor[Competition], ledger: Ledger) -> None:
        self._executor = executor
        self._ledger = ledger

    async def overview(self, competition: str, caller: Caller) -> View:
        return await self._look(competition, caller, overview)

    async def sheet(self, competition: str, competitor: str, caller: Caller) -> View:
        """For staff at any time; for the competitor and trainers once it was shown to them (R79)."""

        def cut(state: Competition) -> View:
            own = follows(state, caller, competitor)
            if own:
                if state.release.shown_to(competitor) is None:
                    raise Forbidden("not_shown_yet", "This sheet has not been shown to its competitor yet.")
            else:
                check_staff(state, caller)
            return _found(sheet(state, competitor, staff=not own), "unknown_competitor")

        return await self._executor.look(competition_stream(competition), cut)

    async def why_mark(self, competition: str, competitor: str, aspect: str, caller: Caller) -> View:
        behind = await self._look(competition, caller, lambda state: seqs_behind(state.cell(competitor, aspect)))
        facts = {seq: fact for first in behind for seq, fact in (await self._history(competition, first)).items()}
        explained = await self._look(competition, caller, lambda state: why_mark(state, competitor, aspect, facts))
        return _found(explained, "unknown_mark")

    async def why_rank(self, competition: str, competitor: str, caller: Caller) -> View:
        explained = await self._look(competition, caller, lambda state: why_rank(current_result(state), competitor))
        return _found(explained, "unknown_competitor")

    async def xlsx(self, competition: str, caller: Caller, table: Table) -> Download:
        result = await self._look(competition, caller, current_result)
        rows, name = competitor_results, "Competitor_results"
        if table == "best_of_nation":
            rows, name = best_of_nation, "Best_of_Nation"
        content = workbook("Results", COLUMNS, rows(result, member_names()), _about(result))
        return Download(_named(name, "xlsx", result), content)

    async def csv(self, competition: str, caller: Caller) -> Download:
        def cut(state: Competition) -> Download:
            result = current_result(state)
            criteria = [] if state.scheme is None else [one.id for one in state.scheme.scheme.criteria]
            # With the mark at the front that makes spreadsheets read it as UTF-8.
            return Download(_named("results", "csv", result), csv_text(result, criteria).encode("utf-8-sig"))

        return await self._look(competition, caller, cut)

    async def showcase(self, showcase: str, caller: Caller) -> View:
        """What all competitions of a showcase say together (R68, R69), for its organiser."""
        if not caller.organises(showcase):
            raise NotFound("unknown_showcase", "There is no such showcase.")
        streams = await self._ledger.streams(competition_stream(f"{showcase}."))
        results = [
            result for stream in streams if (result := await self._executor.look(stream, _of_a_competition)) is not None
        ]
        reports = member_reports(results)
        return {
            "showcase": showcase,
            "competitions": [{"id": one.competition, "version": one.version} for one in results],
            "overall_best": [one._asdict() for one in overall_best(results)],
            "members": None if reports is None else reports.to_json(),
        }

    async def _look(self, competition: str, caller: Caller, at: Callable[[Competition], T]) -> T:
        def cut(state: Competition) -> T:
            check_staff(state, caller)
            return at(state)

        return await self._executor.look(competition_stream(competition), cut)

    async def _history(self, competition: str, seq: int) -> dict[int, Recorded]:
        """A mark as recorded, and those it superseded."""
        found: dict[int, Recorded] = {}
        following: int | None = seq
        while following is not None and len(found) < _LONGEST_HISTORY:
            (fact,) = await self._ledger.read(competition_stream(competition), following - 1, 1)
            found[following] = fact
            following = fact.event.supersedes if isinstance(fact.event, MarkGiven) else None
        return found


def check_staff(state: Competition, caller: Caller) -> None:
    """The organiser, and who is seated here as chief expert, competition manager or presenter."""
    organises = caller.organises(showcase_of(state.id))
    if not state.opened or not (organises or holds_seat(state, caller)):
        raise NotFound("unknown_competition", "There is no such competition.")


def _of_a_competition(state: Competition) -> Result | None:
    return current_result(state) if state.opened and state.kind == "competition" else None


def _found(view: View | None, code: str) -> View:
    if view is None:
        raise NotFound(code, "There is no such thing in this competition.")
    return view


def _named(name: str, ending: str, result: Result) -> str:
    return f"{name}.{ending}" if result.final else f"{name}_provisional.{ending}"


def _about(result: Result) -> list[str]:
    """What a workbook says of itself on its second sheet."""
    lines = [result.competition, f"Version {result.version} · 版本 {result.version}", result.digest]
    if not result.final:
        lines = [result.competition, "Provisional, not final · 暂定成绩，尚未终审"]
    return [*lines, *(_APPROXIMATION if result.rules.scale_column == "approximation" else ())]
