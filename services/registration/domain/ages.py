"""Age on the showcase's first day, and the band that is all we keep of it (R94, W23).

Someone born on 29 February has a birthday on 1 March in other years.
"""

from datetime import date

from shared.contracts.registration import AgeBand
from shared.errors import Fault, Rejected

NEVER_UNDER = 14
_IMPLAUSIBLE = 120


def age_on(birth_date: date, day: date) -> int:
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def age_band(birth_date: date, day: date, minimum_age: int) -> AgeBand:
    """Raise Rejected for someone too young on that day, or for a birth date nobody can have."""
    age = age_on(birth_date, day)
    if not 0 <= age <= _IMPLAUSIBLE:
        raise Rejected("birth_date", "the birth date cannot be right", Fault("cannot be right", "birth_date"))
    minimum = max(minimum_age, NEVER_UNDER)
    if age < minimum:
        detail = f"competitors must be at least {minimum} years old on {day.isoformat()}"
        raise Rejected("too_young", detail, Fault(detail, "birth_date", rule="R94"))
    if age >= 18:
        return "18+"
    return "16-17" if age >= 16 else "14-15"
