"""Answers to questions: the state, joined with the people where an organiser asks."""

from datetime import datetime
from typing import get_args

from services.registration.access_tokens import Link
from services.registration.domain.lookup import competition_of, competitor_of, created
from services.registration.domain.showcase import Competition, Competitor, Showcase
from services.registration.followers import NamedTrainer
from services.registration.handlers import Showcases
from services.registration.judges import Seat
from services.registration.link_messages import JudgeOut, NamedTrainerOut, OwnLinkOut, SeatOut, TrainerOut
from services.registration.messages import CompetitionOut, CompetitorOut, ShowcaseOut, StreamOut
from services.registration.people import FreePurpose, JudgeName, People, Person
from shared.contracts.names import showcase_of
from shared.contracts.streams import Stream, recognise
from shared.ids import rfc3339, utc_now


class Views:
    def __init__(self, showcases: Showcases, people: People) -> None:
        self._showcases = showcases
        self._people = people

    async def showcases(self) -> list[ShowcaseOut]:
        return [await self.showcase(one) for one in await self._showcases.known()]

    async def showcase(self, showcase: str) -> ShowcaseOut:
        return await self._showcases.look(showcase, lambda state: _showcase(state, utc_now()))

    async def competition(self, competition: str) -> CompetitionOut:
        return await self._showcases.look(
            showcase_of(competition), lambda state: _competition(competition_of(state, competition), utc_now())
        )

    async def competitors(self, competition: str) -> list[CompetitorOut]:
        await self.competition(competition)  # before the people are asked: it may not exist
        people = {one.competitor: one for one in await self._people.of_competition(competition)}

        # Only now the state: someone kept but not yet recorded is no registration.
        def listed(state: Showcase) -> list[CompetitorOut]:
            competitors = competition_of(state, competition).competitors
            return [_competitor(id_, one, people.get(id_)) for id_, one in competitors.items()]

        return await self._showcases.look(showcase_of(competition), listed)

    async def competitor(self, competition: str, competitor: str) -> CompetitorOut:
        person = await self._people.person(competitor)
        return await self._showcases.look(
            showcase_of(competition),
            lambda state: _competitor(competitor, competitor_of(state, competition, competitor), person),
        )

    async def judges(self, showcase: str) -> list[JudgeOut]:
        names = {one.judge: one for one in await self._people.judges(showcase)}
        return await self._showcases.look(
            showcase, lambda state: [_judge(id_, state, names.get(id_)) for id_ in state.judges]
        )

    async def judge(self, showcase: str, judge: str) -> JudgeOut:
        return next(one for one in await self.judges(showcase) if one.id == judge)

    async def trainers(self, showcase: str) -> list[TrainerOut]:
        names = {one.judge: one for one in await self._people.judges(showcase)}
        return await self._showcases.look(
            showcase, lambda state: [_trainer(id_, state, names.get(id_)) for id_ in state.trainers]
        )

    async def trainer(self, showcase: str, trainer: str) -> TrainerOut:
        return next(one for one in await self.trainers(showcase) if one.id == trainer)


def seat(one: Seat) -> SeatOut:
    facts = one.facts.facts
    return SeatOut(
        id=one.judge,
        name=one.name,
        country=facts.country,
        competitions=facts.competitions,
        office=facts.office,
        revoked=one.facts.revoked,
        expires_at=rfc3339(one.link.expires_at),
        link=one.link.url,
        qr=one.link.qr(),
    )


def named_trainer(one: NamedTrainer) -> NamedTrainerOut:
    facts = one.facts.facts
    return NamedTrainerOut(
        id=facts.trainer,
        name=one.name,
        competitors=facts.competitors,
        competitions=facts.competitions,
        revoked=one.facts.revoked,
        expires_at=rfc3339(one.link.expires_at),
        link=one.link.url,
        qr=one.link.qr(),
    )


def own_link(competitor: str, link: Link) -> OwnLinkOut:
    return OwnLinkOut(id=competitor, expires_at=rfc3339(link.expires_at), link=link.url, qr=link.qr())


def _showcase(state: Showcase, now: datetime) -> ShowcaseOut:
    facts = created(state)
    return ShowcaseOut(
        id=facts.showcase,
        title=facts.title,
        timezone=facts.timezone,
        starts_on=facts.starts_on,
        ends_on=facts.ends_on,
        programme=facts.programme,
        streams=[_stream(one) for one in state.streams],
        competitions=[_competition(one, now) for one in state.competitions.values()],
    )


def _stream(stream: Stream) -> StreamOut:
    return StreamOut(url=stream.url, title=stream.title, lang=stream.lang, kind=recognise(stream.url).kind)


def _competition(competition: Competition, now: datetime) -> CompetitionOut:
    facts = competition.facts
    return CompetitionOut(
        id=facts.competition,
        title=facts.title,
        capacity=facts.capacity,
        opens_at=facts.opens_at,
        closes_at=facts.closes_at,
        minimum_age=facts.minimum_age,
        board_mode=facts.board_mode,
        kind=facts.kind,
        bilingual=facts.bilingual,
        places_left=competition.places_left,
        open=competition.open_at(now),
    )


def _competitor(competitor: str, facts: Competitor, person: Person | None) -> CompetitorOut:
    return CompetitorOut(
        id=competitor,
        given_name=person.given_name if person else None,
        family_name=person.family_name if person else None,
        email=person.email if person else None,
        country=facts.country,
        organisation=person.organisation if person else None,
        age_band=facts.age_band,
        status=facts.status,
        bib=facts.bib,
        display_name=facts.display_name,
        registered_at=facts.registered_at,
        guardian_agreed=facts.guardian_agreed,
        reason=facts.reason,
        standing=facts.standing,
        standing_reason=facts.standing_reason,
        consents=tuple(one for one in get_args(FreePurpose) if person is not None and person.agreed_to(one)),
    )


def _judge(judge: str, state: Showcase, name: JudgeName | None) -> JudgeOut:
    facts = state.judges[judge].facts
    return JudgeOut(
        id=judge,
        name=name.name if name is not None else judge,
        country=facts.country,
        competitions=facts.competitions,
        office=facts.office,
        revoked=state.judges[judge].revoked,
        expires_at=name.expires_at if name is not None else None,
    )


def _trainer(trainer: str, state: Showcase, name: JudgeName | None) -> TrainerOut:
    facts = state.trainers[trainer].facts
    return TrainerOut(
        id=trainer,
        name=name.name if name is not None else trainer,
        competitors=facts.competitors,
        competitions=facts.competitions,
        revoked=state.trainers[trainer].revoked,
        expires_at=name.expires_at if name is not None else None,
    )
