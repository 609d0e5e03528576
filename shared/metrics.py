"""Metrics in the Prometheus text format, in a registry of the service's own."""

from prometheus_client import CollectorRegistry, Histogram, generate_latest

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class Metrics:
    """What every service counts; a service adds its own through `histogram` or the registry."""

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

    def request(self, method: str, route: str, status: int, seconds: float) -> None:
        key = (method, route, status)
        series = self._by_request.get(key)
        if series is None:
            series = self._by_request[key] = self._requests.labels(*key)
        series.observe(seconds)

    def text(self) -> bytes:
        return generate_latest(self.registry)
