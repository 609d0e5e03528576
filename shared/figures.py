"""What a service with a ledger shows about the way from its events to the boards. Read when somebody asks."""

from typing import Any

from shared.board_feed import BoardFeed
from shared.execute import Executor
from shared.execute_shared import SharedExecutor
from shared.metrics import Metrics
from shared.relay import Relay


def show(metrics: Metrics, relay: Relay, boards: BoardFeed, *executors: Executor[Any]) -> None:
    metrics.gauges("board_seq", "Position of the newest board this copy published", "channel", lambda: boards.newest)
    metrics.gauge("relay_waiting", "Events on their way to the bus, at most one batch", lambda: relay.waiting)
    metrics.gauge("relay_oldest_seconds", "How long the oldest of them has been waiting", relay.oldest_seconds)
    shared = [one for one in executors if isinstance(one, SharedExecutor)]
    if shared:
        conflicts = "Appends that met another copy's and were decided again"
        metrics.gauge("conflicts_total", conflicts, lambda: sum(one.conflicts for one in shared))
