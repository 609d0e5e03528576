"""A collector over HTTP gets the spans; one that is gone holds nobody up."""

from __future__ import annotations

import time

import pytest

from shared.traces import tracer
from tests.services.collector import Collector


def test_spans_reach_the_collector_at_the_latest_when_the_service_ends(collector: Collector) -> None:
    with tracer("livescore", collector.address) as sending, sending.request("POST", "/marks", None) as exchange:
        exchange.answered(200)
    assert [(span.service, span.name) for span in collector.spans()] == [("livescore", "POST /marks")]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_collector_that_is_gone_delays_the_end_by_two_seconds_at_most() -> None:
    began = time.monotonic()
    with tracer("livescore", "http://127.0.0.1:1/v1/traces") as sending:
        for _ in range(5000):
            with sending.request("GET", "/", None):
                pass
        assert time.monotonic() - began < 10
        ending = time.monotonic()
    assert time.monotonic() - ending < 4
