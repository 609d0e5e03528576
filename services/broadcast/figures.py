"""What broadcast counts about itself. Plain numbers, because some are added to two thousand times a tick.

`show` gives them to Prometheus: they are read when somebody asks, not pushed when they change.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import Histogram
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

from shared.metrics import Metrics

_MOST_COUNTRIES = 20
_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Figures:
    def __init__(self) -> None:
        self.viewers: Counter[str] = Counter()  # by wire
        self.joins: Counter[str] = Counter()  # by wire
        self.refused: Counter[str] = Counter()  # by problem code
        self.closes: Counter[int] = Counter()  # by close code; 1006 for a connection that just went away
        self.deliveries = 0
        self.bytes_out = 0
        self.bytes_plain = 0
        self.bytes_joined = 0
        self.fresh_starts = 0
        self.countries: Counter[str] = Counter()  # viewers by what they say
        self.skips = 0
        self.boards = 0
        self.boards_bad = 0
        self.loop_lag_seconds = 0.0
        self.tick_late = Histogram(
            "showcase_broadcast_tick_late_seconds", "How late a fan-out began", buckets=_SECONDS, registry=None
        )
        self.fan_out = Histogram(
            "showcase_broadcast_fan_out_seconds",
            "From the first write of a fan-out to the last",
            buckets=_SECONDS,
            registry=None,
        )
        self.loop_late = Histogram(
            "showcase_broadcast_loop_late_seconds", "How late the loop came to a timer", buckets=_SECONDS, registry=None
        )

    def by_country(self) -> dict[str, int]:
        """The countries that most viewers say, and `other` for the rest: a label has to stay small."""
        told = self.countries.most_common()
        named = dict(told[:_MOST_COUNTRIES])
        rest = sum(count for _, count in told[_MOST_COUNTRIES:])
        return {**named, "other": rest} if rest else named


class _Shown(Collector):
    def __init__(self, figures: Figures, snapshots: Callable[[], int]) -> None:
        self._figures = figures
        self._snapshots = snapshots

    @override
    def collect(self) -> Iterator[Metric]:
        figures = self._figures
        viewers = GaugeMetricFamily("showcase_broadcast_viewers", "Viewers connected", labels=["wire"])
        for wire, count in figures.viewers.items():
            viewers.add_metric([wire], count)
        yield viewers
        yield GaugeMetricFamily(
            "showcase_broadcast_loop_lag_seconds", "Newest lag of the loop", value=figures.loop_lag_seconds
        )
        for name, label, text, counts in (
            ("showcase_broadcast_joins", "wire", "Viewers that joined", figures.joins),
            ("showcase_broadcast_refused", "code", "Viewers refused before they joined", figures.refused),
            ("showcase_broadcast_closes", "code", "Viewers gone, by close code", figures.closes),
        ):
            family = CounterMetricFamily(name, text, labels=[label])
            for key, count in counts.items():
                family.add_metric([str(key)], count)
            yield family
        for name, text, value in (
            ("showcase_broadcast_deliveries", "Frames written in fan-outs", figures.deliveries),
            ("showcase_broadcast_sent_bytes", "Bytes written in fan-outs", figures.bytes_out),
            ("showcase_broadcast_plain_bytes", "What they would have been without compression", figures.bytes_plain),
            ("showcase_broadcast_joined_bytes", "Bytes that brought viewers up to date", figures.bytes_joined),
            ("showcase_broadcast_fresh_starts", "Times a shared compressor began anew", figures.fresh_starts),
            ("showcase_broadcast_skips", "Viewers passed over because they did not keep up", figures.skips),
            ("showcase_broadcast_boards", "Boards that were news", figures.boards),
            ("showcase_broadcast_boards_bad", "Messages on the topic that were no board", figures.boards_bad),
        ):
            yield CounterMetricFamily(name, text, value=value)
        yield CounterMetricFamily(
            "showcase_broadcast_snapshots", "Snapshots built, one per version that anybody asked for", self._snapshots()
        )
        yield from figures.tick_late.collect()
        yield from figures.fan_out.collect()
        yield from figures.loop_late.collect()


def show(
    figures: Figures,
    metrics: Metrics,
    *,
    positions: Callable[[], Mapping[str, float]],
    lanes: Callable[[], Mapping[str, float]],
    snapshots: Callable[[], int],
    behind: Callable[[], float],
) -> None:
    """Export the figures, and the seq of each board as this node shows it: an older one than other nodes' is late."""
    metrics.registry.register(_Shown(figures, snapshots))
    metrics.gauges("board_seq", "Seq of the board that viewers of this node see", "channel", positions)
    metrics.gauges("lanes", "Groups of viewers that get the same bytes, by wire", "wire", lanes)
    metrics.gauges("viewers_by_country", "Viewers by the country they say", "country", figures.by_country)
    metrics.gauge("viewers_behind", "Viewers that cannot take bytes now", behind)
