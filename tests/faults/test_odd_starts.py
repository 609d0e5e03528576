"""Starts that are unusual and have to work: on IPv6 alone, and without a standard input."""

import signal
import socket
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.faults.command import started


def _has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not _has_ipv6(), reason="no IPv6 here")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_a_showcase_on_ipv6_says_addresses_that_can_be_opened(host: str, tmp_path: Path) -> None:
    data, where = tmp_path / "data", ("--host", host, "--address", "::1", "--port", "0")
    with started(tmp_path / "up.log", "up", "--data", str(data), *where, "--broadcast-processes", "2") as command:
        people = command.wait_for(r"Open\s+(http://\[::1\]:\d+/)")[1]
        own = command.wait_for(r"processes are at (\S+/readyz)")[1]
        for address in (people, own, f"{people}livez"):
            with urlopen(address, timeout=10) as answer:
                assert answer.status == 200
        assert (data / "keys" / "organiser.link").read_text().startswith("http://[::1]:")
        assert command.end(signal.SIGTERM) == 0


def test_a_showcase_whose_standard_input_is_closed_starts_and_stops(tmp_path: Path) -> None:
    closed = ("/bin/sh", "-c", 'exec "$@" <&-', "sh")
    with started(tmp_path / "up.log", "up", "--data", str(tmp_path / "data"), "--port", "0", under=closed) as command:
        command.wait_for(r"Open\s+http")
        assert len(command.children()) == 3
        assert command.end(signal.SIGTERM) == 0
