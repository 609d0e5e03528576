"""The pages tell the truth: commands exist, settings and codes are listed, links lead somewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.broadcast.settings import Settings as Broadcast
from services.cli import cli
from services.livescore.domain.acts import ADAPTER, OFFICES, SetRules
from services.livescore.edge import PAGES
from services.livescore.settings import Settings as Livescore
from services.registration.settings import Settings as Registration
from shared.contracts.acts import Rules
from shared.contracts.asyncapi import facts_of
from shared.contracts.topics import LIVESCORE, REGISTRATION
from shared.contracts.viewer import CLOSE_CODES

if TYPE_CHECKING:
    from shared.settings import Settings
    from tests.docs.conftest import Pages

FACTS = {name for topic in (REGISTRATION, LIVESCORE) for name in facts_of(topic)}
SERVICES = ("registration", "livescore", "broadcast")


def _commands(text: str) -> list[tuple[str, list[str]]]:
    """Each `showcase NAME` in code, with the options on the same line."""
    found = re.findall(r"(?:`|\.venv/bin/)showcase ([a-z]+(?:-[a-z]+)*)([^`\n#]*)", text)
    return [(name, re.findall(r"--[a-z-]+", rest)) for name, rest in found]


def test_every_command_on_a_page_exists_with_its_options(pages: Pages) -> None:
    used = {page: _commands(text) for page, text in pages.all().items()}
    assert used["README.md"]
    for page, commands in used.items():
        for name, options in commands:
            assert name in cli.commands, f"{page}: showcase {name}"
            known = {option for parameter in cli.commands[name].params for option in parameter.opts}
            assert set(options) <= known, f"{page}: showcase {name} {options}"


def test_the_readme_tells_every_command(pages: Pages) -> None:
    assert {name for name, _ in _commands(pages.text("README.md"))} == set(cli.commands)
    assert {name for name, _ in _commands(pages.text("docs/operations.md"))} == set(cli.commands)


def test_the_readme_and_the_page_of_the_day_tell_every_page(pages: Pages) -> None:
    addresses = {page.path for page in PAGES}
    for page in ("README.md", "docs/the-day.md"):
        named = {f"/{name}" for name in re.findall(r"`/([a-z]+)[`/?]", pages.text(page))}
        assert addresses <= named, page
        assert named - addresses <= {
            "/register",
            "/organise",
            "/s",
            "/healthz",
            "/livez",
            "/readyz",
            "/metrics",
            "/live",
        }, page


def test_every_act_on_a_page_exists(pages: Pages) -> None:
    """What looks like an act's name in code: two words and a hyphen, one of them a verb that acts begin with."""
    verbs = {name.partition("-")[0] for name in OFFICES}
    for page, text in pages.all().items():
        used = {name for name in re.findall(r"`([a-z]+-[a-z]+(?:-[a-z]+)*)`", text) if name.partition("-")[0] in verbs}
        assert used <= OFFICES.keys(), f"{page}: {used - OFFICES.keys()}"


def test_every_make_target_on_a_page_exists(pages: Pages) -> None:
    targets = set(re.findall(r"^([a-z]+):", pages.text("Makefile"), re.MULTILINE))
    for page, text in pages.all().items():
        used = set(re.findall(r"(?:`|^)make ([a-z]+)", text, re.MULTILINE))
        assert used <= targets, f"{page}: make {used - targets}"


@pytest.mark.parametrize("kind", [Registration, Livescore, Broadcast])
def test_every_setting_is_listed_with_its_default(pages: Pages, kind: type[Settings]) -> None:
    prefix = kind.PREFIX
    page = pages.text("docs/operations.md")
    listed = dict(re.findall(rf"^\| `({prefix}[A-Z_]+)` \| `([^`]*)` \|", page, re.MULTILINE))
    assert listed == {prefix + name.upper(): str(field.default) for name, field in kind.model_fields.items()}


def test_every_rule_of_a_competition_is_listed_with_its_default(pages: Pages) -> None:
    page = pages.text("docs/operations.md").partition("## Rules of a competition")[2].partition("\n## ")[0]
    fields = {name: field.get_default(call_default_factory=True) for name, field in Rules.model_fields.items()}
    assert dict(re.findall(r"^\| `([a-z_]+)` \| `([^`]*)` \|", page, re.MULTILINE)) == {
        name: str(default) for name, default in fields.items()
    }
    said = re.search(r"-d '(\{.+?\})'", page, re.DOTALL)
    assert said is not None
    assert isinstance(ADAPTER.validate_json(said[1]), SetRules)


def test_every_metric_on_the_page_exists(pages: Pages) -> None:
    page = pages.text("docs/operations.md").partition("| metric |")[2]
    rows = re.findall(r"^\| ((?:`[a-z_]+`(?:, )?)+) \|", page, re.MULTILINE)
    sources = (
        "shared/metrics.py",
        "shared/figures.py",
        "shared/engine/cluster.py",
        "services/broadcast/figures.py",
        "services/livescore/app.py",
    )
    code = "".join(pages.text(source) for source in sources)
    names = [name for row in rows for name in re.findall(r"`([a-z_]+)`", row)]
    assert "http_request_seconds" in names
    assert [name for name in names if f'"{name}"' not in code and f'_broadcast_{name}"' not in code] == []


