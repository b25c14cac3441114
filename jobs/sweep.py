"""What the clock does: ring for what waits, end what has run out (trust.md decision 2)."""

from __future__ import annotations

import logging
from datetime import UTC, date, datetime, timedelta, tzinfo

from redis.exceptions import RedisError

from jobs import queue, send_letter, sync_district, sync_section, update_rosters
from portal.models.chores import Chore
from portal.models.district_pauses import DistrictPause
from portal.models.entrance.emailed_links import EmailedLink
from portal.models.entrance.ended_sessions import EndedSession
from portal.models.entrance.letters import Letter
from portal.models.entrance.sessions import Session
from portal.models.library_tokens import LibraryToken
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.district_runs import DistrictRun
from portal.models.syncs.holds import Hold
from portal.models.syncs.overrides import RosterOverride
from portal.models.syncs.planned_changes import PlannedChange
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import SyncRun

logger = logging.getLogger(__name__)

QUIET = timedelta(seconds=8)
PREVIEW_LASTS = timedelta(days=1)
READS_KEPT = timedelta(days=90)
PURGE, PURGE_EVERY = "purge", timedelta(hours=1)


def sweep(now: datetime, zone: tzinfo = UTC) -> None:
    """One round; any number of schedulers may do it at once, a claim decides who runs.

    `zone` says which day it is at the schools.
    """
    Session.purge(now)
    EndedSession.purge(now)
    EmailedLink.purge(now)
    LibraryToken.purge(now)
    Letter.give_up(now)
    Hold.expire(now)
    SharingHold.expire(now)
    SyncRun.forget_previews(now - PREVIEW_LASTS)
    PlannedChange.purge()
    RosterOverride.end_over(now)
    retry_failed(now, now.astimezone(zone).date())
    if Chore.take(PURGE, PURGE_EVERY):
        purge_reads(now)
    ring_again(now)


def purge_reads(now: datetime) -> None:
    """Forget reads that nobody looks at any more; what they changed is in each list's history."""
    RosterUpdate.purge(now - READS_KEPT)
    DistrictRun.purge(now - READS_KEPT)


def retry_failed(now: datetime, today: date) -> None:
    """What failed and promised to try again, unless its district rests by now (Y14)."""
    failed = list(SyncRun.failed_and_due(now))
    resting = DistrictPause.over([run.section for run in failed], today)
    for run in failed:
        if run.section_id in resting:
            run.promise_nothing()
        else:
            run.retry(now)


def ring_again(now: datetime) -> None:
    """Ring for what nobody works on and what no longer lies in the queue."""
    runs, letters = list(SyncRun.waiting_for_a_ring(now, QUIET)), list(Letter.due(now - QUIET))
    updates = list(RosterUpdate.waiting_for_a_ring(now, QUIET))
    districts = list(DistrictRun.waiting_for_a_ring(now, QUIET))
    if not (runs or letters or updates or districts):
        return
    try:
        waiting = queue.waiting_ids()
    except RedisError:
        logger.warning("queue away")
        return
    for run in (each for each in runs if each.public_id not in waiting):
        sync_section.ring(run)
    for update in (each for each in updates if each.public_id not in waiting):
        update_rosters.ring(update)
    for district in (each for each in districts if each.public_id not in waiting):
        sync_district.ring(district)
    send_letter.ring_all(each for each in letters if each.public_id not in waiting)
