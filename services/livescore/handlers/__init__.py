"""One coroutine per command or question: load, decide, append, answer with what was recorded."""

from services.livescore.domain.competition import Competition
from services.livescore.handlers.acts import Acts, Opinion
from services.livescore.handlers.ceremony import Ceremony
from services.livescore.handlers.chief import Chief
from services.livescore.handlers.exercises import ExerciseQuestions
from services.livescore.handlers.feed import PublicFeeds
from services.livescore.handlers.marks import Marks
from services.livescore.handlers.mine import Mine
from services.livescore.handlers.results import Results
from services.livescore.handlers.schemes import Schemes
from services.livescore.handlers.staff_feed import StaffFeeds
from services.livescore.public_boards import PublicBoards
from shared.execute import Executor
from shared.ledger.port import Ledger


class Handlers:
    """Everything livescore can be asked, on its streams `competition/<id>`."""

    def __init__(
        self, executor: Executor[Competition], epoch: str, boards: PublicBoards, opinion: Opinion, ledger: Ledger
    ) -> None:
        self.marks = Marks(executor, epoch)
        self.acts = Acts(executor, opinion)
        self.mine = Mine(executor)
        self.ceremony = Ceremony(executor, epoch)
        self.chief = Chief(executor, epoch, opinion)
        self.schemes = Schemes(executor)
        self.results = Results(executor, ledger)
        self.exercises = ExerciseQuestions(executor)
        self.feeds = PublicFeeds(boards)
        self.staff_feeds = StaffFeeds(executor, epoch)
