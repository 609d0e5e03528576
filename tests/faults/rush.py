"""A competition with few places, and people who want one."""

from datetime import timedelta

from shared.ids import rfc3339, utc_now
from tests.conftest import Running

CAPACITY = 8
COMPETITION = "rush.electronics"
API = "/api/registration"
COMPETITORS = f"{API}/competitions/{COMPETITION}/competitors"


def form(number: int, attempt: int) -> dict[str, object]:
    """The same person with a new client-made id at every attempt, as from another device."""
    return {
        "id": f"rush-{number}-{attempt}",
        "given_name": f"Given{number}",
        "family_name": "Invented",
        "email": f"person{number}@school.example",
        "birth_date": "1999-05-17",
        "country": "CN",
        "locale": "en",
        "agreed": True,
        "consents": {"named_results": True},
    }


async def open_for_registration(running: Running) -> None:
    now = utc_now()
    showcase = {
        "id": "rush",
        "title": {"en": "Rush"},
        "timezone": "Asia/Shanghai",
        "starts_on": now.date().isoformat(),
        "ends_on": now.date().isoformat(),
        "programme": [],
    }
    competition = {
        "slug": "electronics",
        "title": {"en": "Electronics"},
        "capacity": CAPACITY,
        "opens_at": rfc3339(now - timedelta(days=1)),
        "closes_at": rfc3339(now + timedelta(days=1)),
    }
    await running.ask("POST", "registration", f"{API}/showcases", showcase, running.organiser)
    await running.ask("POST", "registration", f"{API}/showcases/rush/competitions", competition, running.organiser)
