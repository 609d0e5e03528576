"""What an operator can set, by environment variables that begin with `REGISTRATION_`.

Addresses are the ones people's browsers use, because they end up in links and QR codes.
"""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator

from shared.settings import LedgerSettings


class Settings(LedgerSettings):
    PREFIX = "REGISTRATION_"

    data: Path = Path("data")
    """Folder of ledger, people, bus and keys; on a local disk, readable by this user only."""
    host: str = "127.0.0.1"
    """Address to listen on; the loopback address unless a proxy or a network stands in front on purpose."""
    port: int = Field(8081, ge=0, le=65535)
    """TCP port to listen on; 0 takes a free one."""
    public_url: str = "http://127.0.0.1:8081"
    """Where browsers reach this service; the organiser's link begins so."""
    keys: str = ""
    """Folder of the key pair that signs links, `<data>/keys` when empty; all copies need the same pair."""
    livescore_url: str = "http://127.0.0.1:8082"
    """Where browsers reach livescore; judges' links begin so."""
    broadcast_url: str = "http://127.0.0.1:8080"
    """The one address for people; shown on the pages."""
    organiser_link_days: int = Field(180, ge=1, le=400)
    """How long the organiser's link made at the first start works, in days."""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks of proxies whose `X-Forwarded-For` is believed when registrations are counted; this machine's always."""
    registrations_per_minute: float = Field(20.0, gt=0, le=6000)
    """How many registrations one address may send in the long run."""
    registrations_burst: int = Field(60, ge=1, le=6000)
    """How many it may send at once: a school class registers from one address."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least that is logged."""

    @field_validator("public_url", "livescore_url", "broadcast_url")
    @classmethod
    def _no_slash_at_the_end(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")
