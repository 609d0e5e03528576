"""Events as bytes: what the ledger keeps for ever and the bus says verbatim."""

from datetime import UTC, datetime, timedelta, timezone

import orjson
import pytest

from services.cli import EXAMPLE
from services.livescore.domain.schemes.from_yaml import parse_scheme
from services.rehearsal.event import load_event
from shared.contracts.events import Event, decode, encode
from shared.contracts.livescore import CompetitionOpened, MarkGiven, SchemeImported
from shared.contracts.text import Text
from shared.ids import record


def mark(at: datetime, **fields: str) -> MarkGiven:
    names = {"mark": "mark-00000001", "competitor": "c01", "aspect": "A1.1", "judge": "cn", "fingerprint": "0"}
    return MarkGiven(**names, **fields, marked_at=at)


@pytest.mark.parametrize(
    "event",
    [
        CompetitionOpened(competition="autumn.welding", title=Text(zh="焊接"), board_mode="marks", source_seq=1),
        SchemeImported(version=1, digest="0", scheme=parse_scheme(load_event(EXAMPLE).scheme)[0]),
        mark(datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), value="met"),
        mark(datetime(2026, 1, 2, 3, 4, 5, 120_000, tzinfo=UTC), justification='"Ü" \\ ☃'),
        mark(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=timezone(timedelta(hours=-3, minutes=-30)))),
    ],
)
def test_an_event_is_written_as_its_model_says_and_read_back_the_same(event: Event) -> None:
    (recorded,) = record("competition/autumn.welding", 4, [event])
    body = encode(recorded)
    assert orjson.dumps(orjson.loads(body)["data"]) == event.model_dump_json(exclude_none=True).encode()
    assert decode(body) == recorded
