"""Livescore's HTTP edge: bytes in, command to its handler, status and JSON out; one module per kind of request."""

from pathlib import Path

from services.livescore.edge import live, marks, schemes
from services.livescore.handlers import Handlers
from shared.http.routes import Route
from shared.http.sse import Streams

WEB = Path(__file__).parents[1] / "web"
PAGES = (("/judge", "judge.html"), ("/schemes", "schemes.html"))
# At the root, because a worker may only keep pages at or below its own folder.
WORKERS = (("/judge-worker.js", "judge-worker.js", "/judge"),)


def routes(handlers: Handlers, streams: Streams) -> list[Route]:
    return [
        *marks.routes(handlers.marks),
        *live.routes(handlers.marks, streams),
        *schemes.routes(handlers.schemes),
    ]
