"""Command and state in, events out, or a refusal. Pure: the same input always decides the same.

An empty list means that what was asked for is so already; the caller gets the same answer as the first time.
"""

from typing import assert_never

from services.registration.domain import competitors, occasion, seats, standing, streams
from services.registration.domain.commands import (
    AddCompetition,
    ApproveCompetitor,
    AssignJudge,
    Command,
    CreateShowcase,
    HideName,
    NameTrainer,
    RegisterCompetitor,
    RejectCompetitor,
    RevokeJudge,
    RevokeTrainer,
    SetStanding,
    SetStreams,
    WithdrawCompetitor,
)
from services.registration.domain.showcase import Showcase
from shared.contracts.events import Event


def decide(command: Command, state: Showcase) -> list[Event]:
    match command:
        case CreateShowcase():
            return occasion.create_showcase(command, state)
        case SetStreams():
            return streams.set_streams(command, state)
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
        case SetStanding():
            return standing.set_standing(command, state)
        case HideName():
            return standing.hide_name(command, state)
        case AssignJudge():
            return seats.assign_judge(command, state)
        case RevokeJudge():
            return seats.revoke_judge(command, state)
        case NameTrainer():
            return seats.name_trainer(command, state)
        case RevokeTrainer():
            return seats.revoke_trainer(command, state)
        case _:
            assert_never(command)
