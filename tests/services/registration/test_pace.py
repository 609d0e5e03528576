from __future__ import annotations

from ipaddress import ip_network

import pytest

from services.registration.pace import Pace, TooMany, counted_address


def test_a_class_may_register_at_once_and_then_at_the_steady_pace() -> None:
    pace = Pace(per_minute=20, burst=60)
    for _ in range(60):
        pace.take("192.0.2.1", 1000.0)
    with pytest.raises(TooMany) as refused:
        pace.take("192.0.2.1", 1000.0)
    assert refused.value.extra["retry_after_seconds"] == 4
    pace.take("192.0.2.2", 1000.0)
    pace.take("192.0.2.1", 1003.1)
    with pytest.raises(TooMany):
        pace.take("192.0.2.1", 1003.2)


def test_refused_tries_do_not_keep_an_address_out_for_longer() -> None:
    pace = Pace(per_minute=60, burst=1)
    pace.take("192.0.2.1", 0.0)
    for tenth in range(1, 10):
        with pytest.raises(TooMany):
            pace.take("192.0.2.1", tenth / 10)
    pace.take("192.0.2.1", 1.01)


@pytest.mark.parametrize(
    ("remote", "forwarded", "counted"),
    [
        ("192.0.2.1", None, "192.0.2.1"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("::1", "2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2:ffff::1", None, "2001:0db8:0001:0002"),
        ("127.0.0.1", "nonsense", "127.0.0.1"),
        (None, None, "unknown"),
    ],
)
def test_the_counted_address_cannot_be_forged_from_outside(
    remote: str | None, forwarded: str | None, counted: str
) -> None:
    assert counted_address(remote, forwarded) == counted


@pytest.mark.parametrize(
    ("remote", "forwarded", "counted"),
    [
        ("10.1.2.3", "203.0.113.9", "203.0.113.9"),
        ("10.1.2.3", "198.51.100.1, 203.0.113.9, 10.9.9.9", "203.0.113.9"),
        ("192.0.2.1", "203.0.113.9", "192.0.2.1"),
    ],
)
def test_proxies_that_the_operator_named_are_believed(remote: str, forwarded: str, counted: str) -> None:
    assert counted_address(remote, forwarded, [ip_network("10.0.0.0/8")]) == counted
