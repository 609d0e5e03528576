"""Whatever happens on the way, a client of the feed that drops `version <= held` ends with the current state (R84).

Random boards, results that become final, are frozen and amended, restored ledgers, two copies of the service that read
the topic at their own speed and are started anew, connections that break after any line, lines that come again. The
client is the one that docs/feed.md gives to strangers.
"""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule
from typing_extensions import override

from services.livescore.domain.feed.changes import Feed
from services.livescore.domain.feed.objects import END, PUBLIC_TYPES, public_objects
from services.livescore.domain.feed.token import Position, parse_token
from shared.contracts.board import Board
from shared.errors import Malformed
from tests.domain.livescore.feed_client import new_client

Json = dict[str, Any]

ROW = st.fixed_dictionaries(
    {"bib": st.sampled_from("12"), "marked": st.integers(0, 2)},
    optional={"rank": st.integers(1, 2), "name": st.text("n")},
)
ROWS = st.dictionaries(st.sampled_from("abc"), ROW, max_size=3)
RARELY = st.integers(0, 9).map(lambda number: number == 9)
HEAD = st.fixed_dictionaries({"final": RARELY}, optional={"frozen": st.just(True), "mode": st.sampled_from("mp")})
COPIES = st.integers(0, 1)


class Following(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.epoch = 0
        self.history = [self._board(1, {}, {"final": False})]
        self.copies = [Feed(PUBLIC_TYPES), Feed(PUBLIC_TYPES)]
        self.lines: list[bytes] = []
        self.held = new_client()
        for copy in (0, 1):
            self.reads_on(copy)

    def _board(self, seq: int, rows: Json, head: Json) -> Board:
        return Board(channel="competition/autumn.welding", epoch=f"e{self.epoch}", seq=seq, head=head, rows=rows)

    @rule(rows=ROWS, head=HEAD)
    def a_board_comes(self, rows: Json, head: Json) -> None:
        self.history.append(self._board(self.history[-1].seq + 1, rows, head))

    @rule(rows=ROWS, really=RARELY)
    def the_ledger_is_restored(self, rows: Json, really: bool) -> None:
        if not really:
            return
        self.epoch += 1
        self.history.append(self._board(1, rows, {"final": False}))

    @rule(copy=COPIES)
    def reads_on(self, copy: int, amended: bool = False) -> None:
        """Only the newest: what came in between is never seen."""
        newest = self.history[-1]
        self.copies[copy].offer(Position(newest.epoch, newest.seq), public_objects(newest), amended=amended)

    @rule(copy=COPIES, amended=RARELY)
    def is_started_anew(self, copy: int, amended: bool) -> None:
        self.copies[copy] = Feed(PUBLIC_TYPES)
        self.reads_on(copy, amended)

    @rule(copy=COPIES, breaks_after=st.integers(0, 9))
    def the_client_connects(self, copy: int, breaks_after: int) -> None:
        if self.held.ended:  # what comes after the end is another feed
            self.held, self.lines = new_client(), []
        try:
            since = None if self.held.token is None else parse_token("", self.held.token)
            told = self.copies[copy].since(since)
        except Malformed:
            self.held, self.lines = new_client(), []
            return
        for line in told[:breaks_after]:
            self.held.take(line.body)
            self.lines.append(line.body)

    @rule(place=st.integers(0, 50))
    def a_line_comes_again(self, place: int) -> None:
        """But none after the end, which is the last there is (R84)."""
        if self.lines and not self.held.ended:
            self.held.take(self.lines[place % len(self.lines)])

    @override
    def teardown(self) -> None:
        for copy in (0, 1):
            self.reads_on(copy)
            for _ in range(3):
                self.the_client_connects(copy, 99)
            fresh = new_client()
            for line in self.copies[copy].since(None):
                fresh.take(line.body)
            for kind in PUBLIC_TYPES:
                assert self.held.now(kind) == fresh.now(kind), kind
            newest = public_objects(self.history[-1])
            assert {kind: fresh.now(kind).keys() for kind in PUBLIC_TYPES} == {
                kind: newest[kind].keys() for kind in PUBLIC_TYPES
            }
            assert self.copies[copy].ended == bool(newest[END])


Following.TestCase.settings = settings(max_examples=250, stateful_step_count=30)
test_every_client_ends_with_the_current_state = Following.TestCase


def test_a_line_that_comes_again_takes_no_client_back() -> None:
    """What was told meanwhile may be as it was before, and then nobody would tell it again."""
    going = Following()
    going.a_board_comes(rows={}, head={"final": False, "frozen": True})
    going.reads_on(1)
    going.the_client_connects(copy=0, breaks_after=3)
    going.the_client_connects(copy=1, breaks_after=1)
    going.a_board_comes(rows={}, head={"final": False})
    going.a_line_comes_again(place=2)
    going.teardown()
