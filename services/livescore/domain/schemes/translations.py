"""Which texts of a scheme lack one of the two languages (R11)."""

from collections.abc import Iterator

from pydantic import BaseModel

from services.livescore.domain.schemes.finding import Finding, Path
from shared.contracts.scheme import Scheme
from shared.contracts.text import Text


def texts_of(part: BaseModel, path: Path = ()) -> Iterator[tuple[Path, Text]]:
    """Every text below a part of a scheme, in the order it is written."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        for at, one in enumerate(value) if isinstance(value, tuple) else ((None, value),):
            here: Path = (*path, name) if at is None else (*path, name, at)
            if isinstance(one, Text):
                yield here, one
            elif isinstance(one, BaseModel):
                yield from texts_of(one, here)


def translation_findings(scheme: Scheme, *, asked: bool) -> Iterator[Finding]:
    """A warning for each text without its other language.

    When the competition asks for both, and also when one text has both: then the others were forgotten.
    """
    texts = list(texts_of(scheme))
    if not asked and not any(text.en and text.zh for _, text in texts):
        return
    for path, text in texts:
        if text.en is None:
            yield Finding("no_english", path, "R11", warning=True)
        if text.zh is None:
            yield Finding("no_chinese", path, "R11", warning=True)
