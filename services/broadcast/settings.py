"""What an operator can set, by environment variables that begin with `BROADCAST_`.

Lists and networks are given as JSON, for example `BROADCAST_ORIGINS='["https://college.example"]'`.
"""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from shared.contracts.streams import fault_of, origin_of
from shared.settings import EngineSettings


class Settings(EngineSettings):
    PREFIX = "BROADCAST_"

    data: Path = Path("data")
    """The data folder; broadcast reads the bus in it and owns nothing but its lock."""
    host: str = "127.0.0.1"
    """Address to listen on; the loopback address unless a proxy or a network stands in front on purpose."""
    port: int = Field(8080, ge=0, le=65535)
    """TCP port to listen on; 0 takes a free one."""
    processes: int = Field(1, ge=1, le=64)
    """How many processes share the port; `showcase up` starts them."""
    socket: int = -1
    """Descriptor of the socket that they share, from `showcase up`; -1 where the process listens itself."""
    own_socket: int = -1
    """Descriptor of a socket of its own for health and metrics, from `showcase up`."""
    seat: str = Field("", pattern=r"^[a-z0-9-]{0,20}$")
    """Name among the processes that share a port, from `showcase up`."""
    registration_url: str = "http://127.0.0.1:8081"
    """Where browsers reach registration; `/register` and `/organise` are sent there."""
    livescore_url: str = "http://127.0.0.1:8082"
    """Where browsers reach livescore; `/judge` is sent there."""
    origins: tuple[str, ...] = ()
    """Further origins whose pages may open live feeds; pages served under this service's own host always may."""
    frames: tuple[str, ...] = ()
    """Further origins whose pages may be shown as a video stream; others of organisers' streams become links."""
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    """Networks of proxies whose `X-Forwarded-For` is believed."""
    max_viewers: int = Field(20_000, ge=1, le=1_000_000)
    """Viewers at a time; never more than the process may have files open."""
    max_viewers_per_address: int = Field(0, ge=0)
    """Viewers from one address, 0 for any number: a whole school may sit behind one."""
    joins_per_second: float = Field(5000.0, ge=0, le=1_000_000)
    """Viewers that may join in a second, in the long run; 0 for any number."""
    joins_burst: int = Field(10_000, ge=1, le=1_000_000)
    """How many may join at once after a quiet spell: a start, or a class that is told to look."""
    joins_per_minute_per_address: int = Field(0, ge=0)
    """Joins from one address in a minute, 0 for any number: a whole school may sit behind one."""
    tick_ms: int = Field(40, ge=5, le=1000)
    """Changes that come within this time are sent as one."""
    slice_writes: int = Field(1000, ge=10, le=5000)
    """Writes to viewers before everything else gets a turn."""
    soft_limit_bytes: int = Field(32 * 1024, ge=1024)
    """A viewer with more than this unsent is passed over until it has read it, then gets the newest state."""
    hard_limit_bytes: int = Field(256 * 1024, ge=1024)
    """A viewer with more than this unsent is closed with 4008."""
    behind_seconds: float = Field(8.0, gt=0, le=60)
    """A viewer that has not taken what it was sent for this long is closed with 4008."""
    head_seconds: float = Field(8.0, gt=0, le=60)
    """How long a request may take to say what it wants."""
    drain_seconds: float = Field(2.0, ge=0, le=60)
    """Over how long viewers are sent away when the service stops."""
    retry_ms: int = Field(2000, ge=100, le=60_000)
    """How long viewers that are sent away wait before they come back, on average."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    """The least that is logged."""

    @field_validator("frames")
    @classmethod
    def _origins(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if fault_of(one) is not None or origin_of(one) != one:
                raise ValueError("must be origins as browsers write them, such as https://video.college.example")
        return value

    @model_validator(mode="after")
    def _several_have_somebody_who_starts_them(self) -> Self:
        if self.processes > 1 and self.socket < 0:
            raise ValueError(
                "BROADCAST_PROCESSES above 1 is for `showcase up`: one service started alone is one process"
            )
        return self

    @field_validator("registration_url", "livescore_url")
    @classmethod
    def _no_slash_at_the_end(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")
