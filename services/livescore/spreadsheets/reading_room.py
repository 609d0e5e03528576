"""Where files are opened: each in a process of its own, one at a time, while the service goes on taking marks.

Nothing of a spreadsheet is parsed in the service, and no spreadsheet library is loaded there. What takes too long
or too much memory is refused in words; a process that fails in any other way is a fault of ours.
"""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any, Literal

import orjson

from services.livescore.domain.schemes.checking import Checked, refused
from services.livescore.domain.schemes.finding import Finding
from services.livescore.spreadsheets.child import OUT_OF_MEMORY
from shared.contracts.scheme import Scheme
from shared.errors import Unavailable

PATIENCE_SECONDS = 20.0
MAX_WAITING = 8
FileKind = Literal["xlsx", "yaml"]
_ROOT = Path(__file__).parents[3]
_TOO_HARD = Finding("too_hard")


class ReadingRoom:
    """Reads and writes schemes' files; raises Unavailable when more wait than can soon be served."""

    def __init__(self) -> None:
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0

    async def check(self, kind: FileKind, content: bytes, *, bilingual: bool) -> Checked:
        answer = await self._done([kind, *(["bilingual"] if bilingual else [])], content)
        if answer is None:
            return refused(_TOO_HARD)
        found: dict[str, Any] = orjson.loads(answer)
        scheme = None if found["scheme"] is None else Scheme.model_validate(found["scheme"])
        findings = tuple(Finding(**{**one, "path": tuple(one["path"])}) for one in found["findings"])
        return Checked(scheme, findings)

    async def file(self, kind: FileKind, scheme: Scheme) -> bytes:
        answer = await self._done([f"write-{kind}"], scheme.model_dump_json().encode())
        if answer is None:
            raise Unavailable("The file could not be written in time; ask again.")
        return answer

    async def _done(self, task: list[str], content: bytes) -> bytes | None:
        """What the child answers; None when it took more time or memory than it may."""
        if self._waiting >= MAX_WAITING:
            raise Unavailable("Other files are being read; send it again in a moment.", retry_after_seconds=3)
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                return await _in_a_child(task, content)
        finally:
            self._waiting -= 1


async def _in_a_child(task: list[str], content: bytes) -> bytes | None:
    path = os.pathsep.join([str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-s", "-m", "services.livescore.spreadsheets.child", *task,
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        env={"PYTHONPATH": path, "OPENPYXL_LXML": "False", "OPENPYXL_DEFUSEDXML": "True"},
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            out, trouble = await child.communicate(content)
    except TimeoutError:
        return None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    code = await child.wait()
    if code == OUT_OF_MEMORY or code < 0:  # below zero: ended by the system for its memory or its time
        return None
    if code:
        raise RuntimeError(f"reading a file failed: {trouble.decode(errors='replace').strip()[-400:]}")
    return out
