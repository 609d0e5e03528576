"""One coroutine per command or question: load, decide, append, answer with what was recorded."""

from services.livescore.domain.competition import Competition
from services.livescore.handlers.marks import Marks
from services.livescore.handlers.schemes import Schemes
from shared.execute import Executor


class Handlers:
    """Everything livescore can be asked, on its streams `competition/<id>`."""

    def __init__(self, executor: Executor[Competition], epoch: str) -> None:
        self.marks = Marks(executor, epoch)
        self.schemes = Schemes(executor)
