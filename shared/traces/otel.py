"""The tracer on OpenTelemetry: the only door to it.

Spans leave in batches from a thread of the library's own. A collector that is slow or gone costs spans, never a
request: what does not fit into the library's queue is dropped, and the end of the service waits for it two seconds.
How many traces are kept is the library's own setting (`OTEL_TRACES_SAMPLER`); all of them without it.
"""

import contextlib
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from shared.contracts.events import Recorded
from shared.errors import BadStart
from shared.traces import Exchange, Tracer

try:
    from opentelemetry import trace
    from opentelemetry.context import Context
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.trace import Link, Span, SpanContext, SpanKind, StatusCode
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
except ImportError as exc:
    raise BadStart("traces need more than is installed: pip install 'showcase[traces]'") from exc

_REMEMBERED = 10_000
_PATIENCE_SECONDS = 2.0
_LINKS = 64  # a batch of a thousand events has a trace of its own for each

_context = TraceContextTextMapPropagator()


@contextlib.contextmanager
def sending(service: str, collector: str) -> Iterator[Tracer]:
    """A tracer that sends to a collector (OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`)."""
    provider = TracerProvider(resource=Resource.create({"service.name": service}), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=collector, timeout=_PATIENCE_SECONDS)))
    try:
        yield OtelTracer(provider)
    finally:
        ending = threading.Thread(target=provider.shutdown, daemon=True)  # it may wait for a collector that is gone
        ending.start()
        ending.join(_PATIENCE_SECONDS)


@dataclass(frozen=True, slots=True)
class _Exchange:
    span: Span

    def answered(self, status: int) -> None:
        self.span.set_attribute("http.response.status_code", status)
        if status >= 500:
            self.span.set_status(StatusCode.ERROR)


class OtelTracer:
    def __init__(self, provider: TracerProvider) -> None:
        self._tracer = provider.get_tracer("showcase")
        self._noted: OrderedDict[str, str] = OrderedDict()

    @contextlib.contextmanager
    def request(self, method: str, route: str, traceparent: str | None) -> Iterator[Exchange]:
        attributes = {"http.request.method": method, "http.route": route}
        with self._tracer.start_as_current_span(
            f"{method} {route}",
            _extracted(traceparent),
            SpanKind.SERVER,
            attributes,
            record_exception=False,  # its text may hold what somebody typed
            set_status_on_exception=False,
        ) as span:
            yield _Exchange(span)

    def step(self, name: str, stream: str) -> AbstractContextManager[None]:
        if not trace.get_current_span().get_span_context().is_valid:
            return contextlib.nullcontext()
        return self._doing(name, None, {"showcase.stream": stream}, ())

    def following(self, name: str, topic: str, carried: Iterable[str | None]) -> AbstractContextManager[None]:
        known = list(dict.fromkeys(one for one in carried if one is not None))
        if not known:
            return contextlib.nullcontext()
        attributes = {"messaging.destination.name": topic}
        links = [Link(_span_context(one)) for one in known[1 : _LINKS + 1]]
        return self._doing(name, _extracted(known[0]), attributes, links)

    @contextlib.contextmanager
    def _doing(
        self, name: str, context: Context | None, attributes: dict[str, str], links: Sequence[Link]
    ) -> Iterator[None]:
        with self._tracer.start_as_current_span(
            name, context, SpanKind.INTERNAL, attributes, links, record_exception=False, set_status_on_exception=False
        ):
            yield

    def carry(self) -> str | None:
        now = trace.get_current_span().get_span_context()
        return f"00-{now.trace_id:032x}-{now.span_id:016x}-{now.trace_flags:02x}" if now.is_valid else None

    def note(self, events: Sequence[Recorded], carried: str | None = None) -> None:
        carried = carried or self.carry()
        if carried is not None:
            self._noted.update((one.id, carried) for one in events)
            while len(self._noted) > _REMEMBERED:
                self._noted.popitem(last=False)

    def noted(self, event: Recorded | None) -> str | None:
        return None if event is None else self._noted.get(event.id)


def _extracted(traceparent: str | None) -> Context:
    """An empty context where there is nothing to continue, also when a stranger sent nonsense."""
    return _context.extract({"traceparent": traceparent} if traceparent else {}, Context())


def _span_context(traceparent: str) -> SpanContext:
    return trace.get_current_span(_extracted(traceparent)).get_span_context()
