"""Words shown to people: in English, in Simplified Chinese, or in both.

A text always has at least one language; a page falls back to the other one and says so.
Control characters and bidirectional overrides are refused, because a name that reorders the words
around it can forge a line on a scoreboard. Right-to-left scripts themselves are welcome.
"""

import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator

_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def plain(value: str) -> str:
    """Normalise to NFC without outer space; raise ValueError on invisible or reordering characters."""
    value = unicodedata.normalize("NFC", value).strip()
    if not value:
        raise ValueError("must not be empty")
    for char in value:
        if char in _BIDI_CONTROLS or unicodedata.category(char) in {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}:
            raise ValueError(f"must not contain the character U+{ord(char):04X}")
    return value


Name = Annotated[str, StringConstraints(max_length=80), AfterValidator(plain)]
"""A person's or organisation's name, at most 80 characters."""
Paragraph = Annotated[str, StringConstraints(max_length=1000), AfterValidator(plain)]


class Text(BaseModel):
    """A text in one or both languages (R11)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: Paragraph | None = None
    zh: Paragraph | None = None

    @model_validator(mode="after")
    def _one_language_at_least(self) -> "Text":
        if self.en is None and self.zh is None:
            raise ValueError("needs a text in English (en) or Chinese (zh)")
        return self
