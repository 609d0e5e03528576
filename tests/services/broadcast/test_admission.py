"""Who is let in and how fast, with time as data; and over real sockets, that a refusal is one that helps."""

import asyncio
from ipaddress import ip_network

import pytest

from services.broadcast.admission import Admission, Limits, counted
from services.broadcast.bucket import Buckets
from tests.services.broadcast.service import CHANNEL, UPGRADE, Start, frame, until

DAY = 86_400.0


def joined(admission: Admission, address: str, now: float, tries: int) -> int:
    """How many of so many tries at one moment are let in."""
    inside = 0
    for _ in range(tries):
        if admission.refusal(address, now) is None:
            admission.enter(address, now)
            inside += 1
    return inside


def test_a_storm_is_let_in_up_to_the_burst_and_then_at_the_rate() -> None:
    admission = Admission(Limits(10**6, joins_per_second=100, joins_burst=300))
    assert joined(admission, "", DAY, 1000) == 300
    assert joined(admission, "", DAY + 0.5, 1000) == 50
    assert joined(admission, "", DAY + 60, 1000) == 300


def test_who_comes_too_fast_is_told_different_times_to_come_again() -> None:
    admission = Admission(Limits(10**6, joins_per_second=1, joins_burst=1))
    assert joined(admission, "", DAY, 1) == 1
    refusals = [admission.refusal("", DAY) for _ in range(200)]
    assert {(one.status, one.code) for one in refusals if one} == {(503, "too_fast")}
    assert len({one.retry_after for one in refusals if one}) > 4


def test_a_class_behind_one_address_comes_in_and_a_script_does_not_take_everybodys_turn() -> None:
    admission = Admission(Limits(10**6, joins_per_second=1000, joins_burst=1000, joins_per_minute_per_address=120))
    assert joined(admission, "203.0.113.7", DAY, 500) == 120
    assert joined(admission, "203.0.113.7", DAY + 1, 500) == 2
    refused = admission.refusal("203.0.113.7", DAY + 1)
    assert refused is not None
    assert refused.code == "address_too_fast"
    assert joined(admission, "203.0.113.8", DAY + 1, 100) == 100


def test_clocks_that_stand_or_go_back_give_no_tokens() -> None:
    admission = Admission(Limits(10**6, joins_per_second=1000, joins_burst=5))
    assert joined(admission, "", DAY, 10) == 5
    assert joined(admission, "", DAY - 100, 10) == 0


def test_the_table_of_addresses_is_bounded_and_empties_itself() -> None:
    buckets = Buckets(per_second=10, burst=600)
    for n in range(20_000):
        buckets.take(f"2001:db8::{n:x}", DAY)
    assert len(buckets) == 4096
    assert buckets.wait(f"2001:db8::{19_999:x}", DAY) == 0
    for n in range(5000):
        buckets.take("203.0.113.7", DAY + 60 + n)
    assert len(buckets) == 1


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("fe80::1%eth0", "fe80::2%eth1", True),
    ],
)
def test_ipv6_is_counted_by_the_network_of_a_household(one: str, other: str, same: bool) -> None:
    assert (counted(one) == counted(other)) is same


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "198.51.100.1, 203.0.113.7, 10.0.0.9", "203.0.113.7"),
        ("10.0.0.1", "2001:db8::1:2:3:4", "2001:db8::"),
        ("10.0.0.1", "x" * 500, "x" * 64),
        ("10.0.0.1", "203.0.113.7:50123", "203.0.113.7"),
        ("10.0.0.1", "[2001:db8::1:2:3:4]:50123", "2001:db8::"),
        ("10.0.0.1", "203.0.113.7, ::ffff:10.0.0.9", "203.0.113.7"),
        ("10.0.0.1", "203.0.113.7, 10.0.0.9:443", "203.0.113.7"),
        ("::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.1", "10.0.7.7, 10.0.0.9", "10.0.7.7"),
        ("10.0.0.1", None, "10.0.0.1"),
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
    ],
)
def test_behind_a_known_proxy_the_last_stranger_is_counted_and_among_proxies_the_first(
    peer: str, forwarded: str | None, address: str
) -> None:
    admission = Admission(Limits(10, viewers_per_address=1), proxies=[ip_network("10.0.0.0/8")])
    assert admission.address(peer, {"x-forwarded-for": forwarded} if forwarded else {}) == address


def test_where_addresses_are_not_counted_none_is_kept() -> None:
    assert Admission(Limits(10)).address("203.0.113.7", {}) == ""


async def test_a_storm_is_refused_before_the_upgrade_while_viewers_go_on_seeing_changes(start: Start) -> None:
    async with start(joins_per_second=20, joins_burst=30) as broadcast:
        await broadcast.show(1)
        async with broadcast.live() as viewer:
            await frame(viewer)

            async def knock() -> tuple[int, bytes]:
                reader, writer = await broadcast.raw(UPGRADE)
                async with asyncio.timeout(10):
                    head = await reader.readuntil(b"\r\n\r\n")
                    refused = head.startswith(b"HTTP/1.1 503")
                    answer = (503, head + await reader.read()) if refused else (101, head)
                writer.close()
                return answer

            knocks = [asyncio.create_task(knock()) for _ in range(300)]
            await broadcast.publish(2, {"1": {"name": "Ada"}})
            assert (await frame(viewer))["seq"] == 2
            answers = await asyncio.gather(*knocks)
            assert 29 <= sum(status == 101 for status, _ in answers) < 100
            refused = [data for status, data in answers if status == 503]
            assert all(b'"code":"too_fast"' in data and b"Retry-After: " in data for data in refused)

        async def open_again() -> bool:
            async with broadcast.http.get(f"{broadcast.url}/live/events?c={CHANNEL}") as answer:
                return answer.status == 200

        await until(open_again)


async def test_one_address_that_comes_again_and_again_is_refused_and_another_is_not(start: Start) -> None:
    async with start(joins_per_minute_per_address=2, proxies=["127.0.0.0/8"]) as broadcast:
        await broadcast.show(1)
        codes = []
        for address in ["203.0.113.7"] * 3 + ["203.0.113.8"]:
            head = UPGRADE.replace(b"Host: x", b"Host: x\r\nX-Forwarded-For: " + address.encode())
            reader, writer = await broadcast.raw(head)
            async with asyncio.timeout(5):
                codes.append(int((await reader.readline()).split()[1]))
            if codes[-1] == 503:
                assert b"address_too_fast" in await reader.read()
            writer.close()
        assert codes == [101, 101, 503, 101]
