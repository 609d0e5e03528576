"""Settings of a service: a frozen model, read from environment variables that begin with the service's name.

A variable with the service's prefix that names no setting is refused, because a misspelt one would otherwise be obeyed
by nobody and missed by nobody. Collections are given as JSON. Written here in a few lines because the usual library
costs each of the three services more than a megabyte at rest.
"""

import json
import os
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, ClassVar, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails
from typing_extensions import override

from shared.errors import BadStart


class Settings(BaseModel):
    """Base of a service's settings; `PREFIX` is the service's name in capitals and an underscore."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    PREFIX: ClassVar[str]


class EngineSettings(Settings):
    """Which engine a service runs on, and where the cluster's Kafka is."""

    data: Path = Path("data")
    engine: Literal["embedded", "cluster"] = "embedded"
    kafka: str = ""
    """Kafka's addresses, `host:port,host:port`; cluster engine only."""
    kafka_replication: int = Field(3, ge=1, le=9)
    """Copies of each topic that are asked for when it is made."""
    kafka_prefix: str = Field("", pattern=r"^[A-Za-z0-9_.-]{0,60}$")
    """Topics and groups begin so: more than one showcase installation can share a Kafka."""
    collectors: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks that may read `/metrics` besides this machine itself."""
    unsafe: bool = False
    """Start although the self-check refuses."""
    traces: str = Field("", pattern=r"^(https?://.*)?$")
    """Where traces go, OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`; none are made when empty."""

    def _wanted(self) -> tuple[str, ...]:
        return ("kafka",)

    @model_validator(mode="after")
    def _the_cluster_has_addresses(self) -> Self:
        missing = [name for name in self._wanted() if not getattr(self, name)] if self.engine == "cluster" else []
        if missing:
            names = " and ".join(self.PREFIX + name.upper() for name in missing)
            raise ValueError(f"{self.PREFIX}ENGINE=cluster needs {names}")
        return self


class LedgerSettings(EngineSettings):
    """The settings of a service with a ledger of its own."""

    mongo: str = Field("", repr=False)
    """MongoDB's address, `mongodb://...`; cluster engine only. It may hold a password."""
    mongo_driver: Literal["motor", "pymongo"] = "motor"
    mongo_database: str = Field("showcase", pattern=r"^[A-Za-z0-9_-]{1,60}$")

    @override
    def _wanted(self) -> tuple[str, ...]:
        return ("kafka", "mongo")


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
    if not wrong["loc"]:  # about several settings at once, and named there
        return wrong["msg"].removeprefix("Value error, ")
    variable = kind.PREFIX + "_".join(str(part) for part in wrong["loc"]).upper()
    return f"{variable}: {'there is no such setting' if wrong['type'] == 'extra_forbidden' else wrong['msg']}"
