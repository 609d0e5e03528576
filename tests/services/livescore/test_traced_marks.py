"""From a judge's request to the boards message in one trace, which is nowhere in what is stored."""

from __future__ import annotations

from tests.services.collector import Collector
from tests.services.livescore.conftest import Run
from tests.services.livescore.service import Livescore, with_schemes

CALLER = "0af7651916cd43dd8448eb211c80319c"
HEADERS = {"traceparent": f"00-{CALLER}-b7ad6b7169203331-01"}


async def mark(service: Livescore) -> None:
    before = service.board()
    reply = await service.as_judge("cn", "POST", "/autumn.electronics/marks", service.form(), headers=HEADERS)
    assert reply.status == 201
    await service.board_where(lambda _: service.board() != before)


async def test_a_mark_is_followed_from_the_request_to_the_board(run: Run, collector: Collector) -> None:
    async with run(traces=collector.address) as service:
        await with_schemes(service)
        await mark(service)
    spans = {span.name: span for span in collector.spans() if span.trace == CALLER}
    request = spans["POST /api/livescore/competitions/{competition}/marks"]
    assert spans.keys() == {request.name, "decide and append", "publish", "publish boards"}
    assert request.parent == "b7ad6b7169203331"
    assert spans["decide and append"].parent == request.id
    for name in ("publish", "publish boards"):
        assert spans[name].parent == spans["decide and append"].id


async def test_what_is_stored_and_told_says_nothing_of_it(run: Run, collector: Collector) -> None:
    async with run(traces=collector.address) as service:
        await with_schemes(service)
        await mark(service)
        data = service.data
    files = [path for path in data.rglob("*") if path.is_file()]
    assert files
    assert [path.name for path in files if CALLER.encode() in path.read_bytes()] == []


async def test_catching_up_and_asking_after_health_leave_no_trace(run: Run, collector: Collector) -> None:
    async with run() as service:
        await with_schemes(service)
        await mark(service)
    async with run(traces=collector.address) as service:
        assert (await service.ask("GET", "/readyz")).status == 200
    assert collector.spans() == []
