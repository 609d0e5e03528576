"""Rules in square brackets at the beginning of a cell, `[deduct 0.25; floor 0.50] [dual]`, and the text behind them.

`[]` ends the rules, so that a text may itself begin with a bracket. Full-width brackets, digits and signs count as the
ordinary ones, because Chinese keyboards write them. A bracket with an unknown word ends the rules too and is text.
"""

import re
import unicodedata
from dataclasses import dataclass

_FIRST = re.compile(r"\s*[\[［【]([^\[\]［］【】\r\n]*)[\]］】]\s*")
_COMMA = re.compile(r"-?[0-9]+,[0-9]+")


@dataclass(frozen=True, slots=True)
class Rule:
    """`[word value; option; option]`."""

    word: str
    value: str
    options: tuple[str, ...]
    said: str


@dataclass(frozen=True, slots=True)
class Rules:
    """`unknown` is what stood in a bracket and is no rule; it is a part of `rest`."""

    rules: tuple[Rule, ...]
    rest: str
    unknown: str | None = None


def read_rules(cell: str, known: frozenset[str]) -> Rules:
    rules: list[Rule] = []
    at = 0
    while bracket := _FIRST.match(cell, at):
        said = " ".join(unicodedata.normalize("NFKC", bracket[1]).split())
        head, *options = (part.strip() for part in said.split(";"))
        word, _, value = head.partition(" ")
        if not said:
            at = bracket.end()
            break
        if word.casefold() not in known:
            return Rules(tuple(rules), cell[at:].strip(), said)
        rules.append(Rule(word.casefold(), value.strip(), tuple(one for one in options if one), said))
        at = bracket.end()
    return Rules(tuple(rules), cell[at:].strip())


def write_rules(rules: list[str], text: str, known: frozenset[str]) -> str:
    """What `read_rules` reads as these rules and this text, with the text on lines of its own."""
    brackets = " ".join(f"[{rule}]" for rule in rules)
    read = read_rules(text, known)
    if read.rest != text or read.unknown is not None:
        brackets = f"{brackets} []".strip()
    return "\n".join(part for part in (brackets, text) if part)


def number(text: str) -> str:
    """A number as people write it: full-width digits and a decimal comma become plain; anything else stays as it is."""
    text = unicodedata.normalize("NFKC", text).strip()
    return text.replace(",", ".") if _COMMA.fullmatch(text) else text
