"""docker-compose.yml: valid, true to the services, nothing open, no secret that anybody knows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.deploy.compose_file import COPIES, FILE, ROOT, compose, environment, three
from tests.deploy.settings_given import settings_given


@pytest.mark.parametrize("file", [FILE, ROOT / "deploy" / "compose" / "tls.yml"], ids=lambda file: file.name)
def test_it_fits_the_schema_of_compose_files(file: Path) -> None:
    tool = shutil.which("check-jsonschema", path=str(Path(sys.executable).parent))
    assert tool is not None, "check-jsonschema is a development dependency"
    done = subprocess.run(
        [tool, "--builtin-schema", "vendor.compose-spec", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", COPIES)
def test_settings_are_ones_the_services_have(name: str) -> None:
    service = name.partition("-")[0]
    for file, copies in ((compose(), 1), (three(), 3)):
        given = environment(file["services"][name])
        mongo = {f"{service.upper()}_MONGO": "mongodb://mongo"} if service != "broadcast" else {}
        settings = settings_given(service, given | mongo)
        assert settings.engine == "cluster"
        assert settings.kafka_replication == copies
        assert len(settings.kafka.split(",")) == copies


def test_files_and_services_that_are_pointed_at_exist() -> None:
    file = compose()
    for name, service in file["services"].items():
        for wanted in service.get("depends_on", {}):
            assert wanted in file["services"], name
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in file["volumes"], volume
        for network in service.get("networks", ()):
            assert network in file["networks"], name
    front = (ROOT / "deploy" / "nginx" / "copies" / "compose.conf").read_text()
    lists = [re.findall(r"server ([\w-]+):", one) for one in front.split("upstream ")[1:]]
    assert {name for names in lists for name in names} == set(COPIES)
    for names in lists:
        assert names == [copy for copy in COPIES if copy.startswith(names[0].partition("-")[0])], "all of one service"
    collected = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())
    targets = [
        one for job in collected["scrape_configs"] for group in job["static_configs"] for one in group["targets"]
    ]
    assert sorted(target.partition(":")[0] for target in targets) == sorted(COPIES)


def test_only_the_front_door_and_the_dashboard_can_be_reached_and_by_default_only_from_here() -> None:
    file = compose()
    assert file["networks"]["inside"]["internal"] is True
    published = {name: service["ports"] for name, service in file["services"].items() if "ports" in service}
    assert published == {"front": ["127.0.0.1:8080:8080"], "grafana": ["127.0.0.1:3000:3000"]}
    for name, service in file["services"].items():
        if name not in published:
            assert service.get("networks") == ["inside"] or service.get("network_mode") == "none", name


def test_containers_have_no_privilege_and_services_cannot_change_their_file_system() -> None:
    for name, service in compose()["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("cap_add", []) == (["CHOWN"] if name == "secrets" else [])
        if name in [*COPIES, "front", "keys"]:
            assert service["read_only"] is True, name
    assert "keys:/keys" in str(compose()["services"]["registration-1"]["volumes"])
    for name in ("livescore-1", "broadcast-1"):
        assert "keys:" not in str(compose()["services"][name].get("volumes", "")), "the private key is registration's"


def test_a_stop_is_waited_for() -> None:
    services = compose()["services"]
    drain = settings_given("broadcast", environment(services["broadcast-1"])).drain_seconds
    assert int(services["broadcast-1"]["stop_grace_period"].removesuffix("s")) > drain + 10


def test_a_quorum_of_three_has_the_three_brokers_in_it() -> None:
    file = three()
    nodes = {name: environment(service) for name, service in file["services"].items() if name.startswith("kafka-")}
    assert {f"{given['KAFKA_NODE_ID']}@{name}:9093" for name, given in nodes.items()} == set(
        nodes["kafka-1"]["KAFKA_CONTROLLER_QUORUM_VOTERS"].split(",")
    )
    assert {given["KAFKA_DEFAULT_REPLICATION_FACTOR"] for given in nodes.values()} == {"3"}
    assert {given["KAFKA_MIN_INSYNC_REPLICAS"] for given in nodes.values()} == {"2"}


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
@pytest.mark.skipif(shutil.which("setpriv") is None, reason="no setpriv here (Debian package util-linux)")
def test_passwords_are_made_once_and_each_is_for_its_reader_alone(tmp_path: Path) -> None:
    for folder in ("mongo", "services"):
        (tmp_path / folder).mkdir()

    def make() -> None:
        script = ["sh", str(ROOT / "deploy" / "compose" / "secrets.sh")]
        # As in the container: root with nothing but chown.
        command = ["setpriv", "--bounding-set=-all,+chown", "--inh-caps=-all", "--no-new-privs", *script]
        subprocess.run(command, env={"PATH": os.environ["PATH"], "FOR": str(tmp_path)}, check=True)

    def found() -> dict[str, str]:
        return {file.relative_to(tmp_path).as_posix(): file.read_text() for file in tmp_path.rglob("*.*")} | {
            "uri": (tmp_path / "services" / "mongo-uri").read_text()
        }

    make()
    first = found()
    password = first["mongo/showcase.password"].strip()
    assert len(password) == 32
    assert f"//showcase:{password}@mongo:27017/" in first["uri"]
    assert len({*first.values()}) == 4
    owners = {file.name: (file.stat().st_uid, file.stat().st_mode & 0o777) for file in tmp_path.rglob("*[!s]")}
    assert owners["set.key"] == owners["root.password"] == owners["showcase.password"] == (999, 0o400)
    assert owners["mongo-uri"] == (10001, 0o400)
    make()
    assert found() == first, "a second start changes nothing"
    (tmp_path / "services" / "mongo-uri").unlink()  # the first start was cut off
    make()
    assert found()["mongo/root.password"] != first["mongo/root.password"]
