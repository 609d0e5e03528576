"""Settings under which the promises would not hold: each row of the table is refused, or warned of, in plain words.

The table is in docs/operations.md. What is wrong with values is a pure function of them, so rows are tested on values;
that the values are those of the running engine is tested below, on real files and folders.
"""

from __future__ import annotations

import json
import logging
import os
import re
from dataclasses import replace
from datetime import UTC, datetime
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from services.broadcast.settings import Settings as Broadcast
from services.registration.settings import Settings as Registration
from shared.contracts.viewer import MAX_FROM_VIEWER
from shared.errors import BadStart
from shared.logs import configure
from shared.selfcheck import Facts, Finding, check, doubt
from shared.selfcheck.edge import edge
from shared.selfcheck.machine import ZONES, file_system, machine
from shared.selfcheck.sqlite import sqlite
from shared.sqlite import SqliteFile
from tests.faults.unsafe import BUS, CLIENTS, HERE, MONGO_DOOR, REFUSED, SAFE, STORE, WARNED

ROOT = Path(__file__).parents[2]


def name_of(case: object) -> str | None:
    return case if isinstance(case, str) and len(case) < 30 else None


@pytest.mark.parametrize("facts", SAFE, ids=lambda facts: type(facts).__name__)
def test_what_is_safe_starts_without_a_word(facts: Facts) -> None:
    assert check(False, facts) == []


@pytest.mark.parametrize(("row", "facts", "word"), REFUSED, ids=name_of)
def test_what_is_unsafe_is_refused_in_plain_words(row: str, facts: Facts, word: str) -> None:
    found = [finding for finding in facts.findings() if finding.refused]
    assert [finding.row for finding in found] == [row]
    assert word in found[0].says
    with pytest.raises(BadStart, match=rf"\({row}\)$"):
        check(False, facts)


@pytest.mark.parametrize(("row", "facts", "word"), WARNED, ids=name_of)
def test_what_is_doubtful_is_warned_of_and_starts(row: str, facts: Facts, word: str) -> None:
    [found] = check(False, facts)
    assert (found.row, found.refused) == (row, False)
    assert word in found.says


def test_every_reason_has_a_line_of_its_own_and_no_warning_among_them() -> None:
    with pytest.raises(BadStart) as refusal:
        check(
            False, replace(CLIENTS, acks=0, idempotent=False), replace(BUS, eligible_leaders=False), replace(STORE, w=1)
        )
    assert [line[-5:] for line in refusal.value.lines] == ["(C16)", "(C16)", "(C22)"]


def test_whoever_accepts_it_gets_each_as_a_warning_in_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    configure("livescore")
    try:
        found = check(True, replace(CLIENTS, acks=0), replace(HERE, folder_mode=0o755))
    finally:
        logging.getLogger().handlers.clear()
    assert [finding.row for finding in found] == ["C16", "C29"]
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [(line["level"], line["event"], line["row"]) for line in lines] == [
        ("warning", "unsafe setting", "C16"),
        ("warning", "doubtful setting", "C29"),
    ]


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost"])
def test_one_machine_for_itself_needs_no_proxy_and_no_password(host: str) -> None:
    uri = f"mongodb://{'[::1]' if ':' in host else host}:27017,127.0.0.2:27018/?x=1"
    assert check(False, replace(MONGO_DOOR, host=host, proxies=(), mongo=uri, public_url="http://127.0.0.1:8081")) == []


def test_a_password_is_never_repeated() -> None:
    found = list(replace(MONGO_DOOR, mongo="mongodb://root:example@db1/").findings())
    assert [finding for finding in found if "example" in finding.says] == []


def test_settings_are_looked_at_as_they_are() -> None:
    given = Broadcast(host="0.0.0.0", origins=("*",), proxies=(IPv4Network("10.0.0.0/8"),))
    facts = edge(given)
    assert (facts.prefix, facts.host, facts.origins, facts.proxies) == (
        "BROADCAST_",
        "0.0.0.0",
        ("*",),
        ("10.0.0.0/8",),
    )
    assert edge(Registration(public_url="http://scores.example.org")).public_url == "http://scores.example.org"
    assert [finding.row for finding in edge(Broadcast()).findings()] == []


