"""docker-compose.yml: valid, true to the services, nothing open, no secret that anybody knows."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.serve import SERVICES
from tests.deploy.settings_given import settings_given

ROOT = Path(__file__).parents[2]
FILE = ROOT / "docker-compose.yml"
COPIES = [f"{service}-{n}" for service in SERVICES for n in (1, 2)]


@lru_cache
def compose(**variables: str) -> dict[str, Any]:
    """The file with its variables filled in, those with a default by it."""

    def value(found: re.Match[str]) -> str:
        return variables.get(found[1], found[2])

    text = re.sub(r"(?<!\$)\$\{(\w+):-([^}]*)\}", value, FILE.read_text())
    assert "${" not in text, "every variable needs a default: one command has to do"
    return dict(yaml.safe_load(text))


def three() -> dict[str, Any]:
    lines = (ROOT / "deploy" / "compose" / "three.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    unused = {name for name in given if f"${{{name}:-" not in FILE.read_text()} - {"COMPOSE_PROFILES"}
    assert not unused, f"{unused} are obeyed by nobody"
    return compose(**given)


def environment(service: dict[str, Any]) -> dict[str, str]:
    return {key: str(value) for key, value in service.get("environment", {}).items()}


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
    assert sorted(re.findall(r"server ([\w-]+):", front)) == sorted(COPIES)
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
