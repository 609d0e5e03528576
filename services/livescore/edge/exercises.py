"""Calibration exercises over HTTP. They are opened, scored and closed through the door of all acts."""

from pydantic import Field

from services.livescore.edge.out import Out
from services.livescore.handlers.exercises import ExerciseQuestions
from shared.contracts.text import Text
from shared.http.routes import Answer, Call, Route


class AspectOut(Out):
    """Without words where an amended scheme has the aspect no more."""

    id: str
    description: Text | None = None
    descriptors: list[Text] = Field([])


class PieceOut(Out):
    id: str
    title: Text


class ExerciseOut(Out):
    """`scores` are the own ones by piece and aspect; `reference` is there once the exercise is closed (R21)."""

    id: str
    title: Text
    open: bool
    opened_at: str
    closed_at: str | None
    aspects: list[AspectOut]
    pieces: list[PieceOut]
    scores: dict[str, dict[str, int]]
    reference: dict[str, dict[str, int]]


class JudgeOut(Out):
    """Means of the differences from the others' mean and from the reference, and the largest distance to anybody."""

    judge: str
    scores: int
    from_others: str | None = None
    from_reference: str | None = None
    widest: int | None = None


class LineOut(Out):
    piece: str
    title: Text
    aspect: str
    scores: dict[str, int]
    mean: str | None
    spread: int | None
    reference: int | None


class ReportOut(Out):
    """While the exercise is open only who has scored how many of `of`; everything once it is closed."""

    id: str
    title: Text
    open: bool
    of: int
    judges: list[JudgeOut]
    lines: list[LineOut] = Field([])


def routes(handlers: ExerciseQuestions) -> list[Route]:
    async def exercises(call: Call) -> Answer:
        return Answer(await handlers.exercises(call.path["competition"], call.signed_in()))

    async def report(call: Call) -> Answer:
        path = call.path
        return Answer(await handlers.report(path["competition"], path["exercise"], call.signed_in()))

    base = "/api/livescore/competitions/{competition}/exercises"
    return [
        Route(
            "GET",
            base,
            exercises,
            "Calibration exercises, the newest first, with the own scores",
            answers=list[ExerciseOut],
            roles=("judge", "chief", "manager"),
        ),
        Route(
            "GET",
            base + "/{exercise}/report",
            report,
            "How judges lay beside each other and beside the reference",
            answers=ReportOut,
            roles=("chief", "manager"),
        ),
    ]
