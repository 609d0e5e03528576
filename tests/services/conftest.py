"""Parts that tests of more than one service need."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.services.collector import Collector, collecting


@pytest.fixture
def collector() -> Iterator[Collector]:
    with collecting() as one:
        yield one
