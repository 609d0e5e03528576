"""What a viewer asks for: the country it says is one that there is, or none; it never spoils the question."""

import re
from pathlib import Path

import pytest

from services.broadcast.question import parse_question
from shared.contracts.countries import COUNTRIES

ROOT = Path(__file__).parents[3]
CHANNEL = "competition/expo.electronics"


def test_the_country_is_what_the_viewer_says() -> None:
    assert parse_question(f"c={CHANNEL}&from=CN").country == "CN"
    assert parse_question(f"from=GB&c={CHANNEL}&since=e1.4").country == "GB"


@pytest.mark.parametrize(
    "said", ["", "from=", "from=cn", "from=XX", "from=CHN", "from=%00%00", "from=C%4e%20", "from", "From=CN", "FROM=CN"]
)
def test_anything_else_is_no_country_and_no_error(said: str) -> None:
    question = parse_question(f"c={CHANNEL}&{said}")
    assert question.country == ""
    assert question.channels == (CHANNEL,)


def test_of_several_the_first_that_is_a_country_counts() -> None:
    assert parse_question(f"c={CHANNEL}&from=earth&from=BR&from=CN").country == "BR"


def test_an_event_source_says_its_country_again_when_it_comes_back() -> None:
    question = parse_question(f"c={CHANNEL}&since=e1.1&from=CN", "e1.5")
    assert (question.since, question.country) == ((("e1", 5),), "CN")


def test_who_registers_and_who_watches_can_be_from_the_same_countries() -> None:
    page = (ROOT / "shared" / "web" / "countries.js").read_text()
    listed = re.search(r"CODES =\s*`([A-Z\s]+)`", page)
    assert listed is not None
    assert set(listed[1].split()) == set(COUNTRIES)
