"""Both languages of a text in one cell of a sheet.

People write English on one line of the cell and Chinese on the next, or `English / 中文`; a line with Chinese
characters is Chinese. Where that guess would be wrong the lines begin with `en:` and `zh:`. What is written
reads back the same, whatever it is: the plain form is only used when it does.
"""

import re

from shared.contracts.text import Text

_BREAK = re.compile(r"\r\n|\r|\n")
_TAGGED = re.compile(r"(en|zh)\s*[:：]\s*(.*)", re.IGNORECASE)
_HAN = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_BESIDE = " / "


def read_text(cell: str) -> dict[str, str]:
    """The languages found; lines of one language are joined, because a text is one line."""
    lines = [line for one in _BREAK.split(cell) if (line := one.strip())]
    parts: dict[str, list[str]] = {}
    if any(_TAGGED.fullmatch(line) for line in lines):
        language = None
        for line in lines:
            if tagged := _TAGGED.fullmatch(line):
                language, line = tagged[1].lower(), tagged[2]  # noqa: PLW2901 - the rest of the same line
            if line:
                parts.setdefault(language or _guessed(line), []).append(line)
    elif len(lines) == 1 and (pair := _side_by_side(lines[0])):
        return {"en": pair[0], "zh": pair[1]}
    else:
        for line in lines:
            parts.setdefault(_guessed(line), []).append(line)
    return {language: " ".join(found) for language, found in parts.items()}


def write_text(text: Text) -> str:
    """What `read_text` reads as this very text."""
    found = {language: words for language, words in (("en", text.en), ("zh", text.zh)) if words is not None}
    plain = "\n".join(found.values())
    if read_text(plain) == found:
        return plain
    return "\n".join(f"{language}: {words}" for language, words in found.items())


def one_line(text: Text) -> str:
    """Both languages on one line, for people."""
    return _BESIDE.join(words for words in (text.en, text.zh) if words is not None)


def _guessed(line: str) -> str:
    return "zh" if _HAN.search(line) else "en"


def _side_by_side(line: str) -> tuple[str, str] | None:
    left, beside, right = line.partition(_BESIDE)
    if not beside or _BESIDE in right or _HAN.search(left) or not _HAN.search(right):
        return None
    return (left.strip(), right.strip()) if left.strip() and right.strip() else None
