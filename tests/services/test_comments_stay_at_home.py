"""Scripts and styles travel without their comments, with every line where it was."""

import re
from pathlib import Path

import pytest

from shared.http.comments import without_comments
from shared.http.files import File

_ROOT = Path(__file__).parents[2]
_SCRIPTS = [*_ROOT.glob("services/*/web/*.js"), *_ROOT.glob("shared/web/*.js")]


def test_comments_on_lines_of_their_own_go_and_lines_stay_where_they_are() -> None:
    script = b"/* What it is.\n *\n */\nlet a = 1; // beside\n  // alone\n  /** doc */\nlet b = '//x';\n"
    assert without_comments(script) == b"\n\n\nlet a = 1; // beside\n\n\nlet b = '//x';\n"


def test_code_behind_a_comment_and_a_licence_stay() -> None:
    for kept in (b"/* a */ .x {}\n.y {} /* b */\n", b"/*! the licence\n */\nlet a;\n", b'url("//x");\n'):
        assert without_comments(kept) == kept


def test_a_page_and_its_words_are_sent_as_they_are() -> None:
    for suffix in (".html", ".json", ".svg"):
        assert File.of(b"// as it is\n", suffix).content == b"// as it is\n"


@pytest.mark.parametrize("script", _SCRIPTS, ids=lambda path: path.name)
def test_no_text_of_several_lines_looks_like_a_comment(script: Path) -> None:
    for text in re.findall(rb"(?:[=(,:?+]|return)\s*`([^`]*)`", script.read_bytes()):
        assert without_comments(b"\n" + text) == b"\n" + text
