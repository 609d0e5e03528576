"""What the machine is like: its clock, its time zones, and the folder that everything is kept in.

A network file system breaks the locks and the shared memory of SQLite's log, quietly at first. A clock that is years
off makes every link expired or not yet valid, and one that went back behind what was written before is worth a word.
"""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from typing_extensions import override

from shared.ids import rfc3339, utc_now
from shared.selfcheck import Facts, Finding, doubt

ZONES = ("Europe/London", "Asia/Shanghai")
"""Where the first showcases are held; whoever has these has them all."""

_EARLIEST, _LATEST = datetime(2026, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
_SLACK = timedelta(minutes=5)
_OVER_A_NETWORK = frozenset(
    {"9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs2", "glusterfs", "gpfs", "lustre", "ncpfs", "nfs"}
    | {"nfs4", "ocfs2", "orangefs", "smb3", "smbfs"}
)
_FUSE_OVER_A_NETWORK = re.compile(r"fuse\.(sshfs|s3fs|goofys|gcsfuse|glusterfs|ceph|davfs2?|rclone|blobfuse2?|juicefs)")
_SECRETS = ("signing.pem", "organiser.link")


@dataclass(frozen=True, slots=True)
class MachineFacts(Facts):
    now: datetime
    missing_zones: tuple[str, ...] = ()
    folder: str = ""
    folder_mode: int | None = None
    file_system: str | None = None
    changed: datetime | None = None
    """When something in the folder was changed last."""
    exposed: tuple[str, ...] = ()
    """Secrets that others can read."""

    @override
    def findings(self) -> Iterator[Finding]:
        kind = self.file_system or ""
        if kind in _OVER_A_NETWORK or _FUSE_OVER_A_NETWORK.fullmatch(kind):
            yield Finding("C7", f"the data folder {self.folder} is on {kind}, over a network: use a local disk")
        for path in self.exposed:
            yield Finding("C27", f"{path} can be read by others: chmod 600 it, or better make a new one")
        if self.folder_mode is not None and self.folder_mode & 0o077:
            yield doubt("C29", f"others may look into the data folder {self.folder}: chmod 700 it")
        if not _EARLIEST <= self.now < _LATEST:
            yield Finding("C30", f"the clock says {rfc3339(self.now)}: set it, or no link is valid")
        elif self.changed is not None and self.changed > self.now + _SLACK:
            at = rfc3339(self.changed)
            yield doubt("C30", f"the clock went back: {self.folder} was changed at {at}, now is {rfc3339(self.now)}")
        if self.missing_zones:
            yield Finding("C31", f"no time zone data for {', '.join(self.missing_zones)}: pip install tzdata")


def machine(
    data: Path, *, keys: Path | None = None, holds_data: bool = True, zones: Sequence[str] = ()
) -> MachineFacts:
    """Look around; `keys` holds secrets, `holds_data` is false where the folder has nothing but keys in it."""
    secrets = [path for name in _SECRETS if keys is not None and (path := keys / name).exists()]
    return MachineFacts(
        now=utc_now(),
        missing_zones=tuple(zone for zone in zones if not _has(zone)),
        folder=str(data),
        folder_mode=stat.S_IMODE(data.stat().st_mode) if holds_data else None,
        file_system=file_system(data.resolve(), _mounts()) if holds_data else None,
        changed=_changed(data) if holds_data else None,
        exposed=tuple(str(path) for path in secrets if exposed(path)),
    )


def exposed(path: Path) -> bool:
    """Whether others can read a secret; its group may where somebody else mounted it for us (a cluster's secret)."""
    found = path.stat()
    return bool(stat.S_IMODE(found.st_mode) & (0o077 if found.st_uid == os.getuid() else 0o007))


def file_system(path: Path, mountinfo: str) -> str | None:
    """The type of the file system that a path is on, from /proc/self/mountinfo; the last mount over a place counts."""
    best, kind = -1, None
    for line in mountinfo.splitlines():
        mounted, _, described = line.partition(" - ")
        place = Path(re.sub(r"\\([0-7]{3})", lambda match: chr(int(match[1], 8)), mounted.split()[4]))
        if path.is_relative_to(place) and len(place.parts) >= best:
            best, kind = len(place.parts), described.split()[0]
    return kind


def _mounts() -> str:
    try:
        return Path("/proc/self/mountinfo").read_text(errors="replace")
    except OSError:
        return ""


def _changed(folder: Path) -> datetime | None:
    times = [path.stat().st_mtime for path in folder.glob("*.db")]
    return datetime.fromtimestamp(max(times), UTC) if times else None


def _has(zone: str) -> bool:
    from zoneinfo import ZoneInfo  # noqa: PLC0415  (one service in three needs it)

    try:
        ZoneInfo(zone)
    except (LookupError, OSError, ValueError):
        return False
    return True
