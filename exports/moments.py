"""Moments as recipes and manifests write them."""

from datetime import UTC, datetime
from typing import Any


def parse_moment(value: Any) -> datetime | None:
    """The time that an ISO 8601 text with a zone names, in UTC; None for anything else."""
    if not isinstance(value, str) or len(value) > 40:
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def write_moment(moment: datetime) -> str:
    """The one way in which a time is written: in UTC, to the microsecond."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