async def test_a_file_as_the_services_open_it_is_safe(tmp_path: Path) -> None:
    async with SqliteFile(tmp_path / "livescore.db", "", secure_delete=True) as file:
        assert check(False, await sqlite(file, people=True)) == []
    async with SqliteFile(tmp_path / "people.db", "") as file:
        assert [finding.row for finding in (await sqlite(file, people=True)).findings()] == ["C8"]


async def test_what_a_connection_really_does_is_read_back_from_it(tmp_path: Path) -> None:
    async with SqliteFile(tmp_path / "livescore.db", "") as file:
        await file.write(lambda db: db.set_busy_timeout(0))
        assert [finding.row for finding in (await sqlite(file)).findings()] == ["C5"]


def test_a_folder_and_keys_are_looked_at_as_they_are(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    keys.mkdir()
    for name in ("signing.pem", "organiser.link", "jwks.json"):
        (keys / name).touch(mode=0o644)
    tmp_path.chmod(0o755)
    facts = machine(tmp_path, keys=keys, zones=ZONES)
    assert [finding.row for finding in facts.findings()] == ["C27", "C27", "C29"]
    (keys / "signing.pem").chmod(0o600)
    (keys / "organiser.link").chmod(0o600)
    tmp_path.chmod(0o700)
    assert check(False, machine(tmp_path, keys=keys, zones=ZONES)) == []


def test_a_clock_that_went_back_is_seen_in_the_files(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (tmp_path / "livescore.db").touch()
    ahead = datetime.now(UTC).timestamp() + 3600
    os.utime(tmp_path / "livescore.db", (ahead, ahead))
    assert [finding.row for finding in machine(tmp_path).findings()] == ["C30"]


def test_time_zones_that_nobody_knows_are_missed(tmp_path: Path) -> None:
    facts = machine(tmp_path, holds_data=False, zones=("Europe/London", "Atlantis/Poseidonis"))
    assert facts.missing_zones == ("Atlantis/Poseidonis",)


MOUNTS = r"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:26 / /srv rw - nfs4 server:/srv rw
31 30 8:2 / /srv/local\040disk rw - xfs /dev/sdb1 rw
32 22 0:40 / /srv/data rw - tmpfs tmpfs rw
33 32 0:41 / /srv/data rw - fuse.sshfs host:/ rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/showcase", "ext4"),
        ("/srv/showcase", "nfs4"),
        ("/srv/local disk/showcase", "xfs"),
        ("/srv/data", "fuse.sshfs"),
        ("/srv-other", "ext4"),
    ],
)
def test_the_file_system_is_that_of_the_nearest_mount(path: str, kind: str) -> None:
    assert file_system(Path(path), MOUNTS) == kind


def test_without_a_list_of_mounts_nothing_is_said() -> None:
    assert file_system(Path("/srv"), "") is None


def test_a_viewer_can_send_next_to_nothing() -> None:
    assert MAX_FROM_VIEWER <= 64 * 1024  # C28


def test_the_page_lists_every_row_as_it_is_treated() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    listed = dict(re.findall(r"^\| (C[0-9]+) \| [^|]+ \| ([^|]+) \|$", page, re.MULTILINE))
    refused, warned = {row for row, *_ in REFUSED}, {row for row, *_ in WARNED}
    assert {row for row, how in listed.items() if how.startswith("refused")} == refused
    assert {row for row, how in listed.items() if how == "warned of"} == warned - refused
    elsewhere = {row: how for row, how in listed.items() if row not in refused | warned}
    for row, how in elsewhere.items():
        paths = re.findall(r"`([\w/.-]+)`", how)
        assert paths, f"{row} is neither refused nor warned of, and nothing says where it is kept"
        assert [path for path in paths if not (ROOT / path).exists()] == []
    assert list(listed) == [f"C{number}" for number in range(1, len(listed) + 1)]


def test_a_doubt_is_a_finding_that_does_not_refuse() -> None:
    assert doubt("C6", "x") == Finding("C6", "x", refused=False)
