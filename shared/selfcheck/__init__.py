"""The start-up self-check: refuses settings under which the promises would not hold, in plain words.

Facts are plain values, read back from the running engines, the disk and the settings, never taken from what we asked
for; each kind has a module of its own, so that one engine never loads what the other needs. What is wrong with them is
worked out without looking at anything else (`findings`), hence tested row by row. `C10` and the like are the rows of
the table in docs/operations.md.

A refusal ends the start with a line for each; with `unsafe` set, and for what is only doubtful, it is logged instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from shared.errors import BadStart
from shared.logs import log


@dataclass(frozen=True, slots=True)
class Finding:
    """Something unsafe: the table's row, and a line that says what was found and what to do."""

    row: str
    says: str
    refused: bool = True


class Facts(Protocol):
    def findings(self) -> Iterable[Finding]:
        """What is wrong with these values. Pure."""


def doubt(row: str, says: str) -> Finding:
    """A finding that only warns."""
    return Finding(row, says, refused=False)


def check(unsafe: bool, *facts: Facts) -> list[Finding]:
    """Log what is doubtful and return it; raise BadStart with a line per refusal, unless `unsafe` accepts them all."""
    found = [finding for one in facts for finding in one.findings()]
    refused = [finding for finding in found if finding.refused and not unsafe]
    if refused:
        raise BadStart(*(f"{finding.says} ({finding.row})" for finding in refused))
    for finding in found:
        log.warning("unsafe setting" if finding.refused else "doubtful setting", row=finding.row, why=finding.says)
    return found
