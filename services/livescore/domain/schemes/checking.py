"""A scheme as it was written, against its shape and its rules: the scheme, or everything that is wrong with it at
once.

Each finding gets the line or cell it is about and the rule, because the file is mended in an editor or a
spreadsheet and not in a form. A part that is out of shape does not hide what is wrong in the others.
"""

from dataclasses import dataclass, replace
from typing import Any

from pydantic import ValidationError

from services.livescore.domain.schemes.finding import Finding, Path
from services.livescore.domain.schemes.rules import aspect_findings, findings
from services.livescore.domain.schemes.tree import Tree
from shared.contracts.scheme import Aspect, Scheme
from shared.errors import Fault, Rejected

MAX_FINDINGS = 200
"""A file that is wrong all over is not mended by its two-hundredth fault; the answer stays bounded."""
MAX_SCHEME_BYTES = 1024 * 1024
"""A scheme travels as one event, through a bus that takes four times this at most."""

_RULES = {
    "max": "R3", "section": "R3", "type": "R3", "description": "R3", "day": "R2", "team": "R2", "measure": "R13",
    "max_aspect_share": "R7", "descriptors": "R4",
}  # fmt: skip
_SHAPES = {
    "missing": "missing", "extra_forbidden": "not_a_field", "too_long": "too_many", "too_short": "too_few",
    "int_parsing": "not_whole", "int_type": "not_whole", "bool_parsing": "not_yes_or_no", "bool_type": "not_yes_or_no",
    "less_than_equal": "out_of_range", "greater_than_equal": "out_of_range", "string_too_long": "text_too_long",
    "literal_error": "not_one_of", "union_tag_invalid": "not_one_of", "union_tag_not_found": "missing",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Checked:
    """`scheme` may be used when there is one; what is wrong or worth a look, in the order of the file."""

    scheme: Scheme | None
    findings: tuple[Finding, ...]

    @property
    def warnings(self) -> list[Fault]:
        return [one.fault() for one in self.findings if one.warning]

    def usable(self) -> Scheme:
        """Raise Rejected with all errors when the scheme may not be used."""
        if self.scheme is None:
            errors = [one.fault() for one in self.findings if not one.warning]
            raise Rejected("scheme_invalid", "the marking scheme cannot be used as it is", *errors)
        return self.scheme


def refused(finding: Finding) -> Checked:
    """A file that could not even be read."""
    return Checked(None, (finding,))


def check(tree: Tree, *, bilingual: bool = False) -> Checked:
    """Judge what was read; `bilingual` says that the competition asks for both languages (R11)."""
    scheme: Scheme | None = None
    found = list(tree.faults)
    if not tree.lines:
        found = found or [Finding("file_empty")]
    elif not isinstance(tree.value, dict):
        found = found or [Finding("not_a_scheme", line=1)]
    else:
        # A cell that could not be read is no further said to be missing.
        told = {one.cell for one in tree.faults if one.cell and not one.warning}
        scheme, judged = _judged(tree, bilingual)
        found += [one for one in judged if one.cell is None or one.cell not in told]
    return _checked(scheme, found)


def check_scheme(scheme: Scheme) -> Checked:
    """Judge a scheme that came as it is, not in a file."""
    return _checked(scheme, list(findings(scheme)))


def _checked(scheme: Scheme | None, found: list[Finding]) -> Checked:
    errors = [one for one in found if not one.warning]
    if errors:
        scheme = None
    kept = [*errors, *(one for one in found if one.warning)][:MAX_FINDINGS]
    return Checked(scheme, tuple(sorted(kept, key=lambda one: one.line or 0)))


def _judged(tree: Tree, bilingual: bool) -> tuple[Scheme | None, list[Finding]]:
    scheme: Scheme | None = None
    try:
        scheme = Scheme.model_validate(tree.value)
    except ValidationError as exc:
        found = _shape_findings(tree, exc) + _findings_in_parts(tree.value)
    else:
        found = list(findings(scheme, bilingual=bilingual))
        if len(scheme.model_dump_json()) > MAX_SCHEME_BYTES:
            found.append(Finding("file_too_large", values={"limit": f"{MAX_SCHEME_BYTES // 1024} kB"}))
    return scheme, [_placed(tree, one) for one in found]


def _findings_in_parts(raw: Any) -> list[Finding]:
    """What is wrong with those aspects that are in shape while something else is not."""
    found: list[Finding] = []
    for c, criterion in _items(raw, "criteria"):
        for s, sub_criterion in _items(criterion, "sub_criteria"):
            for a, aspect in _items(sub_criterion, "aspects"):
                try:
                    whole = Aspect.model_validate(aspect)
                except ValidationError:
                    continue
                found += aspect_findings(whole, ("criteria", c, "sub_criteria", s, "aspects", a))
    return found


def _items(parent: Any, key: str) -> list[tuple[int, Any]]:
    children = parent.get(key) if isinstance(parent, dict) else None
    return list(enumerate(children)) if isinstance(children, list) else []


def _shape_findings(tree: Tree, refused: ValidationError) -> list[Finding]:
    found = refused.errors(include_url=False)
    # A list counts as too short when one of its items is out of shape; only the item's own fault helps.
    around = {error["loc"][:length] for error in found for length in range(len(error["loc"]))}
    return [_shape_finding(tree, one) for one in found if one["type"] != "too_short" or one["loc"] not in around]


def _shape_finding(tree: Tree, error: Any) -> Finding:
    """Turn pydantic's location into a path of the file: it also names union members, which are no keys there."""
    names: list[str | int] = []
    location: Path = error["loc"]
    part: Any = tree.value
    for position, name in enumerate(location):
        there = name in part if isinstance(part, dict) else isinstance(part, list) and isinstance(name, int)
        if there:
            part = part[name]
        if there or (position == len(location) - 1 and error["type"] == "missing"):
            names.append(name)
    rule = next((_RULES[str(name)] for name in reversed(names) if str(name) in _RULES), None)
    kind, said = error["type"], error["msg"].removeprefix("Value error, ")
    code = _SHAPES.get(kind, "shape")
    if kind == "string_pattern_mismatch":
        code = "not_an_id" if names[-1] == "id" else "not_a_decimal"
    elif kind == "value_error" and "needs a text" in said:
        code = "no_text"
    context = error.get("ctx", {})
    values = {
        "said": said,
        "name": "pattern" if kind == "union_tag_not_found" else str(names[-1]) if names else "",
        "expected": str(context.get("expected", context.get("expected_tags", "")))
        .replace("'", "")
        .replace(" or ", ", "),
        "limit": str(context.get("le", context.get("ge", context.get("max_length", "")))),
    }
    return Finding(code, tuple(names), rule, values=values)


def _placed(tree: Tree, found: Finding) -> Finding:
    """Give a finding the line or cell of the nearest part that is written down."""
    near = tree.nearest(found.path)
    return replace(found, line=tree.lines.get(near, 1), cell=tree.cells.get(near))
