"""The use case: every district is read once a night, each at a place of its own (Y3)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

from portal.models.plans import PlanGrant
from portal.models.syncs.district_runs import DistrictRun
from portal.plans import Allowance, load_plans
from portal.providers.clever import PROVIDER
from portal.settings import Settings

# A scheduler that was down catches up until then; later, schools are awake and it waits a day.
NIGHT_LASTS = timedelta(hours=5)


def ask_for_tonight(settings: Settings, now: datetime) -> list[DistrictRun]:
    """The runs that are due now and that nobody has asked for yet, to ring for.

    Of districts whose plan, or a school's of theirs, has automatic updates (K6).
    """
    night = night_at(settings, now)
    if night is None:
        return []
    plans = load_plans(settings.plans_file)
    due = [
        each
        for each in DistrictRun.without_night(PROVIDER, night)
        if begins_at(settings, night, each.district_sourced_id) <= now
        and PlanGrant.anywhere_allows(each, Allowance.AUTOMATIC_UPDATES, plans)
    ]
    asked = [DistrictRun.request_for_night(each, night, now) for each in due]
    return [run for run in asked if run is not None]


def night_at(settings: Settings, now: datetime) -> date | None:
    """The night that this moment belongs to, by the day on which it begins; None by day."""
    today = now.astimezone(settings.timezone).date()
    for night in (today, today - timedelta(days=1)):
        start = _start(settings, night)
        if start <= now < start + settings.nightly_spread + NIGHT_LASTS:
            return night
    return None


def begins_at(settings: Settings, night: date, district_sourced_id: str) -> datetime:
    """The district's own place in the spread, the same each night: Clever is asked evenly."""
    digest = int.from_bytes(sha256(district_sourced_id.encode()).digest()[:8])
    return _start(settings, night) + settings.nightly_spread * (digest / 2**64)


def _start(settings: Settings, night: date) -> datetime:
    """An hour that a clock change skips is the one after it; one that comes twice is the first."""
    local = datetime.combine(night, settings.nightly_at, settings.timezone)
    return local.astimezone(UTC)
