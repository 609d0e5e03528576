"""A collector of traces over HTTP that keeps what it is sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import Empty, SimpleQueue

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Span:
    service: str
    name: str
    trace: str
    id: str
    parent: str


class Collector:
    def __init__(self, address: str) -> None:
        self.address = address
        self.sent: SimpleQueue[bytes] = SimpleQueue()

    def spans(self) -> list[Span]:
        """What has come since the last time; a service has sent everything when it has ended."""
        found = []
        try:
            while True:
                for resource in ExportTraceServiceRequest.FromString(self.sent.get_nowait()).resource_spans:
                    names = {one.key: one.value.string_value for one in resource.resource.attributes}
                    found += [
                        Span(
                            names["service.name"],
                            span.name,
                            span.trace_id.hex(),
                            span.span_id.hex(),
                            span.parent_span_id.hex(),
                        )
                        for scope in resource.scope_spans
                        for span in scope.spans
                    ]
        except Empty:
            return found


@contextmanager
def collecting() -> Iterator[Collector]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            collector.sent.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        @override
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    collector = Collector(f"http://127.0.0.1:{server.server_port}/v1/traces")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
