from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.domain.livescore.conftest import Story

REASON = "We looked again at the ground plane together."
PANEL = {"c01": ("cn", "sg", "ch"), "c02": ("gb", "sg", "ch"), "c03": ("cn", "sg", "ch"), "c04": ("gb", "sg", "ch")}


class Reading(NamedTuple):
    """A public mark."""

    competitor: str
    aspect: str
    value: str


class Hidden(NamedTuple):
    """One judge's score of A2.1, of which there are never three close ones; two values, one for each run."""

    competitor: str
    seat: int
    scores: tuple[int, int]


READINGS = st.builds(
    Reading, st.sampled_from(sorted(PANEL)), st.just("A1.1"), st.integers(min_value=0, max_value=9).map(str)
)
HIDDEN = st.builds(
    Hidden,
    st.sampled_from(sorted(PANEL)),
    st.integers(min_value=0, max_value=1),
    st.tuples(st.integers(min_value=0, max_value=3), st.integers(min_value=0, max_value=3)),
)
STEPS = st.lists(st.one_of(READINGS, HIDDEN), max_size=25)
MODES = st.sampled_from(["marks", "rank", "progress"])
PER_EXAMPLE = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


def play(story: Story, steps: list[Reading | Hidden], run: int | None) -> list[bytes]:
    """What the public could have fetched after each step; with `run` None nobody gives hidden scores at all."""
    seen: dict[tuple[str, str, str], int] = {}
    public = []
    for number, step in enumerate(steps):
        at = f"2020-11-19T14:{number // 60:02d}:{number % 60:02d}Z"
        if isinstance(step, Reading):
            place = (step.competitor, step.aspect, "ch")
            given_: dict[str, Any] = {"value": step.value}
        elif run is None:
            public.append(story.public_bytes())
            continue
        else:
            # In c03 and c04 a new round is open, so its first score needs a reason.
            place = (step.competitor, "A2.1", PANEL[step.competitor][step.seat])
            given_ = {"score": step.scores[run], "justification": REASON}
        command = story.command(*place, saw=seen.get(place), **given_)
        seen[place] = story.does(command, at=at).seq
        public.append(story.public_bytes())
    return public


def prepared(story: Story, mode: str, first_round: tuple[int, int, int]) -> Story:
    fresh = type(story)(mode)  # type: ignore[arg-type]
    for competitor in ("c03", "c04"):
        fresh.scores(competitor, "A2.1", *first_round)
    return fresh


@PER_EXAMPLE
@given(steps=STEPS, mode=MODES)
def test_r56_the_public_bytes_do_not_depend_on_hidden_scores(
    story: Story, steps: list[Reading | Hidden], mode: str
) -> None:
    runs = [
        play(prepared(story, mode, (0, 2, 3)), steps, 0),
        play(prepared(story, mode, (3, 3, 1)), steps, 1),
        play(prepared(story, mode, (1, 3, 0)), steps, None),
    ]
    assert runs[0] == runs[1] == runs[2]


@PER_EXAMPLE
@given(steps=STEPS)
def test_r21_no_other_judges_view_depends_on_hidden_scores(story: Story, steps: list[Reading | Hidden]) -> None:
    one, two = (prepared(story, "marks", (0, 2, 3)) for _ in range(2))
    play(one, steps, 0)
    play(two, steps, 1)
    # Seat 2 of every panel and the judges of the other side give no hidden score here.
    assert one.view("ch") == two.view("ch")
    for judge, blocked in (("gb", ("c01", "c03")), ("cn", ("c02", "c04"))):
        for competitor in blocked:
            assert one.view(judge)["cells"].get(competitor) == two.view(judge)["cells"].get(competitor)
