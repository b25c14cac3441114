"""The one reader of the time."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: tzinfo) -> date:
    """The day it is at the schools."""
    return now().astimezone(zone).date()
