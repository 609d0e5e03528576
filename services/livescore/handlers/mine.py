"""What competitors and trainers see of the own results."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any, NamedTuple, TypeVar

import orjson

from services.livescore.domain.competition import Competition
from services.livescore.domain.mine import mine_view
from services.livescore.handlers.access import follows
from shared.access import Caller
from shared.contracts.names import competition_stream
from shared.errors import Forbidden, NotFound
from shared.execute import Executor

View = dict[str, Any]
T = TypeVar("T")


class Own(NamedTuple):
    """A view and its tag; no view when who asks has the one with that tag already."""

    tag: str
    view: View | None


class Mine:
    def __init__(self, executor: Executor[Competition]) -> None:
        self._executor = executor

    async def mine(self, competition: str, caller: Caller, known: str | None) -> Own:
        """Everybody whom the link names and who was entered here.

        The tag is made from the answer itself, because a count of changes would tell of marks that were not shown.
        """
        if caller.role not in {"competitor", "trainer"} or competition not in caller.competitions:
            raise Forbidden("not_your_competition", "Your access link is not for this competition.")
        head = await self._look(competition, _head)
        # One look for each, so that a trainer of many does not keep judges waiting.
        found = [
            await self._look(competition, lambda state, one=one: _own(state, caller, one))  # type: ignore[misc]
            for one in sorted(caller.competitors)
        ]
        own = sorted((one for one in found if one is not None), key=lambda one: int(one["competitor"]["bib"]))
        view = {**head, "competitors": own}
        tag = f'"{sha256(orjson.dumps(view)).hexdigest()[:32]}"'
        return Own(tag, None if tag == known else view)

    async def _look(self, competition: str, at: Callable[[Competition], T]) -> T:
        return await self._executor.look(competition_stream(competition), at)


def _own(state: Competition, caller: Caller, competitor: str) -> View | None:
    return mine_view(state, competitor) if follows(state, caller, competitor) else None


def _head(state: Competition) -> View:
    if state.title is None:
        raise NotFound("unknown_competition", "There is no such competition.")
    forms = (
        []
        if state.scheme is None
        else [one for criterion in state.scheme.scheme.criteria for one in criterion.sub_criteria]
    )
    return {
        "competition": state.id,
        "title": state.title.model_dump(exclude_none=True),
        "kind": state.kind,
        "forms": [{"id": one.id, "name": one.name.model_dump(exclude_none=True)} for one in forms],
    }
