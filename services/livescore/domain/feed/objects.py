"""What the public feed speaks of: a board taken apart into objects, each with a type and an id.

The feed is made of the very boards that viewers get, so two public paths never differ in age and nothing hidden is
within reach (R53, R56). People's names stay out, because a stored feed outlives a consent (R89): what a competitor is
called is read from the board when it is shown. The time of the last change stays out too: it would touch the
competition with every mark.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from shared.contracts.board import Board

Objects = Mapping[str, Mapping[str, bytes]]
"""By type and id: the object in JSON with sorted keys, so equal objects are equal bytes."""

END = "end_of_updates"
PUBLIC_TYPES = ("competitions", "competitors", "scores", END)
"""In the order in which they are told; nothing comes after `end_of_updates`."""

_WHO = ("bib", "country", "status")
_NOT_SAID = frozenset({"name", "updated_at"})


def public_objects(board: Board) -> Objects:
    """The objects of a competition's board; `end_of_updates` is there once the result is final and open (R49)."""
    competition = board.channel.partition("/")[2]
    scores = {
        row: {key: value for key, value in fields.items() if key not in _WHO} for row, fields in board.rows.items()
    }
    ended = {competition: {"final": True}} if _is_over(board) else {}
    return {
        "competitions": packed({competition: board.head}),
        "competitors": packed({row: {key: fields.get(key) for key in _WHO} for row, fields in board.rows.items()}),
        "scores": packed(scores),
        END: packed(ended),
    }


def is_amended(board: Board) -> bool:
    """Whether a feed before this one has ended: its result was amended (R49)."""
    return int(board.head.get("version", 1)) > 1


def packed(objects: Mapping[str, Mapping[str, Any]]) -> dict[str, bytes]:
    """Each object with its id, without what is null, and as bytes."""
    return {
        one: orjson.dumps(
            {"id": one} | {key: value for key, value in fields.items() if key not in _NOT_SAID and value is not None},
            option=orjson.OPT_SORT_KEYS,
        )
        for one, fields in objects.items()
    }


def _is_over(board: Board) -> bool:
    return bool(board.head.get("final")) and not board.head.get("frozen")
