"""A node in a storm of joins, in steps of ten milliseconds. Pure and without dice: the same input, the same storm.

Viewers who lost their node come back spread over a pause: the one that a node which ends gives them, or a short one of
their own when it died without a word. The node's loop takes turns: five
hundred writes to viewers, then up to 64 joins. While a fan-out is late, boards that come are made one, as the tick
does, so being overloaded costs freshness and never memory.
"""

from dataclasses import dataclass
from typing import Protocol

_STEP_S = 0.01
_WRITES, _JOINS = 500, 64
TOLD_S = (1.0, 3.75)  # half to one and a half times the usual two seconds, and up to a quarter more by the page
DIED_S = (0.16, 0.56)  # what the page waits the first time when nobody told it
_LONGEST_S = 600.0


class Costs(Protocol):
    @property
    def delivery_us(self) -> float: ...
    @property
    def join_us(self) -> float: ...


@dataclass(frozen=True, slots=True)
class Storm:
    recovered_s: float
    """From the loss of the old node until the last viewer has been let in and has the newest board."""
    oldest_ms: float
    """How long the slowest fan-out took meanwhile: that old was a board at the last viewer."""


def storm(
    costs: Costs, deliveries_per_s: float, watching: int, coming: int, pause_s: tuple[float, float] = TOLD_S
) -> Storm:
    """`coming` viewers return to a node on which `watching` already are."""
    first, last = pause_s
    slice_us, round_us = _WRITES * costs.delivery_us, _JOINS * costs.join_us
    share = slice_us / (slice_us + round_us)  # of the time for the fan-out, when joins are waiting too
    now = arrived = let_in = fan_us = began = oldest = 0.0
    due = 1 / deliveries_per_s
    while now < _LONGEST_S:
        now += _STEP_S
        arrived = coming if now >= last else max(arrived, coming * (now - first) / (last - first))
        if fan_us <= 0 and now >= due:
            fan_us, began = (watching + let_in) * costs.delivery_us, now
            due = now + 1 / deliveries_per_s
        room = _STEP_S * 1e6
        waiting_us = (arrived - let_in) * costs.join_us
        fan_part = min(fan_us, room if waiting_us <= 0 else max(room * share, room - waiting_us))
        join_part = min(waiting_us, room - fan_part)
        let_in += join_part / costs.join_us
        if fan_us > 0:
            fan_us -= fan_part
            if fan_us <= 1e-6:
                fan_us = 0.0
                oldest = max(oldest, now - began)
        if let_in >= coming - 1e-6 and fan_us == 0 and arrived >= coming:
            break
    return Storm(recovered_s=round(now, 2), oldest_ms=round(oldest * 1e3, 1))
