"""`showcase import`: load an event folder into a running showcase, through the same API an organiser uses."""

import sys
from pathlib import Path

from services.rehearsal.event import load_event
from services.rehearsal.http import Http, NoAnswerError
from services.rehearsal.organiser import set_up
from services.supervisor import laid_out
from shared.errors import BadStart

_PATIENCE_SECONDS = 5.0


async def run_import(folder: Path, data: Path, host: str, port: int) -> int:
    event = load_event(folder)
    at = laid_out(data, host, port)
    async with Http(patience_seconds=_PATIENCE_SECONDS) as http:
        try:
            cast = await set_up(event, at, http, approve_texts=False)
        except NoAnswerError as exc:
            raise BadStart(f"{exc}; start it with `showcase up`, or name its --port") from exc
    sys.stdout.write(
        f"Loaded {event.competition_id}: {len(cast.competitors)} competitors, {len(cast.tokens)} judges.\n"
        f"Watch it at {at.url('broadcast')}/s/{event.showcase['id']}\n"
    )
    return 0
