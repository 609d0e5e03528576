"""Where the pages are, and how to read them."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


class Pages:
    """The pages of the project as text."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def text(self, name: str) -> str:
        return (self.root / name).read_text(encoding="utf-8")

    def all(self) -> dict[str, str]:
        """Every Markdown page by its path, without what is installed or cached."""
        found = [*self.root.glob("*.md"), *self.root.glob("docs/**/*.md"), *self.root.glob("services/*/*.md")]
        found += [*self.root.glob("bench/**/*.md"), *self.root.glob("examples/**/*.md")]
        return {str(page.relative_to(self.root)): page.read_text(encoding="utf-8") for page in sorted(found)}


@pytest.fixture
def pages() -> Pages:
    return Pages(ROOT)
