"""What organisers read about their files is what the service does."""

import re
from pathlib import Path

import pytest

from services.livescore.domain.schemes.bracket_rules import read_rules
from services.livescore.domain.schemes.measure_rules import FORMS, PATTERNS, read_measure
from services.livescore.domain.schemes.sheet import IMPORT_SHEET
from services.livescore.domain.schemes.sheet_block import ASPECT_WORDS, FORM_WORDS
from services.livescore.edge.schemes import SCHEME_BYTES
from services.livescore.spreadsheets.child import CPU_SECONDS, MEMORY_BYTES
from services.livescore.spreadsheets.package import MAX_CELLS, MAX_ROWS, MAX_UNFOLDED

PAGE = (Path(__file__).parents[2] / "docs" / "schemes.md").read_text()
SAID = sorted(set(re.findall(r"`(\[[a-z][^`]*\])", PAGE)))
KNOWN = ASPECT_WORDS | FORM_WORDS | {"share"}


@pytest.mark.parametrize("said", SAID)
def test_every_rule_on_the_page_is_understood(said: str) -> None:
    read = read_rules(said, KNOWN)
    assert (read.rest, read.unknown, len(read.rules)) == ("", None, 1)
    if read.rules[0].word in PATTERNS:
        assert read_measure(read.rules[0])["pattern"] == read.rules[0].word


def test_every_rule_there_is_stands_on_the_page() -> None:
    on_page = {read_rules(said, KNOWN).rules[0].word for said in SAID}
    assert on_page == KNOWN == set(FORMS) | {"dual", "id", "blind", "team", "share"}


def test_the_limits_on_the_page_are_those_in_force() -> None:
    assert IMPORT_SHEET in PAGE
    assert SCHEME_BYTES == 512 * 1024, "half a megabyte"
    for said in (f"{MAX_ROWS:,} rows", f"{MAX_CELLS:,} cells", f"{MAX_UNFOLDED >> 20} MB",
                 f"{MEMORY_BYTES >> 20} MB of memory", f"{CPU_SECONDS} seconds of processor"):  # fmt: skip
        assert said in PAGE, said
