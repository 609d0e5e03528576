"""Scripts and styles travel without comments and indentation, with every line where it was."""

import re
from pathlib import Path

import pytest

from shared.http.files import File
from shared.http.lean import lean

_ROOT = Path(__file__).parents[2]
_SCRIPTS = [*_ROOT.glob("services/*/web/*.js"), *_ROOT.glob("shared/web/*.js")]


def test_comments_on_lines_of_their_own_go_and_lines_stay_where_they_are() -> None:
    script = b"/* What it is.\n *\n */\nlet a = 1; // beside\n  // alone\n  /** doc */\n  let b = '//x';\n"
    assert lean(script) == b"\n\n\nlet a = 1; // beside\n\n\nlet b = '//x';\n"


def test_code_behind_a_comment_and_a_licence_stay() -> None:
    for kept in (b"/* a */ .x {}\n.y {} /* b */\n", b"/*! the licence\n*/\nlet a;\n", b'url("//x");\n'):
        assert lean(kept) == kept


def test_a_page_and_its_words_are_sent_as_they_are() -> None:
    for suffix in (".html", ".json", ".svg"):
        assert File.of(b"  // as it is\n", suffix).content == b"  // as it is\n"


@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda path: path.name)
def test_no_text_of_several_lines_would_travel_otherwise_than_it_was_written(script: Path) -> None:
    for text in re.findall(rb"(?:[=(,:?+]|return)\s*`([^`]*)`", script.read_bytes()):
        assert lean(b"x" + text) == b"x" + text
