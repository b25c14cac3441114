"""What a Library teacher does, and what the worker does for her, in this process."""

from __future__ import annotations

from functools import partial

from portal import clock, library
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.sync import sync_section
from tests.web.browsing import RunningPortal, Visitor

SCIENCE, MATH, ROBOTICS = "Life Science - Period 2", "Math 6 - Period 4", "Robotics Club"


def add_class(portal: RunningPortal, teacher: Visitor, class_id: str) -> Section:
    """Save the class as a section, and carry out its first sync."""
    details = f"/sections/new/clever/details?class={class_id}"
    teacher.submit(details, "/sections")
    section: Section = Section.get(Section.class_sourced_id == class_id)
    carried_out(portal, SyncRun.get(SyncRun.section == section))
    return section


def press_sync(portal: RunningPortal, teacher: Visitor, section: Section) -> SyncRun:
    """The button, and then the worker; returns the run as it ended."""
    teacher.post(f"/sections/{section.public_id}/roster-syncs")
    waiting = SyncRun.select().where((SyncRun.section == section) & SyncRun.finished_at.is_null())
    return carried_out(portal, waiting.get())


def synced_by_nobody(portal: RunningPortal, section: Section) -> SyncRun:
    run, _ = SyncRun.request(section, RunSource.RETRY, clock.now())
    return carried_out(portal, run)


def carried_out(portal: RunningPortal, run: SyncRun) -> SyncRun:
    read = partial(library.read_roster, portal.settings, run.started_by)
    sync_section(run, read)
    ended: SyncRun = SyncRun.get_by_id(run.id)
    return ended


def names_in(section: Section) -> set[tuple[str, str]]:
    """Given and family name of today's students."""
    roster = Enrollment.roster(section).values()
    return {(each.given_name, each.family_name) for each in roster}
