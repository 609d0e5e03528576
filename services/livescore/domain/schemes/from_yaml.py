"""A marking scheme from the organiser's YAML file, or everything that is wrong with it at once.

Each fault names the line, the field as a dotted path, and the rule, because the file is mended in an editor and not in
a form. A part that is out of shape does not hide what is wrong in the others.
"""

from typing import Any

from pydantic import ValidationError

from services.livescore.domain.schemes.rules import Finding, aspect_findings, aspects_of, scheme_findings
from services.livescore.domain.schemes.yaml_tree import Path, Tree, dotted, read_tree
from shared.contracts.scheme import Aspect, Scheme
from shared.errors import Fault, Rejected

MAX_FAULTS = 200
"""A file that is wrong all over is not mended by its two-hundredth fault; the answer stays bounded."""

_RULES = {"max": "R3", "section": "R3", "type": "R3", "description": "R3", "day": "R2", "measure": "R13"}

_WORDS = {"missing": "is missing", "extra_forbidden": "is not a field that belongs here"}
_PATTERNS = {
    True: "must be an id such as A, A1 or A1.2",
    False: "must be a plain decimal number; marks have at most two decimals and no sign",
}


def parse_scheme(text: bytes) -> tuple[Scheme, list[Fault]]:
    """Return the scheme and its warnings; raise Rejected with all errors when it may not be used."""
    tree = read_tree(text)
    errors = list(tree.faults)
    scheme: Scheme | None = None
    findings: list[Finding] = []
    if tree.lines and not isinstance(tree.value, dict):
        errors = errors or [Fault("the file must hold a mapping with title, sections and criteria", line=1)]
    elif tree.lines:
        try:
            scheme = Scheme.model_validate(tree.value)
        except ValidationError as exc:
            errors += _shape_faults(tree, exc)
            findings = _findings_in_parts(tree.value)
        else:
            findings = [found for path, aspect in aspects_of(scheme) for found in aspect_findings(aspect, path)]
            findings += scheme_findings(scheme)
    elif not errors:
        errors.append(Fault("the file is empty"))
    errors += [_fault(tree, found) for found in findings if not found.warning]
    if errors or scheme is None:
        errors.sort(key=lambda fault: fault.line or 0)
        raise Rejected("scheme_invalid", "the marking scheme cannot be used as it is", *errors[:MAX_FAULTS])
    return scheme, [_fault(tree, found) for found in findings if found.warning]


def _findings_in_parts(raw: Any) -> list[Finding]:
    """What is wrong with those aspects that are in shape while something else is not."""
    findings: list[Finding] = []
    for c, criterion in _items(raw, "criteria"):
        for s, sub_criterion in _items(criterion, "sub_criteria"):
            for a, aspect in _items(sub_criterion, "aspects"):
                try:
                    whole = Aspect.model_validate(aspect)
                except ValidationError:
                    continue
                findings += aspect_findings(whole, ("criteria", c, "sub_criteria", s, "aspects", a))
    return findings


def _items(parent: Any, key: str) -> list[tuple[int, Any]]:
    children = parent.get(key) if isinstance(parent, dict) else None
    return list(enumerate(children)) if isinstance(children, list) else []


def _shape_faults(tree: Tree, refused: ValidationError) -> list[Fault]:
    found = refused.errors(include_url=False, include_input=False)
    # A list counts as too short when one of its items is out of shape; only the item's own fault helps.
    echoes = [
        error["type"] == "too_short" and any(error["loc"] == other["loc"][: len(error["loc"])] for other in found[:n])
        for n, error in enumerate(found)
    ]
    return [_shape_fault(tree, error) for error, echo in zip(found, echoes, strict=True) if not echo]


def _shape_fault(tree: Tree, error: Any) -> Fault:
    """Turn pydantic's location into a path of the file: it also names union members, which are no keys there."""
    path: Path = ()
    names: list[str | int] = []
    location: Path = error["loc"]
    for position, part in enumerate(location):
        if (*path, part) in tree.lines:
            path = (*path, part)
            names.append(part)
        elif position == len(location) - 1 and error["type"] == "missing":
            names.append(part)
    rule = next((_RULES[str(name)] for name in reversed(names) if str(name) in _RULES), None)
    detail = error["msg"].removeprefix("Value error, ")
    if error["type"] == "string_pattern_mismatch":
        detail = _PATTERNS[names[-1] == "id"]
    detail = _WORDS.get(error["type"], detail)
    return Fault(detail, dotted(tuple(names)) or None, tree.lines[path], rule)


def _fault(tree: Tree, found: Finding) -> Fault:
    """Give a finding the line of the nearest part that is written down."""
    path = found.path
    while path not in tree.lines:
        path = path[:-1]
    return Fault(found.detail, dotted(found.path), tree.lines[path], found.rule)
