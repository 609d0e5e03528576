"""What a service makes of the variables that a manifest gives it: the service's own reader decides, as at a start."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from shared.settings import load

if TYPE_CHECKING:
    from collections.abc import Mapping


def settings_given(service: str, variables: Mapping[str, str]) -> Any:
    """Raise BadStart for a variable that is no setting, or a value that is none."""
    kind = import_module(f"services.{service}.settings").Settings
    with patch.dict(os.environ, dict(variables), clear=True):
        return load(kind)
