"""Moments as they travel: UTC, RFC 3339, with a `Z`."""

from datetime import UTC, datetime


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
