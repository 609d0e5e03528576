"""The worker that keeps the judge's page: what it lists is all the page needs, each file by its content."""

import re
from pathlib import Path

import orjson
import pytest

from shared.http.files import File
from shared.http.offline import worker
from tests.services.livescore.service import Livescore

pytestmark = pytest.mark.asyncio(loop_scope="module")

_SCRIPT = File.of(b"addEventListener('install', () => {});", ".js")


def _listed(script: bytes) -> dict[str, str]:
    found = re.search(rb"const FILES = (\{.*?\});", script, re.DOTALL)
    assert found is not None
    return dict(orjson.loads(found.group(1)))


async def test_a_worker_at_the_root_lists_all_files_of_the_judges_page_as_they_are_served(refusing: Livescore) -> None:
    async with refusing.session.get("/judge-worker.js") as answer:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.headers["Cache-Control"] == "no-cache"
        listed = _listed(await answer.read())
    assert {"/judge", "/livescore/judge.js", "/shared/http.js", "/livescore/words/judge.zh.json"} <= listed.keys()
    assert "/livescore/schemes.js" not in listed
    for address, digest in listed.items():
        async with refusing.session.get(address) as file:
            assert file.headers["ETag"] == f'"{digest}"', address


async def test_every_module_that_a_listed_one_imports_is_listed_too() -> None:
    root = Path(__file__).parents[3]
    files = {f"/livescore/{one.name}": File.read(one) for one in (root / "services/livescore/web").glob("*.js")}
    files |= {f"/shared/{one.name}": File.read(one) for one in (root / "shared/web").iterdir()}
    files["/judge"] = File.read(root / "services/livescore/web/judge.html")
    listed = _listed(worker(_SCRIPT, "/judge", files).content)
    for address in listed:
        for name in re.findall(rb'from "(?:\./|/)([\w./-]+)"', files[address].content):
            assert any(one.endswith(name.decode()) for one in listed), f"{address} needs {name.decode()}"


@pytest.mark.parametrize(("changed", "same"), [("/x/a.js", False), ("/x/words.zh.json", False), ("/x/other.js", True)])
async def test_a_worker_changes_exactly_when_a_file_of_its_page_does(changed: str, same: bool) -> None:
    files = {
        "/page": File.of(b'<script src="/x/a.js"></script>', ".html"),
        "/x/a.js": File.of(b'import "./b.js"; speak("/x/words");', ".js"),
        "/x/b.js": File.of(b"1", ".js"),
        "/x/words.en.json": File.of(b"{}", ".json"),
        "/x/words.zh.json": File.of(b"{}", ".json"),
        "/x/other.js": File.of(b"2", ".js"),
    }
    before = worker(_SCRIPT, "/page", files)
    assert _listed(before.content).keys() == files.keys() - {"/x/other.js"}
    after = worker(_SCRIPT, "/page", {**files, changed: File.of(files[changed].content + b" ", ".js")})
    assert (before.content == after.content) is same
