"""A scheme as it was written, in plain dicts, lists and text, with the place of every part in its file."""

from dataclasses import dataclass, field
from typing import Any

from services.livescore.domain.schemes.finding import Finding, Path


@dataclass(slots=True)
class Tree:
    """What was read: `value`, the line of each path in it (and the cell, in a sheet), and everything that was wrong."""

    value: Any = None
    lines: dict[Path, int] = field(default_factory=dict)
    cells: dict[Path, str] = field(default_factory=dict)
    faults: list[Finding] = field(default_factory=list)

    def nearest(self, path: Path) -> Path:
        """The part that is written down and holds, or would hold, this one."""
        while path and path not in self.lines:
            path = path[:-1]
        return path
