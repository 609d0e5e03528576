"""What the result adds to the public board: during the reveal on the frozen picture, and after the thaw (R49, R58)."""

from typing import Any

from services.livescore.domain.conclusion import final_result
from services.livescore.domain.results.reveal import announced, placed, reveal_steps, revealed
from services.livescore.domain.scorecard import Scorecard

View = dict[str, Any]


def over_picture(card: Scorecard, head: View, rows: dict[str, View]) -> tuple[View, dict[str, View]]:
    """The frozen picture with what has been revealed so far; the picture itself stays as it is."""
    reveal = card.release.reveal
    result = None if reveal is None else final_result(card)
    if reveal is None or result is None:
        return dict(head), {one: dict(row) for one, row in rows.items()}
    steps = reveal_steps(result)
    head = head | {"reveal": {"step": reveal.step, "of": len(steps)}}
    if (said := announced(steps, reveal.step)) is not None:
        head["reveal"]["announced"] = said
    told = revealed(steps, reveal.step, totals=head["mode"] == "marks")
    return head, {one: row | {"revealed": told[one]} if one in told else dict(row) for one, row in rows.items()}


def after_thaw(card: Scorecard, head: View, rows: dict[str, View]) -> tuple[View, dict[str, View]]:
    """The open board; once it is finalised, with ranks and awards in every mode (R49). A training has none."""
    result = None if card.kind == "training" else final_result(card)
    if result is None or card.final is None:
        return head, rows
    head = head | {"final": True, "version": card.final.version}
    if card.final.version > 1:
        head["amended"] = card.final.reason
    lines = {line.entrant.id: line for line in result.lines}
    for one, row in rows.items():
        line = lines.get(one)
        row.pop("rank", None)
        if line is None or line.rank is None:
            continue
        row.update(placed(line, totals=False))
    last = len(rows) + 1
    return head, dict(sorted(rows.items(), key=lambda item: (item[1].get("rank", last), int(item[1]["bib"]))))
