"""The process that opens files from outside: `python -m ...spreadsheets.child TASK`, bytes in, bytes out.

It gets little memory and time, a low priority and none of the service's environment, so that a file made to
hurt hurts only this process. What is plainly no workbook is said before any library is loaded. Answers of the tasks
`xlsx` and `yaml` are JSON: the scheme, if it may be used, and the findings by code; their words are made by whoever
shows them.
"""

import json
import os
import resource
import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

from services.livescore.domain.schemes.finding import Finding
from services.livescore.spreadsheets.package import faults_of

if TYPE_CHECKING:
    from services.livescore.domain.schemes.checking import Checked

MEMORY_BYTES = 384 * 1024 * 1024
CPU_SECONDS = 6
OUT_OF_MEMORY = 3


def main(task: str, bilingual: bool) -> int:
    os.nice(10)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for unneeded in ("numpy", "PIL", "lxml"):  # openpyxl takes what it finds, and these want memory and parse images
        sys.modules[unneeded] = None  # type: ignore[assignment]
    content = sys.stdin.buffer.read()
    try:
        sys.stdout.buffer.write(_done(task, content, bilingual))
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


def _done(task: str, content: bytes, bilingual: bool) -> bytes:
    match task:
        case "write-xlsx" | "write-yaml":
            return _written(task, content)
        case "yaml":
            from services.livescore.domain.schemes.from_yaml import check_yaml  # noqa: PLC0415 - only what is needed

            return _answer(check_yaml(content, bilingual=bilingual))
        case _:
            return _read(content, bilingual)


def _read(content: bytes, bilingual: bool) -> bytes:
    if faults := faults_of(content):
        return _refusal(faults)
    from services.livescore.domain.schemes.from_sheet import check_sheet  # noqa: PLC0415
    from services.livescore.spreadsheets.workbook import read_workbook  # noqa: PLC0415

    try:
        sheet = read_workbook(content)
    except MemoryError:
        raise
    except Exception:  # openpyxl has no error of its own for what is not as it expects
        return _refusal([Finding("damaged_workbook")])
    return _refusal([sheet]) if isinstance(sheet, Finding) else _answer(check_sheet(sheet, bilingual=bilingual))


def _written(task: str, content: bytes) -> bytes:
    from shared.contracts.scheme import Scheme  # noqa: PLC0415

    scheme = Scheme.model_validate_json(content)
    if task == "write-yaml":
        from services.livescore.domain.schemes.to_yaml import scheme_yaml  # noqa: PLC0415

        return scheme_yaml(scheme)
    from services.livescore.domain.schemes.to_sheet import scheme_sheet  # noqa: PLC0415
    from services.livescore.spreadsheets.workbook import write_workbook  # noqa: PLC0415

    return write_workbook(scheme_sheet(scheme))


def _answer(checked: "Checked") -> bytes:
    scheme = None if checked.scheme is None else checked.scheme.model_dump(mode="json", exclude_defaults=True)
    return _encoded(scheme, checked.findings)


def _refusal(findings: Iterable[Finding]) -> bytes:
    return _encoded(None, findings)


def _encoded(scheme: object, findings: Iterable[Finding]) -> bytes:
    return json.dumps({"scheme": scheme, "findings": [asdict(one) for one in findings]}).encode()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], "bilingual" in sys.argv[2:]))
