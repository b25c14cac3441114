"""Reading a hostile Clever from a test: quick to retry, quick to give up."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection
from datetime import UTC, datetime, tzinfo
from typing import Any

import pytest

from portal.providers.base import ProviderError, ReadProgress
from portal.providers.clever import CleverRosters
from portal.providers.http import ReadLimits
from portal.roster.snapshot import RosterSnapshot
from tests.healthy_district import CLASS, DISTRICT, DISTRICT_TOKEN
from tests.hostile_clever import HostileClever

QUICK = ReadLimits(page_seconds=2.0, read_seconds=20.0, backoff_seconds=0.01)


def nobody(
    students_read: int, students_listed: int | None, waiting_until: datetime | None = None
) -> None:
    """Progress that nobody follows."""


def rosters(
    clever: HostileClever, page_size: int | None = 10, timezone: tzinfo = UTC, **limits: Any
) -> CleverRosters:
    return CleverRosters(
        DISTRICT_TOKEN,
        clever.origin,
        "v3.0",
        page_size,
        DISTRICT,
        dataclasses.replace(QUICK, **limits),
        timezone,
    )


def roster(
    clever: HostileClever,
    enrolled: Collection[str] = (),
    progress: ReadProgress = nobody,
    **limits: Any,
) -> RosterSnapshot:
    """The roster of the one class; `page_size`, `timezone` and ReadLimits can be changed."""
    return rosters(clever, **limits).fetch_roster(CLASS, enrolled, progress)


def failure(clever: HostileClever, enrolled: Collection[str] = (), **limits: Any) -> ProviderError:
    """How reading the roster fails, as it must."""
    with pytest.raises(ProviderError) as raised:
        roster(clever, enrolled, **limits)
    return raised.value
