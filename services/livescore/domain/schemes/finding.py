"""One thing that is wrong with a marking scheme, or worth a look: what, where, by which rule.

A finding is data. Its words, in both languages and with what to do about it, come from `finding_words.py`, so
that a page can show them to an English and to a Chinese organiser alike. Places are paths into the scheme;
whoever read the file turns them into its lines or cells.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.livescore.domain.schemes.finding_words import worded
from shared.errors import Fault

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """An *error* keeps the scheme out, a *warning* goes back with the accepted scheme.

    `line` is that of a text file or the row of a sheet; `cell` is written as spreadsheets do, such as K17.
    """

    code: str
    path: Path = ()
    rule: str | None = None
    warning: bool = False
    values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    line: int | None = None
    cell: str | None = None

    def words(self, lang: Literal["en", "zh"]) -> tuple[str, str]:
        """What is wrong, and what to do about it."""
        return worded(self.code, self.values, lang)

    @property
    def detail(self) -> str:
        return self.words("en")[0]

    @property
    def place(self) -> str | None:
        """The cell, or else the dotted path."""
        return self.cell or dotted(self.path) or None

    def fault(self) -> Fault:
        detail, remedy = self.words("en")
        return Fault(detail, self.place, self.line, self.rule, remedy)


def dotted(path: Path) -> str:
    return ".".join(str(part) for part in path)


def quoted(text: str, length: int = 40) -> str:
    """A piece of a file as it may be said back: short, on one line, without characters that reorder or hide."""
    shown = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    return shown if len(shown) <= length else shown[: length - 1] + "…"
