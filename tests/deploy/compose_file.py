"""docker-compose.yml with its variables filled in."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from services.serve import SERVICES

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
COPIES = [f"{service}-{n}" for service in SERVICES for n in (1, 2)]


@lru_cache
def compose(**variables: str) -> dict[str, Any]:
    """The file with its variables filled in, those with a default by it."""

    def value(found: re.Match[str]) -> str:
        return variables.get(found[1], found[2])

    text = re.sub(r"(?<!\$)\$\{(\w+):-([^}]*)\}", value, FILE.read_text())
    assert "${" not in text, "every variable needs a default: one command has to do"
    return dict(yaml.safe_load(text))


def three() -> dict[str, Any]:
    lines = (ROOT / "deploy" / "compose" / "three.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    unused = {name for name in given if f"${{{name}:-" not in FILE.read_text()} - {"COMPOSE_PROFILES"}
    assert not unused, f"{unused} are obeyed by nobody"
    return compose(**given)


def environment(service: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in service.get("environment", {}).items()}
