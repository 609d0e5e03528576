"""Hidden scores and people's data are in the data folder: nobody else on the machine may read it."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import Running


async def test_the_data_folder_and_everything_the_services_write_is_for_their_user_only(running: Running) -> None:
    assert stat.S_IMODE(running.data.stat().st_mode) == 0o700
    written = [path for path in running.data.rglob("*.db*") if path.is_file()]
    assert {path.name.partition(".")[0] for path in written} >= {"registration", "livescore", "people", "boards"}
    assert [path.name for path in written if stat.S_IMODE(path.stat().st_mode) & 0o077] == []
