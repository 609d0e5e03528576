"""What an overlay of deploy/kubernetes really is: put together by kustomize, looked at by kind and name."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
KUBERNETES = ROOT / "deploy" / "kubernetes"
KUSTOMIZE = shutil.which("kustomize") or shutil.which("kustomize", path=str(ROOT / ".cache" / "kustomize"))
OVERLAYS = ("small", "event")
needs_kustomize = pytest.mark.skipif(KUSTOMIZE is None, reason="no kustomize here (scripts/kustomize.sh builds it)")

Manifest = dict[str, Any]


@lru_cache
def built(overlay: str) -> tuple[Manifest, ...]:
    assert KUSTOMIZE is not None
    folder = KUBERNETES / "overlays" / overlay
    done = subprocess.run([KUSTOMIZE, "build", folder], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "deprecated" not in done.stderr, done.stderr
    return tuple(yaml.safe_load_all(done.stdout))


def of_kind(overlay: str, kind: str) -> dict[str, Manifest]:
    return {one["metadata"]["name"]: one for one in built(overlay) if one["kind"] == kind}


def pod(deployment: Manifest) -> Manifest:
    found: Manifest = deployment["spec"]["template"]["spec"]
    return found


def container(deployment: Manifest) -> Manifest:
    (only,) = pod(deployment)["containers"]
    return dict(only)


def environment(overlay: str, deployment: Manifest) -> dict[str, str]:
    """What the container is given, with a made-up text for each secret."""
    given: dict[str, str] = {}
    for source in container(deployment).get("envFrom", ()):
        given |= of_kind(overlay, "ConfigMap")[source["configMapRef"]["name"]]["data"]
    for one in container(deployment).get("env", ()):
        given[one["name"]] = one.get("value", "mongodb://user:a-long-made-up-word@mongo:27017/?replicaSet=rs0")
    return given
