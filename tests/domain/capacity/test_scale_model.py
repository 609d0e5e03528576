"""The capacity model: every plan keeps what is asked for, the tightest limit decides, and a storm ends."""

import math
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.scale_model import (
    Costs,
    Limits,
    Workload,
    audience_bytes_per_s,
    boards_bytes_per_s,
    breaks,
    cpu_us_per_s,
    most_boards_per_s,
    needed,
    places,
    viewer_bytes_per_s,
)
from bench.scale_out import VIEWERS, predicted
from bench.scale_storm import storm

COSTS = Costs(
    idle_us_per_s=5000,
    board_us=500,
    audience_us=100,
    delivery_us=8,
    ping_us=20,
    join_us=150,
    base_bytes=57e6,
    viewer_bytes=2200,
    socket_bytes=4200,
    board_bytes=2800,
    delta_bytes=260,
    snapshot_bytes=2800,
)
LOAD, LIMITS = Workload(), Limits()


@settings(max_examples=20)
@given(viewers=st.integers(1, 300_000), delivery=st.floats(2, 20), join=st.floats(20, 2000), boards=st.floats(0.1, 20))
def test_every_plan_keeps_every_limit_also_when_a_node_is_lost(
    viewers: int, delivery: float, join: float, boards: float
) -> None:
    costs, load = replace(COSTS, delivery_us=delivery, join_us=join), replace(LOAD, boards_per_s=boards)
    plan = needed(costs, load, LIMITS, viewers)
    assert plan.nodes * plan.per_node >= viewers
    assert plan.cpu_share <= LIMITS.cpu_share + 1e-9
    assert plan.last_viewer_ms <= LIMITS.last_viewer_s * 1e3 + 1e-9
    assert plan.node_bytes_per_s * LIMITS.cores <= LIMITS.link_bytes_per_s * (1 + 1e-9)
    assert plan.lost_node.recovered_s <= LIMITS.lost_node_s
    assert plan.restart.recovered_s <= LIMITS.restart_s
    left = cpu_us_per_s(costs, load, plan.per_node * plan.nodes / (plan.nodes - 1), plan.nodes) / 1e6
    assert left <= LIMITS.cpu_share_after


def test_more_viewers_never_take_fewer_nodes() -> None:
    nodes = [needed(COSTS, LOAD, LIMITS, viewers).nodes for viewers in VIEWERS]
    assert nodes == sorted(nodes)
    assert nodes[0] >= 2
    assert needed(COSTS, LOAD, LIMITS, 1).tightest == "two at least"


@pytest.mark.parametrize(
    ("costs", "limits", "tightest"),
    [
        (COSTS, LIMITS, "cpu"),
        (COSTS, replace(LIMITS, last_viewer_s=0.01), "last viewer"),
        (COSTS, replace(LIMITS, link_bytes_per_s=75e6), "link"),
        (COSTS, replace(LIMITS, memory_bytes=2e9), "memory"),
        (COSTS, replace(LIMITS, files=1024), "files"),
        (replace(COSTS, join_us=5000), LIMITS, "restart"),
        (COSTS, replace(LIMITS, cpu_share_after=0.4), "lost node"),
    ],
)
def test_the_tightest_limit_is_named(costs: Costs, limits: Limits, tightest: str) -> None:
    assert needed(costs, LOAD, limits, 1_000_000).tightest == tightest


def test_twice_the_cost_of_a_delivery_takes_nearly_twice_the_nodes() -> None:
    light, heavy = (needed(replace(COSTS, delivery_us=cost), LOAD, LIMITS, 10**6).nodes for cost in (8.0, 16.0))
    assert 1.9 < heavy / light < 2.1


def test_no_number_of_nodes_carries_more_boards_than_one_can_take() -> None:
    most = most_boards_per_s(COSTS, LIMITS)
    too_many = replace(LOAD, competitions=int(most / LOAD.boards_per_s) + 1)
    with pytest.raises(ValueError, match="cpu"):
        needed(COSTS, too_many, LIMITS, 10_000)


