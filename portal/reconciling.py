"""The use case: sections follow what their district shares, by the plan and guard of any sync."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from functools import partial

from portal import clock, leaving, sharing, sync
from portal.database import write
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.shared.rosters import MirroredRoster, roster_of
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.overrides import day_of, overridden
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun, Wish
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.roster.snapshot import RosterSnapshot


def judge(connection: DistrictConnection, now: datetime) -> None:
    """Put to the admins what went, before any section follows it."""
    sharing.judge(connection, now)


def sync_outdated(run: DistrictRun, until: datetime) -> bool:
    """Sync the sections that differ from what their district shares; False when time ran out.

    What could not be synced (somebody else is at it, it failed, its admins are asked) stays
    outdated for the next round, and never stops the others. May be left and called again.
    """
    connection = DistrictConnection.by_key(run.connection_id)  # As the read just left it.
    as_of = connection.mirrored_at
    if as_of is None:
        return True
    write(lambda: Hold.ask_anew(connection, clock.now(), as_of))
    _look_at_waiting(connection, as_of)
    for key in SyncRun.untried(Section.outdated_by(connection, as_of), run.id):
        leaving.check()
        if clock.now() >= until:
            return False
        section = Section.by_key(key)
        if not _is_ahead(section, connection):
            _follow(run, section, as_of)
    return True


def read_mirror(
    section: Section, _enrolled: Collection[str], progress: ReadProgress
) -> RosterSnapshot:
    """The roster of the section's class as its district shares it, or ProviderError."""
    return _told(roster_of(section), progress)


def _told(found: MirroredRoster, progress: ReadProgress) -> RosterSnapshot:
    if found.snapshot is None:
        raise ProviderError(FailureReason.CLASS_GONE, "not shared", as_of=found.as_of)
    progress(len(found.snapshot.students), len(found.snapshot.students))
    return found.snapshot


def _follow(run: DistrictRun, section: Section, as_of: datetime) -> None:
    found = roster_of(section)
    if found.snapshot is None and SharingHold.covers(section):
        return
    if _is_so_already(section, found):
        write(lambda: section.caught_up(as_of))
        return
    requested = write(lambda: _requested(run, section, as_of))
    if requested is None:
        return
    sync.sync_section(requested, lambda _section, _enrolled, tell: _told(found, tell))
    if SyncRun.by_key(requested.id).state == RunState.PREVIEWED:
        write(lambda: section.caught_up(as_of, shown=True))


def _look_at_waiting(connection: DistrictConnection, as_of: datetime) -> None:
    """Of the sections that do not follow by themselves, those with nothing to change are so told.

    The others stay marked: their page says that Clever has changes (Y14).
    """
    for section in Section.waiting(connection, as_of):
        if _is_so_already(section, roster_of(section)):
            write(partial(section.caught_up, as_of))


def _is_ahead(section: Section, connection: DistrictConnection) -> bool:
    """Whether a sync has read the provider itself since the last whole read, and nobody has told
    of its class or students since then.

    Events come later than what they tell of: that a feed says nothing new does not mean that the
    mirror is as new as such a read (I6).
    """
    outdated_at, read_at = section.outdated_at, connection.read_at
    if outdated_at is None or (read_at is not None and outdated_at <= read_at):
        return False
    return SyncRun.asked_provider(section, outdated_at)


def _is_so_already(section: Section, found: MirroredRoster) -> bool:
    """Whether a sync would change and ask nothing: most often a person's own sync was quicker."""
    if found.snapshot is None:
        return section.class_gone_at is not None
    enrolled = Enrollment.roster(section)
    wanted = overridden(section, enrolled, found.snapshot, day_of(clock.now()))
    return (
        section.has_class(found.snapshot.roster_class)
        and enrolled == wanted.students
        and not Hold.not_agreed(section)
    )


def _requested(run: DistrictRun, section: Section, as_of: datetime) -> SyncRun | None:
    """The section's run for this round; None when somebody syncs it, or did by a younger read."""
    section = section.lock()
    if section.outdated_at is None or section.outdated_at > as_of:
        return None
    by_events = run.source == DistrictRunSource.EVENTS
    source = RunSource.EVENTS if by_events else RunSource.NIGHTLY
    wish = Wish(preview=section.previews_next)
    requested, is_new = SyncRun.request(
        section, source, clock.now(), district_run_id=run.id, wish=wish
    )
    return requested if is_new else None
