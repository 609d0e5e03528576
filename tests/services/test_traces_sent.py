"""A collector over HTTP gets the spans; one that is gone holds nobody up."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import SimpleQueue

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from typing_extensions import override

from shared.traces import tracer


class _Collector(BaseHTTPRequestHandler):
    taken: SimpleQueue[bytes]

    def do_POST(self) -> None:
        self.taken.put(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()

    @override
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[tuple[str, SimpleQueue[bytes]]]:
    taken: SimpleQueue[bytes] = SimpleQueue()
    server = HTTPServer(("127.0.0.1", 0), type("Collector", (_Collector,), {"taken": taken}))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1/traces", taken
    server.shutdown()
    thread.join()
    server.server_close()


def test_spans_reach_the_collector_at_the_latest_when_the_service_ends(
    collector: tuple[str, SimpleQueue[bytes]],
) -> None:
    address, taken = collector
    with tracer("livescore", address) as sending, sending.request("POST", "/marks", None) as exchange:
        exchange.answered(200)
    sent = ExportTraceServiceRequest.FromString(taken.get(timeout=5))
    [resource] = sent.resource_spans
    attributes = {one.key: one.value.string_value for one in resource.resource.attributes}
    assert attributes["service.name"] == "livescore"
    assert [span.name for scope in resource.scope_spans for span in scope.spans] == ["POST /marks"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_collector_that_is_gone_delays_the_end_by_two_seconds_at_most() -> None:
    began = time.monotonic()
    with tracer("livescore", "http://127.0.0.1:1/v1/traces") as sending:
        for _ in range(5000):
            with sending.request("GET", "/", None):
                pass
        assert time.monotonic() - began < 5
        ending = time.monotonic()
    assert time.monotonic() - ending < 3