def test_every_fact_is_on_its_page_and_nothing_else(pages: Pages) -> None:
    assert set(re.findall(r"^\| `([a-z.0-9-]+)` \|", pages.text("docs/events.md"), re.MULTILINE)) == FACTS


def test_every_close_code_is_on_the_protocols_page(pages: Pages) -> None:
    page = pages.text("docs/protocol.md")
    assert [code for code, one in CLOSE_CODES.items() if f"| {code} | {one.meaning} | {one.action} |" not in page] == []


def test_every_rule_that_is_cited_is_on_the_rules_page(pages: Pages) -> None:
    sources = [*pages.root.glob("services/**/*.py"), *pages.root.glob("shared/**/*.py")]
    cited = {rule for source in sources for rule in re.findall(r"\bR[0-9]{1,3}\b", source.read_text(encoding="utf-8"))}
    assert cited - set(re.findall(r"\bR[0-9]{1,3}\b", pages.text("docs/rules.md"))) == set()


def test_every_file_on_the_rules_page_exists(pages: Pages) -> None:
    folders = (pages.root / name for name in ("services", "shared", "tests", "examples"))
    known = [f"/{path.relative_to(pages.root)}" for folder in folders for path in folder.rglob("*.*")]
    named = set(re.findall(r"`([\w/-]+\.(?:py|js|yaml))`", pages.text("docs/rules.md")))
    assert named
    assert {name for name in named if not any(one.endswith(f"/{name}") for one in known)} == set()


def _rows(page: str, letter: str) -> dict[int, tuple[str, ...]]:
    """The cells of each row that begins with such a number, as R7 or W7."""
    rows = re.findall(rf"^\| {letter}([0-9]+)(?: \(part\))? \| (.+) \|$", page, re.MULTILINE)
    assert len(rows) == len({number for number, _ in rows}), "a number has one row"
    return {int(number): tuple(re.split(r" ?\| ?", cells)) for number, cells in rows}


def test_the_rules_page_has_a_row_for_every_rule_and_every_worked_case(pages: Pages) -> None:
    page = pages.text("docs/rules.md")
    assert list(_rows(page, "R")) == list(range(1, 107))
    assert list(_rows(page, "W")) == list(range(1, 28))


def test_a_rule_is_kept_somewhere_or_not_there(pages: Pages) -> None:
    for number, (asks, kept, tested) in _rows(pages.text("docs/rules.md"), "R").items():
        assert asks.startswith("**not there**") == (not kept), f"R{number}"
        assert kept or not tested, f"R{number}"


def test_every_test_on_the_rules_page_names_its_rule(pages: Pages) -> None:
    files = {path.name: path.read_text(encoding="utf-8") for path in pages.root.glob("tests/**/test_*.py")}
    page = pages.text("docs/rules.md")
    silent = [
        f"{letter}{number}: {name}"
        for letter in "RW"
        for number, (*_, tested) in _rows(page, letter).items()
        for name in re.findall(r"`(test_\w+\.py)`", tested)
        if not re.search(rf"(?<![A-Za-z0-9]){letter}{number}(?![0-9])", files[name], re.IGNORECASE)
    ]
    assert silent == []


def test_the_decisions_index_is_complete(pages: Pages) -> None:
    folder = pages.root / "docs" / "adr"
    files = sorted(path.name for path in folder.glob("[0-9]*.md"))
    index = re.findall(r"^\| ([0-9]+) \| \[(.+)\]\((.+)\) \| .+ \|$", pages.text("docs/adr/README.md"), re.MULTILINE)
    assert [name for _, _, name in index] == files
    for place, (number, title, name) in enumerate(index, start=1):
        assert int(number) == int(name[:4]) == place
        text = (folder / name).read_text(encoding="utf-8")
        assert text.startswith(f"# {number}. {title}\n")
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == ["Context", "Decision", "Consequences"]


def test_every_service_is_described_under_the_same_headings(pages: Pages) -> None:
    for service in SERVICES:
        headings = re.findall(r"^## (.+)$", pages.text(f"services/{service}/README.md"), re.MULTILINE)
        assert headings == ["Owns", "Commands", "Publishes", "Consumes", "Fails how"], service


def test_every_link_and_picture_leads_somewhere(pages: Pages) -> None:
    for page, text in pages.all().items():
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if not re.match(r"https?:|#", target):
                place = (pages.root / page).parent / target.partition("#")[0]
                assert place.exists(), f"{page}: {target}"


def test_no_page_knows_the_machine_it_was_written_on(pages: Pages) -> None:
    folders = re.compile(r"(?<![\w.<>/])/(?:work|home|root|tmp|mnt|Users)/")
    found: Mapping[str, list[str]] = {page: folders.findall(text) for page, text in pages.all().items()}
    assert {page for page, folder in found.items() if folder} == set()


def test_the_readme_opens_with_the_flow_the_two_commands_and_a_picture(pages: Pages) -> None:
    title, flow, run, picture, *_ = pages.text("README.md").split("\n\n")
    assert title == "# Showcase"
    assert flow.startswith("`POST → ")
    assert re.findall(r"^make [a-z]+", run, re.MULTILINE) == ["make run", "make test"]
    assert picture.startswith("![")
    assert (Path(pages.root) / "docs" / "pictures" / "board-zh.png").exists()
