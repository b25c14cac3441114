"""When a provider that told us to slow down wants to be asked again (trust F26, M43)."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

LONGEST = timedelta(hours=1)


def asked_back_at(headers: httpx.Headers, now: datetime) -> datetime | None:
    """The latest moment the headers ask for, never further off than an hour; None if they do not.

    Clever sends `X-RateLimit-Reset` (Unix seconds) and, in old recordings, comma lists of it.
    """
    asked = [*_resets(headers), *_retry_after(headers, now)]
    later = [moment for moment in asked if moment > now]
    return min(max(later), now + LONGEST) if later else None


def retry_after(headers: httpx.Headers, now: datetime) -> datetime | None:
    """As `asked_back_at`, by `Retry-After` alone: a reset says nothing about a failing server."""
    later = [moment for moment in _retry_after(headers, now) if moment > now]
    return min(later[0], now + LONGEST) if later else None


def _resets(headers: httpx.Headers) -> list[datetime]:
    texts = headers.get("X-RateLimit-Reset", "").split(",")
    return [moment for text in texts if (moment := _unix_time(text)) is not None]


def _retry_after(headers: httpx.Headers, now: datetime) -> list[datetime]:
    """Seconds or an HTTP date (RFC 9110, 10.2.3); anything else counts as absent."""
    text = headers.get("Retry-After", "").strip()
    seconds = _number(text)
    if seconds is not None:
        return [now + min(timedelta(seconds=min(seconds, LONGEST.total_seconds())), LONGEST)]
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return []
    return [moment if moment.tzinfo else moment.replace(tzinfo=UTC)]


def _unix_time(text: str) -> datetime | None:
    seconds = _number(text)
    try:
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number >= 0 else None
