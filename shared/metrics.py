"""Metrics in the Prometheus text format, in a registry of the service's own.

Requests are counted in plain lists and become a histogram when somebody asks: the client library's own takes two locks
and a dozen calls for each request, and everything here happens on the event loop's thread.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class _Gauge(Collector):
    """A number that is read when somebody asks for it, and costs nothing while nobody does."""

    def __init__(self, name: str, text: str, read: Callable[[], float]) -> None:
        self._name, self._text, self._read = name, text, read

    @override
    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily(self._name, self._text, value=self._read())


class _Gauges(Collector):
    """The same, one number per value of a label."""

    def __init__(self, name: str, text: str, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        self._name, self._text, self._label, self._read = name, text, label, read

    @override
    def collect(self) -> Iterator[Metric]:
        family = GaugeMetricFamily(self._name, self._text, labels=[self._label])
        for value, number in self._read().items():
            family.add_metric([value], number)
        yield family


class _Series:
    """How long the requests of one kind took: the number in each bucket, and the sum."""

    def __init__(self) -> None:
        self.counts = [0] * (len(_SECONDS) + 1)
        self.seconds = 0.0

    def observe(self, seconds: float) -> None:
        self.counts[bisect_left(_SECONDS, seconds)] += 1
        self.seconds += seconds


class Metrics(Collector):
    """What every service counts; a service adds its own through the methods or the registry."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, service: str) -> None:
        self._service = service
        self._requests: dict[tuple[str, str, int], _Series] = {}
        self.registry = CollectorRegistry()
        self.registry.register(self)

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        self.registry.register(_Gauge(f"showcase_{self._service}_{name}", text, read))

    def gauges(self, name: str, text: str, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        self.registry.register(_Gauges(f"showcase_{self._service}_{name}", text, label, read))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        key = (method, route, status)
        series = self._requests.get(key)
        if series is None:
            series = self._requests[key] = _Series()
        series.observe(seconds)

    @override
    def collect(self) -> Iterator[Metric]:
        name, bounds = "http_request_seconds", [*map(float, _SECONDS), "+Inf"]
        labels = ("method", "route", "status")
        family = HistogramMetricFamily(f"showcase_{self._service}_{name}", "Time to answer a request", labels=labels)
        for (method, route, status), series in self._requests.items():
            buckets = [(str(bound), count) for bound, count in zip(bounds, accumulate(series.counts), strict=True)]
            family.add_metric((method, route, str(status)), buckets, series.seconds)
        yield family

    def text(self) -> bytes:
        return generate_latest(self.registry)
