"""The use case: a district's lists rest between two days; then they show what would change (Y14).

What the district shares is read all the while, so that the Clever page is right and the plans of
the restart are ready. Only its sections follow nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from functools import partial
from typing import Any

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.district_pauses import DistrictPause
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.syncs.sync_runs import SyncRun
from portal.providers.clever import PROVIDER
from portal.settings import Settings


def pause(
    connection: DistrictConnection, starts_on: date, ends_on: date, account: Account
) -> DistrictPause | None:
    """None when another one has some of these days, be it made a moment ago."""

    def step() -> DistrictPause | None:
        now = clock.now()
        if DistrictPause.clashes(connection, starts_on, ends_on):
            return None
        made: DistrictPause = DistrictPause.create(
            connection=connection,
            starts_on=starts_on,
            ends_on=ends_on,
            made_by=account,
            made_at=now,
        )
        _audit("pause.made", made, account, now)
        return made

    return write(step)


def change(pause: DistrictPause, starts_on: date, ends_on: date, account: Account) -> bool:
    """False when another one has some of these days."""

    def step() -> bool:
        if DistrictPause.clashes(pause.connection, starts_on, ends_on, but=pause.id):
            return False
        DistrictPause.update(starts_on=starts_on, ends_on=ends_on).where(
            (DistrictPause.id == pause.id) & DistrictPause.released_at.is_null()
        ).execute()
        _audit("pause.changed", pause, account, clock.now())
        return True

    return write(step)


def end(pause: DistrictPause, account: Account, today: date) -> None:
    """Take back one that has not begun; of one that stands, what follows its end is now."""
    write(partial(_end, pause, account, today, clock.now()))


def release_over(settings: Settings, now: datetime) -> list[DistrictPause]:
    """End those whose last day is over; any number of schedulers may do it at once."""
    today = now.astimezone(settings.timezone).date()
    over = [each for each in DistrictPause.due(PROVIDER) if each.ends_on < today]
    return [each for each in over if write(partial(_release, each, None, now))]


def show_again(connection: DistrictConnection, sections: Any) -> None:
    """Those that show first what would change do so anew, by the next read of the district."""
    which = sections & Section.previews_next
    write(lambda: Section.preview_next(which, connection.mirrored_at))


def save_shown(previews: Collection[SyncRun], account: Account) -> list[SyncRun]:
    """Save exactly these plans, each in a run of its own; the runs that are to be rung for."""

    def step() -> list[SyncRun]:
        now = clock.now()
        runs = SyncRun.request_shown(previews, now, account)
        AuditEvent.record(
            now, account.public_id, "restart.saved", account.public_id, lists=len(runs)
        )
        return runs

    return write(step)


def _end(pause: DistrictPause, account: Account, today: date, now: datetime) -> None:
    if pause.starts_on > today:
        pause.delete_instance()
        _audit("pause.taken_back", pause, account, now)
    elif _release(pause, account, now):
        _audit("pause.ended", pause, account, now)


def _release(pause: DistrictPause, account: Account | None, now: datetime) -> bool:
    if not pause.release(now, account):
        return False
    connection = DistrictConnection.by_key(pause.connection_id)
    Section.preview_next(Section.of_district(connection), connection.mirrored_at)
    return True


def _audit(action: str, pause: DistrictPause, account: Account, now: datetime) -> None:
    days = (pause.ends_on - pause.starts_on).days + 1
    AuditEvent.record(now, account.public_id, action, pause.public_id, days=days)
