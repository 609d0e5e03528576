"""Livescore's HTTP edge: bytes in, command to its handler, status and JSON out; one module per kind of request."""

from pathlib import Path

from services.livescore.edge import acts, ceremony, chief, exercises, feed, live, marks, mine, results, schemes
from services.livescore.handlers import Handlers
from shared.http.policy import Page
from shared.http.routes import Route
from shared.http.sse import Streams

WEB = Path(__file__).parents[1] / "web"
PAGES = (
    Page("/judge", "judge.html"),
    Page("/mine", "mine.html"),
    Page("/exercise", "exercise.html"),
    Page("/chief", "chief.html"),
    Page("/schemes", "schemes.html"),
    Page("/result", "result.html"),
    Page("/presenter", "presenter.html"),
    Page("/hall", "hall.html"),
)
# At the root, because a worker may only keep pages at or below its own folder.
WORKERS = (("/judge-worker.js", "judge-worker.js", "/judge"),)


def routes(handlers: Handlers, streams: Streams, feeds: Streams) -> list[Route]:
    return [
        *marks.routes(handlers.marks),
        *acts.routes(handlers.acts),
        *mine.routes(handlers.mine),
        *chief.routes(handlers.chief, streams),
        *ceremony.routes(handlers.ceremony, streams),
        *live.routes(handlers.marks, streams),
        *schemes.routes(handlers.schemes),
        *results.routes(handlers.results),
        *exercises.routes(handlers.exercises),
        *feed.routes(handlers.feeds, handlers.staff_feeds, feeds, streams),
    ]
