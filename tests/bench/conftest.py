"""The programs in C that measurements need, compiled once."""

import shutil
from pathlib import Path

import pytest

from bench.programs import built


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for them."""
    if not (shutil.which("cc") or shutil.which("gcc")) or not Path("/usr/include/zlib.h").exists():
        pytest.skip("not run: no C compiler or no zlib headers on this machine")
    return tmp_path_factory.mktemp("programs")


@pytest.fixture(scope="session")
def client(workshop: Path) -> Path:
    return built("client", workshop)


@pytest.fixture(scope="session")
def limit(workshop: Path) -> Path:
    return built("wall", workshop)
