"""Who does something: an opaque id in an office, with the country for those who have a seat."""

from typing import NamedTuple

from shared.contracts.acts import Office


class Who(NamedTuple):
    id: str
    office: Office
    country: str | None = None
