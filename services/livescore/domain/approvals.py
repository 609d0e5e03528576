"""Both languages of a form's texts, approved by name, where a competition asks for that (R11).

A form opens, which is to take its first mark, once somebody who leads has approved its texts as they are. Another
scheme voids the approval of the forms whose words it changes, and of no others. A form that is open stays open: no
amendment of words may stop judges in the middle of their work, but what has changed waits to be approved again.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from services.livescore.domain.schemes.translations import texts_of
from shared.contracts.scheme import Criterion, Scheme, SubCriterion
from shared.contracts.text import Text


class Approval(NamedTuple):
    """Who approved, in which office, and when (recorded time)."""

    by: str
    office: str
    at: str


class FormTexts(NamedTuple):
    """All words on a form, and the parts (form, aspects) of which a text lacks one of the languages."""

    texts: tuple[Text, ...]
    lacking: tuple[str, ...]


@dataclass(slots=True)
class Approvals:
    kept: dict[str, Approval] = field(default_factory=dict)
    """By form; only of texts as they are now."""
    texts: Mapping[str, FormTexts] = field(default_factory=dict)
    begun: set[str] = field(default_factory=set)
    """Forms that have taken a mark."""

    def opens(self, form: str) -> bool:
        """Whether this form takes marks as far as its texts are concerned."""
        return form in self.kept or form in self.begun

    def take(self, forms: tuple[str, ...], approval: Approval) -> None:
        self.kept |= dict.fromkeys(forms, approval)

    def take_scheme(self, scheme: Scheme) -> None:
        texts = {form.id: _on(one, form) for one in scheme.criteria for form in one.sub_criteria}
        self.kept = {form: given for form, given in self.kept.items() if texts.get(form) == self.texts.get(form)}
        self.texts = texts


def _on(criterion: Criterion, form: SubCriterion) -> FormTexts:
    parts = [(form.id, [criterion.name, form.name])]
    parts += [(aspect.id, [text for _, text in texts_of(aspect)]) for aspect in form.aspects]
    lacking = tuple(id_ for id_, texts in parts if any(text.en is None or text.zh is None for text in texts))
    return FormTexts(tuple(text for _, texts in parts for text in texts), lacking)
