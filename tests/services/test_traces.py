"""One trace from the request to what is published elsewhere: continued, carried along, linked; and nothing when off."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from shared.contracts.events import Event, Recorded
from shared.errors import BadStart
from shared.traces import OFF, Tracer, tracer
from shared.traces.otel import OtelTracer

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Seen:
    """A tracer, and the spans that it made, by their names."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self._exporter))
        self.tracer: Tracer = OtelTracer(self.provider)

    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self._exporter.get_finished_spans()}


@pytest.fixture
def seen() -> Iterator[Seen]:
    one = Seen()
    yield one
    one.provider.shutdown()


def event(number: int) -> Recorded:
    return Recorded("competition/a.b", number, f"event-{number}", "2026-11-18T09:00:00.000Z", Event())


def place(span: ReadableSpan) -> str:
    context = span.get_span_context()
    assert context is not None
    return f"00-{context.trace_id:032x}-{context.span_id:016x}-{context.trace_flags:02x}"


def parent(span: ReadableSpan) -> int | None:
    return span.parent.span_id if span.parent else None


def trace_of(text: str | None) -> str:
    assert text is not None
    return text.split("-")[1]


def test_a_request_continues_the_callers_trace(seen: Seen) -> None:
    with seen.tracer.request("POST", "/marks", CALLER) as exchange:
        exchange.answered(201)
    span = seen.spans()["POST /marks"]
    assert trace_of(place(span)) == trace_of(CALLER)
    assert parent(span) == int(CALLER.split("-")[2], 16)
    assert dict(span.attributes or {}) == {
        "http.request.method": "POST",
        "http.route": "/marks",
        "http.response.status_code": 201,
    }


@pytest.mark.parametrize("nonsense", [None, "", "00-zz", "00-" + "0" * 32 + "-" + "0" * 16 + "-01", "x" * 10_000])
def test_a_request_without_a_good_traceparent_starts_a_trace(seen: Seen, nonsense: str | None) -> None:
    with seen.tracer.request("GET", "/", nonsense):
        pass
    assert parent(seen.spans()["GET /"]) is None


def test_a_fault_of_ours_is_marked_and_its_text_is_not_kept(seen: Seen) -> None:
    def answer() -> None:
        with seen.tracer.request("POST", "/marks", None) as exchange:
            exchange.answered(500)
            raise ValueError("what somebody typed")

    with pytest.raises(ValueError, match="typed"):
        answer()
    span = seen.spans()["POST /marks"]
    assert not span.status.is_ok
    assert span.events == ()
    assert "typed" not in str(span.status.description)


async def test_a_step_belongs_to_the_request_that_waits_for_it(seen: Seen) -> None:
    async def answer(route: str) -> None:
        with seen.tracer.request("POST", route, None):
            await asyncio.sleep(0)
            with seen.tracer.step(f"decide {route}", "competition/a.b"):
                await asyncio.sleep(0)

    await asyncio.gather(answer("/one"), answer("/two"))
    spans = seen.spans()
    for route in ("/one", "/two"):
        context = spans[f"POST {route}"].get_span_context()
        assert context is not None
        assert parent(spans[f"decide {route}"]) == context.span_id


def test_what_did_not_begin_with_a_request_is_not_traced(seen: Seen) -> None:
    with seen.tracer.step("decide", "competition/a.b"), seen.tracer.following("publish", "livescore", [None, None]):
        seen.tracer.note([event(1)])
        assert seen.tracer.carry() is None
    assert seen.tracer.noted(event(1)) is None
    assert seen.spans() == {}


def test_work_elsewhere_continues_the_first_trace_and_is_linked_to_the_others(seen: Seen) -> None:
    for number, route in enumerate(("/one", "/two"), start=1):
        with seen.tracer.request("POST", route, None):
            seen.tracer.note([event(number)])
    carried = [seen.tracer.noted(one) for one in (event(1), event(1), event(2), event(3), None)]
    with seen.tracer.following("publish", "livescore", carried):
        onwards = seen.tracer.carry()
    spans = seen.spans()
    assert carried[0] == place(spans["POST /one"])
    assert trace_of(place(spans["publish"])) == trace_of(onwards) == trace_of(carried[0])
    assert [f"{link.context.trace_id:032x}" for link in spans["publish"].links] == [trace_of(carried[2])]


def test_another_process_takes_the_trace_over_by_what_was_carried(seen: Seen) -> None:
    elsewhere = Seen()
    with seen.tracer.request("POST", "/marks", CALLER):
        carried = seen.tracer.carry()
    elsewhere.tracer.note([event(1)], carried)
    with elsewhere.tracer.following("board", "boards", [elsewhere.tracer.noted(event(1))]):
        pass
    board = elsewhere.spans()["board"]
    elsewhere.provider.shutdown()
    assert trace_of(place(board)) == trace_of(CALLER)
    assert parent(board) == int(str(carried).split("-")[2], 16)


def test_only_the_newest_events_are_remembered(seen: Seen) -> None:
    with seen.tracer.request("POST", "/marks", None):
        for number in range(10_001):
            seen.tracer.note([event(number)])
    assert seen.tracer.noted(event(0)) is None
    assert seen.tracer.noted(event(10_000)) is not None


def test_off_does_nothing_at_all() -> None:
    with tracer("livescore", "") as off:
        assert off is OFF
        with off.request("POST", "/marks", CALLER) as exchange, off.step("decide", "s"):
            exchange.answered(200)
            off.note([event(1)], CALLER)
            assert off.carry() is None
        with off.following("publish", "livescore", [CALLER]):
            assert off.noted(event(1)) is None


def test_off_does_not_even_load_the_library() -> None:
    code = (
        "import sys; from shared.traces import tracer\n"
        "with tracer('livescore', None): pass\n"
        "sys.exit(any(name.startswith('opentelemetry') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=30).returncode == 0


def test_without_the_library_the_start_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry", None)
    monkeypatch.delitem(sys.modules, "shared.traces.otel")
    with pytest.raises(BadStart, match="pip install"):
        tracer("livescore", "http://127.0.0.1:1/v1/traces")
