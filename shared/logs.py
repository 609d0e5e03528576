"""Structured logs: one JSON object per line on standard error, without personal data.

Say what happened and to which opaque id; never a name, an address, a token or what a person typed. The standard library
with a formatter of its own: a logging framework would cost every service two to five megabytes for these lines.
"""

import json
import logging
import sys
from typing import Any

from typing_extensions import override

from shared.ids import rfc3339, utc_now


class Log:
    """Writes events with fields: `log.info("listening", port=8080)`."""

    def __init__(self, name: str) -> None:
        self._logger = logging.getLogger(name)

    def info(self, event: str, **fields: Any) -> None:
        self._logger.info(event, extra={"fields": fields})

    def warning(self, event: str, **fields: Any) -> None:
        self._logger.warning(event, extra={"fields": fields})

    def error(self, event: str, **fields: Any) -> None:
        self._logger.error(event, extra={"fields": fields})

    def exception(self, event: str, **fields: Any) -> None:
        """An error with the stack trace of the exception that is being handled."""
        self._logger.error(event, extra={"fields": fields}, exc_info=sys.exc_info())


class _Lines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self._service = service

    @override
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": rfc3339(utc_now()),
            "level": record.levelname.lower(),
            "service": self._service,
            # A library's message may carry what a stranger sent; its name says enough.
            "event": record.getMessage() if record.name == "showcase" else record.name,
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


log = Log("showcase")


def configure(service: str, level: str = "INFO") -> None:
    """Set up once per process, before anything else logs; libraries speak up from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines(service))
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("showcase").setLevel(level.upper())
    # It reports every malformed request with a stack trace: a stranger could fill the disk with them.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    # Ten lines a second while a broker is away; the bus says it once, and once when it is back.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
