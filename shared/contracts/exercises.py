"""Facts about calibration exercises: judges score the same pieces, so that their standards can be compared.

A piece is no competitor's: a photograph, a sample, a video. Its reference scores are what the chief expert, or an
earlier event, says of it. Nothing of an exercise counts in a result.
"""

from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.acts import Act
from shared.contracts.names import ClientId
from shared.contracts.scheme import AspectId
from shared.contracts.text import Text

PieceId = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
Score = Literal[0, 1, 2, 3]


class Piece(BaseModel):
    """One thing to score; `reference` are the scores it should get, by aspect, where somebody has said so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: PieceId
    title: Text
    reference: dict[AspectId, Score] = Field(default_factory=dict)


class ExerciseOpened(Act):
    """`exercise` is the opening command's id."""

    TYPE: ClassVar[str] = "livescore.exercise-opened.v1"
    exercise: ClientId
    title: Text
    aspects: tuple[AspectId, ...] = Field(min_length=1, max_length=20)
    pieces: tuple[Piece, ...] = Field(min_length=1, max_length=20)


class ExerciseScored(Act):
    """What `by` says of one aspect of a piece; the last one counts. Nobody else knows it until the exercise closes."""

    TYPE: ClassVar[str] = "livescore.exercise-scored.v1"
    exercise: ClientId
    piece: PieceId
    aspect: AspectId
    score: Score


class ExerciseClosed(Act):
    TYPE: ClassVar[str] = "livescore.exercise-closed.v1"
    exercise: ClientId
