"""A service that would break its promises does not start: exit code 2, a line for each reason; unless that is accepted.

On the embedded engine, and on a cluster of a single broker, as processes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from shared.ids import new_id
from tests.faults.command import run, started

OPEN = {"BROADCAST_ORIGINS": '["*"]', "BROADCAST_PROXIES": '["0.0.0.0/0"]'}


def reasons(stderr: str) -> list[str]:
    """The rows that were refused; warnings are log lines and none of them."""
    said = [line for line in stderr.splitlines() if not line.startswith("{")]
    assert [line for line in said if not line.startswith("showcase: ")] == []
    return [line.rpartition("(")[2].rstrip(")") for line in said]


def test_every_unsafe_setting_has_a_line(tmp_path: Path) -> None:
    ended = run("serve", "broadcast", "--data", str(tmp_path), "--port", "0", **OPEN)
    assert ended.returncode == 2
    assert reasons(ended.stderr) == ["C27", "C27"]
    assert "BROADCAST_ORIGINS" in ended.stderr
    assert "BROADCAST_PROXIES" in ended.stderr


def test_the_whole_showcase_says_all_of_them_too(tmp_path: Path) -> None:
    ended = run("up", "--data", str(tmp_path), "--port", "0", **OPEN)
    assert ended.returncode == 2
    assert reasons(ended.stderr) == ["C27", "C27"]


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with started(tmp_path / "log", "serve", "registration", "--data", str(data), "--port", "0") as service:
        service.wait_for(r'"port":\d+')
    (data / "keys" / "organiser.link").chmod(0o644)
    ended = run("serve", "registration", "--data", str(data), "--port", "0")
    assert ended.returncode == 2
    assert reasons(ended.stderr) == ["C27"]
    assert "organiser.link" in ended.stderr


def test_whoever_accepts_it_starts_and_is_warned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**OPEN, "BROADCAST_UNSAFE": "true"}.items():
        monkeypatch.setenv(name, value)
    with started(tmp_path / "log", "serve", "broadcast", "--data", str(tmp_path / "data"), "--port", "0") as service:
        service.wait_for(r'"port":\d+')
        lines = [json.loads(line) for line in service.said().splitlines()]
    assert [line["row"] for line in lines if line.get("event") == "unsafe setting"] == ["C27", "C27"]


@pytest.fixture
def cluster(kafka_servers: str, mongo_uri: str, mongo_database: str) -> Mapping[str, str]:
    """Settings of livescore for a cluster of one broker."""
    return {
        "LIVESCORE_ENGINE": "cluster",
        "LIVESCORE_KAFKA": kafka_servers,
        "LIVESCORE_KAFKA_PREFIX": f"unsafe-{new_id()}.",
        "LIVESCORE_KAFKA_REPLICATION": "1",
        "LIVESCORE_MONGO": mongo_uri,
        "LIVESCORE_MONGO_DATABASE": mongo_database,
    }


def test_a_cluster_of_one_broker_is_refused(tmp_path: Path, cluster: Mapping[str, str]) -> None:
    ended = run("serve", "livescore", "--data", str(tmp_path), "--port", "0", **cluster)
    assert ended.returncode == 2, ended.stderr
    assert set(reasons(ended.stderr)) == {"C10", "C11"}
    assert "LIVESCORE_KAFKA_REPLICATION is 1" in ended.stderr


def test_a_cluster_of_one_broker_starts_where_that_is_accepted(
    tmp_path: Path, cluster: Mapping[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**cluster, "LIVESCORE_UNSAFE": "true"}.items():
        monkeypatch.setenv(name, value)
    with started(tmp_path / "log", "serve", "livescore", "--data", str(tmp_path / "data"), "--port", "0") as service:
        service.wait_for(r'"port":\d+')
        lines = [json.loads(line) for line in service.said().splitlines()]
    assert {line["row"] for line in lines if line.get("event") == "unsafe setting"} == {"C10", "C11"}
    assert "C14" in {line["row"] for line in lines if line.get("event") == "doubtful setting"}
