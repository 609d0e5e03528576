"""What an operator can see of broadcast: each figure moves when what it counts happens, and labels stay few."""

from collections import Counter

from services.broadcast.figures import Figures
from tests.services.broadcast.service import CHANNEL, Broadcast, close_code, frame, until


async def test_bytes_are_counted_as_sent_and_as_they_would_have_been_without_compression(broadcast: Broadcast) -> None:
    await broadcast.show(1, {str(n): {"bib": f"{n:02}", "total": "0.00"} for n in range(20)})
    async with broadcast.live() as packed, broadcast.live(compression=None) as plain:
        joined = len(await packed.recv()) + len(await plain.recv())
        assert 0 < await broadcast.figure("joined_bytes_total") < joined
        plain_bytes = 0
        for seq in range(2, 12):
            await broadcast.publish(seq, {str(n): {"bib": f"{n:02}", "total": f"{seq}.00"} for n in range(20)})
            text = await plain.recv()
            assert await packed.recv() == text
            plain_bytes += 2 * (len(text) + 4)
        assert await broadcast.figure("deliveries_total") == 20
        assert await broadcast.figure("plain_bytes_total") == plain_bytes
        sent = await broadcast.figure("sent_bytes_total")
        assert plain_bytes / 2 < sent < plain_bytes * 0.75, "one viewer is sent plain frames, the other packed ones"
        assert await broadcast.figure("fresh_starts_total") == 1
        assert [await broadcast.figure(f'lanes{{wire="{wire}"}}') for wire in ("deflate", "ws", "sse")] == [1, 1, 0]


async def test_a_fan_out_is_timed_and_a_version_has_one_snapshot(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    before = await broadcast.figure("fan_out_seconds_count"), await broadcast.figure("snapshots_total")
    async with broadcast.live() as one, broadcast.live() as two, broadcast.live(compression=None) as three:
        await broadcast.publish(2, {"a": {"total": "1"}})
        for viewer in (one, two, three):
            assert [(await frame(viewer))["seq"] for _ in range(2)] == [1, 2]
        async with broadcast.live() as late:
            assert (await frame(late))["seq"] == 2
    assert await broadcast.figure("fan_out_seconds_count") > before[0]
    # The version that was asked for before had its own already; the counts of viewers are channels too.
    assert before[1] + 1 <= await broadcast.figure("snapshots_total") <= before[1] + 2


async def test_who_comes_goes_and_is_refused_is_counted_under_its_reason(broadcast: Broadcast) -> None:
    await broadcast.show(1)
    async with broadcast.live(query=f"c={CHANNEL}&from=CN"), broadcast.live(query=f"c={CHANNEL}"):
        assert await broadcast.figure('joins_total{wire="deflate"}') == 2
        assert await broadcast.figure('viewers_by_country{country="CN"}') == 1
        assert await broadcast.figure("viewers_behind") == 0
    async with broadcast.live(query="c=nonsense&c=nonsense") as wrong:
        assert await close_code(wrong) == 4400
    async with broadcast.http.get(f"{broadcast.url}/live/events?c={CHANNEL}", headers={"Origin": "https://no.example"}):
        assert await broadcast.figure('refused_total{code="foreign_origin"}') == 1

    async def gone() -> bool:
        return await broadcast.figure('viewers{wire="deflate"}') == 0

    await until(gone)
    assert await broadcast.figure('closes_total{code="4400"}') == 1
    assert await broadcast.figure('closes_total{code="1000"}') == 2
    assert await broadcast.figure('viewers_by_country{country="CN"}') == 0


def test_countries_are_a_few_labels_however_many_viewers_say() -> None:
    figures = Figures()
    figures.countries = Counter({f"{a}{b}": n for n, (a, b) in enumerate((a, b) for a in "ABCDEF" for b in "GHIJK")})
    shown = figures.by_country()
    assert len(shown) == 21
    assert sum(shown.values()) == sum(figures.countries.values())
    assert shown["FK"] == 29
    assert "AG" not in shown
    figures.countries = Counter({"CN": 2, "GB": 0})
    assert figures.by_country() == {"CN": 2, "GB": 0}, "whom nobody is from any more falls to nothing instead of ending"
