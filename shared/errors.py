"""Errors, by who must act. Pure; the HTTP edge turns each into a problem document.

`Rejected`, `NotFound`, `Forbidden`, `Unauthorised` and `Clash`: the caller. `Unavailable`: retry later, nothing was
stored.
`BadStart`: the operator; the process says one line per reason and exits with 2. Anything else is a bug of ours.
"""

from dataclasses import dataclass
from typing import Any

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a request: where (`field` as a dotted path or a sheet's cell, or a `line`), why, which rule,
    and what to do about it.
    """

    detail: str
    field: str | None = None
    line: int | None = None
    rule: str | None = None
    remedy: str | None = None


class CallerError(Exception):
    """The request cannot be carried out as it is; nothing was stored."""

    status = 400

    def __init__(self, code: str, detail: str, *faults: Fault, **extra: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.faults = faults
        self.extra = extra


class Malformed(CallerError):
    """The bytes are not what the edge reads (400)."""


class Unauthorised(CallerError):
    """No token, or one that is expired, foreign or forged (401)."""

    status = 401


class Forbidden(CallerError):
    """A good token that does not cover this (403)."""

    status = 403


class NotFound(CallerError):
    """The thing named in the address does not exist (404)."""

    status = 404


class Clash(CallerError):
    """Right for an older state; `extra["current"]` is the newer one, where the caller may see it (409)."""

    status = 409


class Rejected(CallerError):
    """Understood and refused by a rule (422)."""

    status = 422


class Unavailable(Exception):
    """The store cannot take or give anything now; the same command may be sent again (503)."""

    def __init__(self, detail: str, retry_after_seconds: int = 1) -> None:
        super().__init__(detail)
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds


class BadStart(Exception):
    """A setting, port or folder that makes a start impossible: `BadStart(reason, ...)`, a line is shown for each."""

    @property
    def lines(self) -> list[str]:
        return [" ".join(str(reason).split()) for reason in self.args]  # a parser's reason may have many lines

    @override
    def __str__(self) -> str:
        return "; ".join(str(reason) for reason in self.args)
