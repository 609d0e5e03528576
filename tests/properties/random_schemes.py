"""Small random marking schemes that keep every rule, and amendments of them: what random competitions are marked by."""

from random import Random
from typing import Any

from shared.contracts.scheme import Scheme

_NAME = {"en": "name", "zh": "名称"}


def random_scheme(rng: Random) -> Scheme:
    """Two to six aspects of any pattern on one to four forms; 100 marks together, awkward shares included."""
    forms: list[list[dict[str, Any]]] = [[] for _ in range(rng.choice((1, 1, 2, 2, 3, 4)))]
    for number in range(max(len(forms), rng.choice((2, 3, 4, 5, 6)))):
        form = forms[number] if number < len(forms) else rng.choice(forms)
        form.append(_aspect(rng))
    letters = iter("ABCDE")
    criteria: dict[str, list[list[dict[str, Any]]]] = {}
    letter = next(letters)
    for form in forms:
        criteria.setdefault(letter, []).append(form)
        letter = next(letters) if rng.random() < 0.6 else letter
    return _scheme(rng, criteria)


def amended(rng: Random, scheme: Scheme) -> Scheme:
    """Marks move, a pattern becomes another one, an aspect goes or comes."""
    criteria = {
        one.id: [[aspect.model_dump(exclude_none=True) for aspect in form.aspects] for form in one.sub_criteria]
        for one in scheme.criteria
    }
    form = rng.choice([form for forms in criteria.values() for form in forms])
    kind = rng.choice(("marks", "other", "other", "less", "more", "form"))
    if kind == "other":
        form[rng.randrange(len(form))] = _aspect(rng)
    elif kind == "less" and len(form) > 1:
        form.pop()
    elif kind == "more":
        form.append(_aspect(rng))
    elif kind == "form" and len(forms := rng.choice(list(criteria.values()))) > 1:
        forms.pop()
    return _scheme(rng, criteria)


def random_reading(rng: Random, measure: dict[str, Any]) -> str:
    """A legal reading, as often at an edge as not."""
    if rng.random() < 0.06:
        return "not_attempted"
    match measure["pattern"]:
        case "full":
            return rng.choice(("met", "not_met"))
        case "deduct" if measure.get("unit") is not None:
            return rng.choice(("0", "4.7", "1.5", "3", "0.000001", f"{rng.randrange(40)}.{rng.randrange(100):02d}"))
        case "deduct" | "add":
            return str(rng.choice((0, 1, 2, 3, 7, rng.randrange(40))))
        case "tolerance":
            return rng.choice(("12.3", "12.31", "11.7", "11.699999", "12", "-12.3", f"{rng.randrange(11, 14)}.25"))
        case "ladder":
            return str(rng.choice(measure["rungs"])["award"])
        case _:
            return str(rng.choice((5000, 5400, 7200, 7300, 6300, "6300.5", rng.randrange(5000, 7500))))


def _aspect(rng: Random) -> dict[str, Any]:
    aspect: dict[str, Any] = {"description": {"en": "what it is about", "zh": "内容"}, "section": 1}
    if rng.random() < 0.4:
        return aspect | {"type": "J", "descriptors": [{"en": f"descriptor {n}", "zh": f"描述 {n}"} for n in range(4)]}
    return aspect | {"type": "M", "measure": _measure(rng), "dual": rng.random() < 0.25}


def _measure(rng: Random) -> dict[str, Any]:
    pattern = rng.choice(("full", "deduct", "deduct", "add", "tolerance", "ladder", "time"))
    match pattern:
        case "deduct":
            measure = {"pattern": pattern, "step": rng.choice(("0.25", "0.10", "1", "3.33"))}
            if rng.random() < 0.4:
                measure |= {"unit": rng.choice(("1", "0.3", "0.000007")), "count_mode": rng.choice(("floor", "ceil"))}
            return measure | ({"floor": "0.50"} if rng.random() < 0.3 else {})
        case "add":
            return {"pattern": pattern, "step": rng.choice(("0.10", "0.50", "1", "0.33"))}
        case "tolerance":
            allowed = {"tol": "0.3"} if rng.random() < 0.6 else {"tol": "0.25", "comp": "0.05"}
            return {"pattern": pattern, "nominal": rng.choice(("12.0", "-12.0")), **allowed}
        case "ladder":
            return {
                "pattern": pattern,
                "rungs": [
                    {"award": one, "benchmark": {"en": "so well", "zh": "如此好"}}
                    for one in ("0", "0.5", "1.25", "1.50")
                ],
            }
        case "time":
            return {"pattern": pattern, "t_full": "5400", "t_zero": rng.choice(("7200", "7100", "5407", "5400.7"))}
        case _:
            return {"pattern": pattern}


def _scheme(rng: Random, criteria: dict[str, list[list[dict[str, Any]]]]) -> Scheme:
    """With marks shared out anew: 100 together, 20 at most for times, and never less than the highest rung."""
    aspects = [aspect for forms in criteria.values() for form in forms for aspect in form]
    timed = [one for one in aspects if one.get("measure", {}).get("pattern") == "time"]
    others = [one for one in aspects if one.get("measure", {}).get("pattern") != "time"]
    if not others:
        others = [aspects[0] | {"measure": {"pattern": "full"}}]
        aspects[0].update(others[0])
        others, timed = [aspects[0]], aspects[1:]
    for one in timed:
        one["max"] = rng.choice(("5.00", "3.33", "1"))
    left = 10_000 - sum(round(float(one["max"]) * 100) for one in timed)
    for one in others[1:]:
        share = rng.choice((200, 333, 400, 701, 1000))
        one["max"], left = f"{share // 100}.{share % 100:02d}", left - share
    others[0]["max"] = f"{left // 100}.{left % 100:02d}"
    return Scheme.model_validate(
        {
            "title": _NAME,
            "sections": [{"id": 1, "name": _NAME, "weight": "100"}],
            "criteria": [
                {
                    "id": letter,
                    "name": _NAME,
                    "sub_criteria": [
                        {
                            "id": f"{letter}{f}",
                            "name": _NAME,
                            "day": 1,
                            "aspects": [one | {"id": f"{letter}{f}.{a}"} for a, one in enumerate(form, start=1)],
                        }
                        for f, form in enumerate(forms, start=1)
                    ],
                }
                for letter, forms in criteria.items()
            ],
        }
    )
