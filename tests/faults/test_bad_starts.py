"""A start that cannot succeed says one clear line and ends with 2: no stack trace, nothing left running."""

import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.lifecycle import FORMAT
from tests.faults.command import run, started


@pytest.fixture
def taken_port() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield str(server.getsockname()[1])


def assert_refused(ended: subprocess.CompletedProcess[str], *words: str) -> None:
    assert ended.returncode == 2, ended.stderr
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, ended.stderr
    assert lines[0].startswith("showcase: ")
    for word in words:
        assert word in lines[0]


@pytest.mark.parametrize("service", ["registration", "livescore", "broadcast"])
def test_a_service_on_a_port_in_use_names_the_port(service: str, taken_port: str, tmp_path: Path) -> None:
    assert_refused(run("serve", service, "--data", str(tmp_path), "--port", taken_port), taken_port, "in use")


def test_the_whole_showcase_on_a_port_in_use_names_the_port(taken_port: str, tmp_path: Path) -> None:
    ended = run("up", "--data", str(tmp_path), "--port", taken_port)
    assert_refused(ended, taken_port, "in use", "--port")


def test_more_ports_than_there_are_behind_the_first_one_are_named(tmp_path: Path) -> None:
    ended = run("up", "--data", str(tmp_path), "--port", "65533", "--broadcast-processes", "2")
    assert_refused(ended, "5 ports from 65533 on", "--port")


@pytest.mark.parametrize("service", ["registration", "livescore", "broadcast"])
def test_bad_settings_are_named_all_at_once(service: str, tmp_path: Path) -> None:
    port, level = f"{service.upper()}_PORT", f"{service.upper()}_LOG_LEVEL"
    ended = run("serve", service, "--data", str(tmp_path), **{port: "abc", level: "shout"})
    assert_refused(ended, "bad setting", port, level)


def test_a_list_that_is_no_json_is_named(tmp_path: Path) -> None:
    ended = run("serve", "broadcast", "--data", str(tmp_path), BROADCAST_PROXIES="10.0.0.0/8")
    assert_refused(ended, "bad setting", "BROADCAST_PROXIES", "JSON")


def test_a_misspelt_setting_is_named_because_nobody_would_obey_it(tmp_path: Path) -> None:
    ended = run("serve", "livescore", "--data", str(tmp_path), LIVESCORE_PROT="9000")
    assert_refused(ended, "bad setting", "LIVESCORE_PROT", "no such setting")


def test_a_bad_setting_of_one_service_ends_the_whole_start_with_its_line(tmp_path: Path) -> None:
    ended = run("up", "--data", str(tmp_path), "--port", "0", LIVESCORE_BOARD_INTERVAL_SECONDS="soon")
    assert_refused(ended, "bad setting", "LIVESCORE_BOARD_INTERVAL_SECONDS")


@pytest.mark.parametrize("command", [("serve", "livescore"), ("up",)])
def test_a_data_folder_of_another_format_is_left_alone(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "format").write_text("999")
    assert_refused(run(*command, "--data", str(tmp_path), "--port", "0"), "999", FORMAT)
    assert not (tmp_path / "livescore.db").exists()


def test_a_format_that_is_not_even_text_is_another_format(tmp_path: Path) -> None:
    (tmp_path / "format").write_bytes(b"\xff\xfe\x80")
    assert_refused(run("serve", "livescore", "--data", str(tmp_path), "--port", "0"), str(tmp_path), FORMAT)


@pytest.mark.parametrize("command", [("serve", "livescore"), ("serve", "registration"), ("up",)])
def test_a_folder_that_cannot_be_written_is_named(command: tuple[str, ...]) -> None:
    assert_refused(run(*command, "--data", "/proc/nowhere", "--port", "0"), "cannot write", "/proc/nowhere")


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    assert_refused(run("up", "--data", str(tmp_path / "file"), "--port", "0"), "cannot write")


def test_a_ledger_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "livescore.db").write_text("something else entirely, and longer than a database's header is" * 40)
    before = (tmp_path / "livescore.db").read_bytes()
    assert_refused(run("serve", "livescore", "--data", str(tmp_path), "--port", "0"), "livescore.db")
    assert (tmp_path / "livescore.db").read_bytes() == before


def test_a_second_copy_of_a_service_on_one_folder_is_refused(tmp_path: Path) -> None:
    with started(tmp_path / "first.log", "serve", "livescore", "--data", str(tmp_path), "--port", "0") as first:
        first.wait_for(r'"port":\d+')
        ended = run("serve", "livescore", "--data", str(tmp_path), "--port", "0")
        assert_refused(ended, "another livescore already runs", str(tmp_path))
        assert first.process.poll() is None


def test_a_second_copy_of_the_whole_showcase_on_one_folder_is_refused(tmp_path: Path) -> None:
    with started(tmp_path / "first.log", "up", "--data", str(tmp_path / "data"), "--port", "0") as first:
        first.wait_for(r"Open\s+http")
        ended = run("up", "--data", str(tmp_path / "data"), "--port", "0")
        assert_refused(ended, "already runs", str(tmp_path / "data"))
        assert len(first.children()) == 3


def test_an_event_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    ended = run("demo", "--once", "--event", str(tmp_path / "nowhere"))
    assert_refused(ended, str(tmp_path / "nowhere"))


def test_an_import_into_a_showcase_that_does_not_run_says_so(tmp_path: Path) -> None:
    ended = run("import", "examples/reference-event", "--data", str(_with_a_link(tmp_path)), "--port", "1")
    assert_refused(ended, "nothing answers", "showcase up")


def _with_a_link(data: Path) -> Path:
    (data / "keys").mkdir()
    (data / "keys" / "organiser.link").write_text("http://127.0.0.1:2/organise#token=none")
    return data


def test_an_event_folder_with_broken_yaml_is_named(tmp_path: Path) -> None:
    (tmp_path / "showcase.yaml").write_text("showcase: {id: [unclosed\n")
    assert_refused(run("demo", "--once", "--event", str(tmp_path)), str(tmp_path))