def test_two_nodes_are_enough_only_while_one_alone_could_carry_all() -> None:
    alone = places(COSTS, LOAD, replace(LIMITS, cpu_share=LIMITS.cpu_share_after), 2)["cpu"]
    assert needed(COSTS, LOAD, replace(LIMITS, last_viewer_s=1), int(alone * 0.99)).nodes == 2
    assert needed(COSTS, LOAD, replace(LIMITS, last_viewer_s=1), int(alone * 1.01)).nodes == 3


def test_boards_in_one_tick_are_one_delivery() -> None:
    assert replace(LOAD, boards_per_s=1000).deliveries_per_s == 25 + LOAD.counts_per_s
    busy, busier = (viewer_bytes_per_s(COSTS, replace(LOAD, boards_per_s=rate)) for rate in (25.0, 100.0))
    assert busy == busier


def test_every_node_reads_all_boards_and_what_all_nodes_count() -> None:
    plan = needed(COSTS, LOAD, LIMITS, 10**6)
    assert plan.kafka_out_bytes_per_s > plan.nodes * boards_bytes_per_s(COSTS, LOAD) + plan.audience_bytes_per_s


def test_numbers_grow_with_the_square_of_the_nodes_only_while_there_are_few() -> None:
    assert audience_bytes_per_s(LOAD, 40) == 4 * audience_bytes_per_s(LOAD, 20)
    assert audience_bytes_per_s(LOAD, 2000) == 2 * audience_bytes_per_s(LOAD, 1000)


def test_what_all_share_breaks_where_kafkas_links_are_full() -> None:
    at = breaks(COSTS, LOAD, LIMITS)["Kafka's links"]
    nodes = at / min(places(COSTS, LOAD, LIMITS, 10_000).values())
    sent = nodes * boards_bytes_per_s(COSTS, LOAD) + audience_bytes_per_s(LOAD, int(nodes))
    assert sent == pytest.approx(LIMITS.brokers * LIMITS.link_bytes_per_s, rel=0.03)


def test_telling_numbers_every_second_would_use_up_the_nodes() -> None:
    found = breaks(COSTS, LOAD, LIMITS)
    capped, telling = (found[name] for name in list(found)[1:])
    assert capped == math.inf
    without = replace(LOAD, audience_most_per_s=math.inf)
    assert needed(COSTS, without, LIMITS, int(telling * 0.9)).nodes > 0
    with pytest.raises(ValueError, match="cpu"):
        needed(COSTS, without, LIMITS, int(telling * 1.1))


def test_a_storm_ends_when_the_last_has_been_let_in() -> None:
    calm = storm(COSTS, 6.0, watching=1000, coming=1000)
    assert calm.recovered_s < 3.95  # the pause they were given, and hardly more
    heavy = storm(COSTS, 6.0, watching=0, coming=100_000)
    assert heavy.recovered_s > 1.0 + 100_000 * COSTS.join_us / 1e6  # no faster than the work takes
    assert heavy.recovered_s < 60


def test_a_storm_is_the_same_every_time() -> None:
    assert storm(COSTS, 6.0, 5000, 7000) == storm(COSTS, 6.0, 5000, 7000)


def test_boards_get_older_in_a_storm_but_go_on() -> None:
    quiet, busy = storm(COSTS, 6.0, 10_000, 0), storm(COSTS, 6.0, 10_000, 30_000)
    assert quiet.oldest_ms < busy.oldest_ms < 2000


def test_nobody_coming_is_no_storm() -> None:
    assert storm(COSTS, 6.0, 0, 0).recovered_s <= 3.76


def test_what_cannot_be_carried_is_said_in_its_row() -> None:
    table = predicted(COSTS, replace(LOAD, audience_most_per_s=math.inf, audience_s=0.1), LIMITS)["table"]
    assert "nodes" in table[0]
    assert "cpu" in table[-1]["tightest"]
    assert "nodes" not in table[-1]
