"""How a measure is written in column G of the marking-scheme sheet, and read from it; `docs/schemes.md` explains
it.

    [full]  [deduct 0.25; floor 0.50; unit 1; ceil]  [add 0.50]  [tolerance 12.0 +- 0.3; comp 0.003]
    [time full 5400; zero 7200]  [ladder]

The rungs of a ladder stand in rows of their own, as the descriptors of a judged aspect do. Numbers are passed
on as they are written; whether they are numbers is found out with the rest of the scheme.
"""

import re
from typing import Any

from services.livescore.domain.schemes.bracket_rules import Rule, number
from shared.contracts.scheme import Add, Deduct, Full, Ladder, Measure, Time, Tolerance

PATTERNS = frozenset({"full", "deduct", "add", "tolerance", "time", "ladder"})
FORMS = {
    "full": "[full]",
    "deduct": "[deduct 0.25] or [deduct 0.25; floor 0.50; unit 1; ceil]",
    "add": "[add 0.50]",
    "tolerance": "[tolerance 12.0 +- 0.3] or [tolerance 12.0 +- 0.3; comp 0.003]",
    "time": "[time full 5400; zero 7200]",
    "ladder": "[ladder]",
}
_EITHER_WAY = re.compile(r"\s*(?:±|\+-|\+/-)\s*")


class NotUnderstood(Exception):
    """The rule has a known word and not its form."""


def read_measure(rule: Rule) -> dict[str, Any]:
    """The measure as it would be written in YAML; a ladder without its rungs. Raise NotUnderstood."""
    measure: dict[str, Any] = {"pattern": rule.word}
    options = dict(_option(one) for one in rule.options)
    match rule.word:
        case "deduct" | "add":
            measure["step"] = number(_needed(rule.value))
        case "tolerance":
            nominal, *tol = _EITHER_WAY.split(rule.value, maxsplit=1)
            measure |= {"nominal": number(_needed(nominal)), "tol": number(_needed("".join(tol)))}
        case "time":
            options |= [_option(rule.value)]
            for field, name in (("t_full", "full"), ("t_zero", "zero")):
                measure[field] = number(_needed(options.pop(name, "")))
        case _:
            if rule.value:
                raise NotUnderstood
    if rule.word == "deduct":
        if "ceil" in options and not options.pop("ceil"):
            measure["count_mode"] = "ceil"
        measure |= {name: number(_needed(options.pop(name))) for name in ("floor", "unit") if name in options}
    if rule.word == "tolerance" and "comp" in options:
        measure["comp"] = number(_needed(options.pop("comp")))
    if options:
        raise NotUnderstood
    return measure


def write_measure(measure: Measure) -> str:
    """The inside of the bracket."""
    match measure:
        case Full():
            return "full"
        case Deduct():
            floor = f"; floor {measure.floor}" if measure.floor != "0" else ""
            unit = f"; unit {measure.unit}" if measure.unit is not None else ""
            return f"deduct {measure.step}{floor}{unit}" + ("; ceil" if measure.count_mode == "ceil" else "")
        case Add():
            return f"add {measure.step}"
        case Tolerance():
            comp = f"; comp {measure.comp}" if measure.comp != "0" else ""
            return f"tolerance {measure.nominal} +- {measure.tol}{comp}"
        case Time():
            return f"time full {measure.t_full}; zero {measure.t_zero}"
        case Ladder():
            return "ladder"


def _option(said: str) -> tuple[str, str]:
    name, _, value = said.partition(" ")
    return name.casefold(), value.strip()


def _needed(value: str) -> str:
    if not value:
        raise NotUnderstood
    return value
