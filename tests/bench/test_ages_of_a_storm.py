"""The age of a change ends with its last viewer, and what has not reached everybody is as old as it is now."""

from __future__ import annotations

import time

from bench.storm import ages

SECOND = 1_000_000_000
HOUR_MS = 3_600_000.0


def _made(*seconds_ago: int) -> dict[int, int]:
    """When changes 1, 2, ... were made."""
    now = time.monotonic_ns()
    return {seq: now - ago * SECOND for seq, ago in enumerate(seconds_ago, 1)}


def _arrived(seq: int, made: dict[int, int], count: int, last_ms: float) -> dict[str, float]:
    return {"seq": seq, "sent": made[seq], "count": count, "last_ms": last_ms}


def test_a_change_that_became_part_of_a_later_frame_ends_with_that_frame() -> None:
    made = _made(10, 9)
    assert ages(made, [_arrived(2, made, 3, 50.0)], viewers=3)["age_max_ms"] == 1050.0


def test_a_frame_that_some_were_not_sent_does_not_end_it_for_them() -> None:
    made = _made(10, 9)
    later = _arrived(2, made, 3, 50.0)
    assert ages(made, [_arrived(1, made, 1, 20.0), later], viewers=3)["age_max_ms"] == 1050.0
    assert ages(made, [_arrived(1, made, 3, 20.0), later], viewers=3)["age_max_ms"] == 50.0


def test_what_has_not_reached_everybody_is_as_old_as_it_is_now() -> None:
    made = _made(7200, 3600)
    everybody, some = _arrived(1, made, 3, 20.0), _arrived(2, made, 2, 20.0)
    assert ages(made, [everybody, some], viewers=3)["age_max_ms"] >= HOUR_MS
    assert ages(made, [], viewers=3)["age_max_ms"] >= 2 * HOUR_MS
