"""Command and state in, events out, or a refusal. Pure: the same input always decides the same.

An empty list means that what was asked for is so already; the caller gets the same answer as the first time.
"""

from typing import assert_never

from services.registration.domain import competitors, occasion
from services.registration.domain.commands import (
    AddCompetition,
    ApproveCompetitor,
    AssignJudge,
    Command,
    CreateShowcase,
    RegisterCompetitor,
    RejectCompetitor,
    RevokeJudge,
    WithdrawCompetitor,
)
from services.registration.domain.showcase import Showcase
from shared.contracts.events import Event


def decide(command: Command, state: Showcase) -> list[Event]:
    match command:
        case CreateShowcase():
            return occasion.create_showcase(command, state)
        case AddCompetition():
            return occasion.add_competition(command, state)
        case RegisterCompetitor():
            return competitors.register(command, state)
        case ApproveCompetitor():
            return competitors.approve(command, state)
        case RejectCompetitor():
            return competitors.reject(command, state)
        case WithdrawCompetitor():
            return competitors.withdraw(command, state)
        case AssignJudge():
            return occasion.assign_judge(command, state)
        case RevokeJudge():
            return occasion.revoke_judge(command, state)
        case _:
            assert_never(command)
