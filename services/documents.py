"""`python -m services.documents FOLDER`: write the API documents from the code, without starting anything.

Routes are data, so an edge that is given nobody to talk to still tells all its routes. The documents are committed, so
that they can be read, linked and compared; `tests/docs` fails when one differs from what this module makes.
"""

import json
import sys
from pathlib import Path
from typing import Any

from services.broadcast.edge import Edge as BroadcastEdge
from services.livescore.edge import routes as livescore_routes
from services.livescore.handlers import Handlers as LivescoreHandlers
from services.registration.edge import Edge as RegistrationEdge
from shared.contracts.asyncapi import document as asyncapi
from shared.http.openapi import document as openapi

_NOBODY: Any = None


def documents() -> dict[str, str]:
    """File name to text."""
    registration = RegistrationEdge(_NOBODY, _NOBODY, _NOBODY, _NOBODY, _NOBODY, _NOBODY, _NOBODY, b"").routes()
    made = {
        "asyncapi.json": asyncapi(),
        "broadcast.openapi.json": openapi("Showcase broadcast", BroadcastEdge(_NOBODY).routes()),
        "livescore.openapi.json": openapi(
            "Showcase livescore",
            livescore_routes(LivescoreHandlers(_NOBODY, "", _NOBODY, _NOBODY, _NOBODY), _NOBODY, _NOBODY),
        ),
        "registration.openapi.json": openapi("Showcase registration", registration),
    }
    return {name: _text(one) for name, one in made.items()}


def _text(document: dict[str, Any]) -> str:
    if "paths" in document:  # sorted, because the order of routes is the router's matter
        document["paths"] = dict(sorted(document["paths"].items()))
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def write(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
