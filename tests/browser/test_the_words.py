"""Both languages say the same things, and pages keep to their policy. No browser needed."""

import re
from pathlib import Path

import orjson
import pytest


def _words(folders: list[Path]) -> list[Path]:
    return sorted(file for folder in folders for file in folder.glob("words/*.en.json"))


def test_every_text_is_there_in_both_languages_with_the_same_places(web_folders: list[Path]) -> None:
    files = _words(web_folders)
    assert len(files) >= 6
    for file in files:
        english = orjson.loads(file.read_bytes())
        chinese = orjson.loads(file.with_name(file.name.replace(".en.", ".zh.")).read_bytes())
        wanted = {key for key in english if not key.endswith(".one")}  # Chinese has no plural forms
        assert wanted == set(chinese), file.name
        for key in wanted:
            assert set(re.findall(r"{(\w+)}", english[key])) == set(re.findall(r"{(\w+)}", chinese[key])), (
                f"{file.name} {key}"
            )


def test_every_text_a_script_names_is_in_its_words(web_folders: list[Path]) -> None:
    for folder in web_folders[1:]:
        known: set[str] = set()
        for file in folder.glob("words/*.en.json"):
            known |= set(orjson.loads(file.read_bytes()))
        for script in folder.glob("*.js"):
            named = set(re.findall(r'\bt\("([a-z][\w.]*)"', script.read_text()))
            assert named <= known, f"{script.name}: {named - known}"


@pytest.mark.parametrize(
    "pattern", [r"\son\w+\s*=", r"\sstyle\s*=", r"<style", r"<script(?![^>]*\bsrc=)", r"https?://"]
)
def test_no_page_has_inline_code_or_names_another_origin(web_folders: list[Path], pattern: str) -> None:
    pages = [page for folder in web_folders for page in folder.glob("*.html")]
    assert len(pages) >= 5
    for page in pages:
        assert not re.search(pattern, page.read_text()), page.name
