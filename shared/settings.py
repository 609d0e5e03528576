"""Settings of a service: a frozen model, read from environment variables that begin with the service's name.

A variable with the service's prefix that names no setting is refused, because a misspelt one would otherwise be obeyed
by nobody and missed by nobody. Collections are given as JSON. Written here in a few lines because the usual library
costs each of the three services more than a megabyte at rest.
"""

import json
import os
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import ErrorDetails

from shared.errors import BadStart


class Settings(BaseModel):
    """Base of a service's settings; `PREFIX` is the service's name in capitals and an underscore."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    PREFIX: ClassVar[str]


S = TypeVar("S", bound=Settings)


def load(kind: type[S], **given: Any) -> S:
    """Read settings from the environment, with what the command line gives on top; raise BadStart on a bad one."""
    found: dict[str, Any] = {
        variable.removeprefix(kind.PREFIX).lower(): text
        for variable, text in os.environ.items()
        if variable.startswith(kind.PREFIX)
    }
    for name, field in kind.model_fields.items():
        if name in found and isinstance(field.default, tuple):
            found[name] = _list(kind.PREFIX + name.upper(), found[name])
    found |= {name: value for name, value in given.items() if value is not None}
    try:
        return kind(**found)
    except ValidationError as exc:
        wrong = exc.errors(include_url=False, include_input=False)
        raise BadStart(f"bad setting: {'; '.join(_said(kind, one) for one in wrong)}") from exc


def _list(variable: str, text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        raise BadStart(f"bad setting: {variable}: lists are given as JSON, such as [1, 2]") from None


def _said(kind: type[Settings], wrong: ErrorDetails) -> str:
    variable = kind.PREFIX + "_".join(str(part) for part in wrong["loc"]).upper()
    return f"{variable}: {'there is no such setting' if wrong['type'] == 'extra_forbidden' else wrong['msg']}"
