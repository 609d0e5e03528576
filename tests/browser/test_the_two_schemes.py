"""The colours that pages choose by name are the ones that the system's preference chooses. No browser needed."""

import re
from pathlib import Path

_WEB = Path(__file__).parents[2]
_BASE = (_WEB / "shared/web/base.css").read_text()
_BY_NAME = (_WEB / "services/broadcast/web/theme.css").read_text()


def _tokens(css: str, selector: str) -> dict[str, str]:
    """The custom properties of the first rule with this selector."""
    found = re.search(re.escape(selector) + r"\s*{([^}]*)}", css)
    assert found, selector
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", found[1]))


def test_a_scheme_by_name_has_the_colours_of_the_preferred_one() -> None:
    light = _tokens(_BASE, ":root")
    dark = _tokens(_BASE.partition("(prefers-color-scheme: dark)")[2], ":root")
    for scheme, colours in (("light", light), ("dark", dark)):
        named = _tokens(_BY_NAME, f':root[data-theme="{scheme}"]')
        assert len(named) > 10
        assert named == {name: colours[name] for name in named}


def test_pages_that_choose_a_scheme_by_name_use_no_colour_that_it_leaves_to_the_system() -> None:
    dark = _tokens(_BASE.partition("(prefers-color-scheme: dark)")[2], ":root")
    left = dark.keys() - _tokens(_BY_NAME, ':root[data-theme="dark"]').keys()
    for sheet in ("rows", "overlay", "embed"):
        used = set(re.findall(r"var\((--[\w-]+)", (_WEB / f"services/broadcast/web/{sheet}.css").read_text()))
        assert not used & left, sheet
