"""The public board of one showcase: what it is called, its programme, streams and competitions. Pure.

Only what everyone may know comes in here: who registered, and how many, changes nothing in the board, not even its
`seq`.
"""

from shared.contracts.board import Board
from shared.contracts.events import Recorded
from shared.contracts.names import competition_stream, showcase_stream
from shared.contracts.registration import CompetitionAdded, Session, ShowcaseCreated, StreamsSet
from shared.contracts.streams import Stream


class ShowcaseBoard:
    """Folds a stream `showcase/<id>`; the channel has the stream's name."""

    def __init__(self, showcase: str) -> None:
        self._channel = showcase_stream(showcase)
        self._seq = 0
        self._head: dict[str, object] = {}
        self._rows: dict[str, dict[str, object]] = {}

    def apply(self, recorded: Recorded) -> bool:
        """Take one event in; True when the public sees a difference."""
        match recorded.event:
            case ShowcaseCreated() as event:
                facts = event.model_dump(mode="json", exclude_none=True)
                self._head = {name: facts[name] for name in ("showcase", "title", "timezone", "starts_on", "ends_on")}
                self._show(event.streams)
                for number, session in enumerate(event.programme, 1):
                    self._rows[f"session/{number}"] = _session(session)
            case StreamsSet() as event:
                self._show(event.streams)
            case CompetitionAdded() as event:
                self._rows[competition_stream(event.competition)] = _competition(event)
            case _:
                return False
        self._seq += 1
        return True

    def _show(self, streams: tuple[Stream, ...]) -> None:
        self._head.pop("streams", None)
        if streams:
            self._head["streams"] = [one.model_dump(mode="json", exclude_none=True) for one in streams]

    def board(self, epoch: str) -> Board:
        rows = {name: dict(row) for name, row in self._rows.items()}
        return Board(channel=self._channel, epoch=epoch, seq=self._seq, head=dict(self._head), rows=rows)


def _session(session: Session) -> dict[str, object]:
    return {"kind": "session", **session.model_dump(mode="json", exclude_none=True)}


def _competition(event: CompetitionAdded) -> dict[str, object]:
    facts = event.model_dump(mode="json", exclude_none=True)
    shown = {name: facts[name] for name in ("title", "opens_at", "closes_at", "capacity")}
    return {"kind": "competition", "channel": competition_stream(event.competition), **shown}
