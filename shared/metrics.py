"""Metrics in the Prometheus text format, in a registry of the service's own."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
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


class Metrics:
    """What every service counts; a service adds its own through the methods or the registry."""

    content_type = "text/plain; version=0.0.4; charset=utf-8"

    def __init__(self, service: str) -> None:
        self._service = service
        self.registry = CollectorRegistry()
        self._requests = self.histogram(
            "http_request_seconds", "Time to answer a request", ("method", "route", "status"), _SECONDS
        )
        self._by_request: dict[tuple[str, str, int], Histogram] = {}

    def histogram(
        self, name: str, text: str, labels: tuple[str, ...] = (), buckets: tuple[float, ...] = _SECONDS
    ) -> Histogram:
        return Histogram(f"showcase_{self._service}_{name}", text, labels, registry=self.registry, buckets=buckets)

    def gauge(self, name: str, text: str, read: Callable[[], float]) -> None:
        self.registry.register(_Gauge(f"showcase_{self._service}_{name}", text, read))

    def gauges(self, name: str, text: str, label: str, read: Callable[[], Mapping[str, float]]) -> None:
        self.registry.register(_Gauges(f"showcase_{self._service}_{name}", text, label, read))

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        key = (method, route, status)
        series = self._by_request.get(key)
        if series is None:
            series = self._by_request[key] = self._requests.labels(*key)
        series.observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)
