"""What an operator can set, by environment variables that begin with `LIVESCORE_`."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from shared.settings import LedgerSettings


class Settings(LedgerSettings):
    PREFIX = "LIVESCORE_"

    data: Path = Path("data")
    """Folder of ledger, bus and public keys; on a local disk, readable by this user only."""
    host: str = "127.0.0.1"
    """Address to listen on; the loopback address unless a proxy or a network stands in front on purpose."""
    port: int = Field(8082, ge=0, le=65535)
    """TCP port to listen on; 0 takes a free one."""
    keys: str = ""
    """Where registration's public keys are: a folder with `jwks.json`, `<data>/keys` when empty, or an http(s) address
    that gives them (`/api/registration/keys`)."""
    board_interval_seconds: float = Field(0.015, ge=0, le=5)
    """The least time between two boards of one competition; the first after a quiet spell goes out at once."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
