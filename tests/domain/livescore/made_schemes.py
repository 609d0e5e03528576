"""Schemes nobody would write, but that keep every rule: what must come back from a file exactly as it went in."""

from typing import Any

from hypothesis import strategies as st

from shared.contracts.scheme import Scheme
from shared.contracts.text import plain

_PIECES = st.sampled_from(
    ["=1+1", "+", "-", "@SUM(A1)", "'", "en: ", "zh：", " / ", "[dual]", "[]", "【full】", "[see 3]", "电压", "２．５",
     "_x0041_", "_x000D_", "~", "null", "5.10", "#", ": ", "- ", "\u00a0", "\ufeff", "🔧", "é", "{", "\"", "<b>",
     "&amp;", "]", "%", "|", "!"]
)  # fmt: skip
_CHARACTERS = st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs", "M", "Cf"])


def _is_plain(text: str) -> bool:
    try:
        return plain(text) == text
    except ValueError:
        return False


words = st.lists(_PIECES | st.text(_CHARACTERS, max_size=6), min_size=1, max_size=4).map("".join)
words = words.map(str.strip).filter(_is_plain)
texts = st.one_of(
    st.fixed_dictionaries({"en": words}),
    st.fixed_dictionaries({"zh": words}),
    st.fixed_dictionaries({"en": words, "zh": words}),
)


def _marks(cents: int, draw: st.DrawFn) -> str:
    """One of the ways to write so many marks."""
    ways = [f"{cents // 100}.{cents % 100:02}", f"{cents // 100:03}.{cents % 100:02}"]
    ways += [str(cents // 100)] if cents % 100 == 0 else []
    ways += [f"{cents // 100}.{cents % 100 // 10}"] if cents % 10 == 0 else []
    return draw(st.sampled_from(ways))


decimals = st.from_regex(r"-?[0-9]{1,9}(\.[0-9]{1,6})?", fullmatch=True)
positive = st.from_regex(r"[0-9]{1,8}(\.[0-9]{1,6})?", fullmatch=True).filter(lambda text: float(text) > 0)
steps = st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,2})?", fullmatch=True).filter(lambda text: float(text) > 0)


@st.composite
def _measures(draw: st.DrawFn, cents: int, seconds_left: int) -> dict[str, Any]:
    patterns = ["full", "deduct", "add", "tolerance", "ladder"] + (["time"] if cents <= seconds_left else [])
    pattern = draw(st.sampled_from(patterns))
    measure: dict[str, Any] = {"pattern": pattern}
    match pattern:
        case "deduct":
            measure |= {"step": draw(steps), "count_mode": draw(st.sampled_from(["floor", "ceil"]))}
            measure |= draw(st.fixed_dictionaries({}, optional={"unit": positive, "floor": st.just("0.00")}))
        case "add":
            measure["step"] = draw(steps)
        case "tolerance":
            measure |= {"nominal": draw(decimals), "tol": draw(positive)}
            measure |= draw(st.fixed_dictionaries({}, optional={"comp": positive}))
        case "time":
            measure |= {"t_full": str(draw(st.integers(0, 99))), "t_zero": str(draw(st.integers(100, 9999)))}
        case "ladder":
            awards = draw(st.lists(st.integers(0, cents), min_size=2, max_size=4, unique=True))
            measure["rungs"] = [{"award": _marks(award, draw), "benchmark": draw(texts)} for award in awards]
        case _:
            pass  # all or nothing
    return measure


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """Any scheme that keeps R1 to R8: ids with gaps, every pattern, texts in one or both languages."""
    cuts = sorted(draw(st.sets(st.integers(1, 9_999), max_size=8)))
    parts = [b - a for a, b in zip([0, *cuts], [*cuts, 10_000], strict=True)]
    sections = draw(st.lists(st.integers(1, 20), min_size=1, max_size=3, unique=True))
    placed = dict.fromkeys(sections, 0)
    criteria: dict[str, dict[str, Any]] = {}
    seconds_left = 2_000
    for number, cents in enumerate(parts):
        letter = draw(st.sampled_from("ABI"))
        form_id = f"{letter}{draw(st.sampled_from(['1', '2', '07']))}"
        criterion = criteria.setdefault(letter, {"id": letter, "name": draw(texts), "forms": {}})
        form = criterion["forms"].get(form_id)
        if form is None:
            form = {"id": form_id, "name": draw(texts), "day": draw(st.integers(1, 9)), "aspects": []}
            form |= draw(st.fixed_dictionaries({}, optional={"team": words, "blind": st.just(True)}))
            criterion["forms"][form_id] = form
        section = draw(st.sampled_from(sections))
        placed[section] += cents
        aspect: dict[str, Any] = {
            "id": f"{form_id}.{draw(st.sampled_from([str(len(form['aspects']) + 1), str(number + 40)]))}",
            "description": draw(texts),
            "section": section,
            "max": _marks(cents, draw),
            "dual": draw(st.booleans()),
        }
        aspect |= draw(st.fixed_dictionaries({}, optional={"extra": texts, "requirement": texts}))
        if draw(st.booleans()):
            aspect |= {"type": "M", "measure": draw(_measures(cents, seconds_left))}
            seconds_left -= cents if aspect["measure"]["pattern"] == "time" else 0
        else:
            aspect |= {"type": "J", "descriptors": draw(st.lists(texts, min_size=4, max_size=4))}
        form["aspects"].append(aspect)
    raw = {
        "title": draw(texts),
        "sections": [{"id": id_, "name": draw(texts), "weight": _marks(cents, draw)} for id_, cents in placed.items()],
        "criteria": [
            {"id": one["id"], "name": one["name"], "sub_criteria": list(one["forms"].values())}
            for one in criteria.values()
        ],
    }
    raw |= draw(st.fixed_dictionaries({}, optional={"max_aspect_share": st.just("100.00")}))
    return Scheme.model_validate(raw)
