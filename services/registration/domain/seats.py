"""Decisions about who gets a link: staff in one of four offices, and trainers, who see their competitors' results.

What a person was assigned as stays so: another office, country or competition is another assignment under a new id,
because whoever holds the first link would otherwise gain or lose rights unnoticed. No id names both a trainer and
one of the staff, because the people store keeps one name per id.
"""

from services.registration.domain.commands import AssignJudge, NameTrainer, RevokeJudge, RevokeTrainer
from services.registration.domain.lookup import competition_of, created, judge_of, trainer_of
from services.registration.domain.showcase import Showcase
from shared.contracts.events import Event
from shared.contracts.registration import JudgeAssigned, JudgeRevoked, TrainerNamed, TrainerRevoked
from shared.errors import Clash, Fault, NotFound, Rejected


def assign_judge(command: AssignJudge, state: Showcase) -> list[Event]:
    created(state)
    for competition in command.competitions:
        competition_of(state, competition)
    wanted = JudgeAssigned(
        judge=command.judge, country=command.country, competitions=command.competitions, office=command.office
    )
    known = state.judges.get(command.judge)
    if known is None:
        if command.judge in state.trainers:
            raise _id_taken()
        return [wanted]
    if known.revoked:
        raise Clash("judge_revoked", "this person was revoked; assign the person under a new id")
    if known.facts == wanted:
        return []
    if known.facts.office != command.office:
        raise Clash(
            "other_office",
            f"this person is assigned as {known.facts.office}; revoke that and assign the person anew, under a new id",
            Fault(f"is {known.facts.office} already", "office"),
        )
    raise Clash("judge_exists", "this person is assigned with another country or other competitions")


def revoke_judge(command: RevokeJudge, state: Showcase) -> list[Event]:
    return [] if judge_of(state, command.judge).revoked else [JudgeRevoked(judge=command.judge)]


def name_trainer(command: NameTrainer, state: Showcase) -> list[Event]:
    created(state)
    fields = {one: competition_of(state, one).competitors for one in command.competitions}
    for competitor in command.competitors:
        if not any(competitor in field for field in fields.values()):
            raise NotFound("unknown_competitor", "there is no such registration in these competitions")
    for number, field in enumerate(fields.values()):
        if field.keys().isdisjoint(command.competitors):
            detail = "none of these competitors registered in it"
            raise Rejected("competitions", detail, Fault(detail, f"competitions.{number}"))
    wanted = TrainerNamed(trainer=command.trainer, competitors=command.competitors, competitions=command.competitions)
    known = state.trainers.get(command.trainer)
    if known is None:
        if command.trainer in state.judges:
            raise _id_taken()
        return [wanted]
    if known.revoked:
        raise Clash("trainer_revoked", "this trainer was revoked; name the person under a new id")
    if known.facts != wanted:
        raise Clash("trainer_exists", "this trainer is named for other competitors")
    return []


def revoke_trainer(command: RevokeTrainer, state: Showcase) -> list[Event]:
    return [] if trainer_of(state, command.trainer).revoked else [TrainerRevoked(trainer=command.trainer)]


def _id_taken() -> Clash:
    return Clash("id_taken", "this id was used for somebody else; make a new one and send it again")
