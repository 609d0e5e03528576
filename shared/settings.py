"""Load a service's settings; a bad one is a clear line for the operator, not a stack trace."""

from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from shared.errors import BadStart

S = TypeVar("S", bound=BaseSettings)


def load(kind: type[S], **given: Any) -> S:
    """Read settings from the environment, with what the command line gives on top; raise BadStart on a bad one."""
    prefix = kind.model_config.get("env_prefix", "")
    try:
        return kind(**{name: value for name, value in given.items() if value is not None})
    except ValidationError as exc:
        bad = "; ".join(
            f"{prefix}{'_'.join(str(part) for part in one['loc'])}".upper() + f": {one['msg']}"
            for one in exc.errors(include_url=False, include_input=False)
        )
        raise BadStart(f"bad setting: {bad}") from exc
    except SettingsError as exc:  # a list that is not even JSON
        raise BadStart(f"bad setting among {prefix}...: {exc}; lists are given as JSON") from exc
