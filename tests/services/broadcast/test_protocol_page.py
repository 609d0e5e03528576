"""The page for people who write clients says what the code does."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from shared.contracts.viewer import CLOSE_CODES, ByeFrame, DeltaFrame, SnapshotFrame
from tests.services.broadcast.service import Broadcast, Json, frame

PAGE = (Path(__file__).parents[3] / "docs" / "protocol.md").read_text()


def test_every_close_code_stands_there_with_what_to_do() -> None:
    rows = {
        int(code): (meaning, action) for code, meaning, action in re.findall(r"\| (\d{4}) \| (.+) \| (.+) \|", PAGE)
    }
    assert rows == {one.code: (one.meaning, one.action) for one in CLOSE_CODES.values()}


@pytest.mark.parametrize("model", [SnapshotFrame, DeltaFrame, ByeFrame])
def test_every_frame_is_shown_with_its_fields(model: type[BaseModel]) -> None:
    kind = model.model_fields["type"].default
    line = next(line for line in PAGE.splitlines() if line.startswith(f'    {{"type":"{kind}"'))
    assert [name for name in re.findall(r'"(\w+)":', line) if name in model.model_fields] == list(model.model_fields)


def test_the_client_on_the_page_is_python() -> None:
    code = re.search(r"```python\n(.+?)```", PAGE, re.S)
    assert code is not None
    compile(code[1], "protocol.md", "exec")


async def test_what_is_sent_is_what_the_contract_describes(broadcast: Broadcast) -> None:
    await broadcast.show(1, {"a": {"total": "1"}})
    async with broadcast.live() as viewer:
        snapshot: Json = await frame(viewer)
        assert SnapshotFrame.model_validate(snapshot).model_dump() == snapshot
        await broadcast.publish(2, {"b": {"total": "1"}})
        delta = await frame(viewer)
        assert DeltaFrame.model_validate(delta).model_dump() == delta
