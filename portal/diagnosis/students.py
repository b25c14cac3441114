"""Why somebody does not see a student, in the six questions of experience.md 2.13."""

from __future__ import annotations

from portal.diagnosis.answers import Asker, Finding, Outcome
from portal.models.hidden_classes import HiddenClass
from portal.models.sections import Section
from portal.models.shared import around, known_here, tabs
from portal.models.shared.records import SharedClass, SharedStudent
from portal.models.shared.standings import standings
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.roster.alike import ClassName
from portal.roster.sharing import Kind


def of_student(asker: Asker, sourced_id: str, section: Section | None) -> Finding | None:
    student = tabs.find(asker.scope, Kind.STUDENTS, sourced_id)
    if student is None:
        return _of_former_student(asker, sourced_id)
    classes = around.classes_of_student(asker.scope, sourced_id)
    if section is None:
        return _in_any_section(asker, student, classes)
    listing = next((c for c in classes if c.sourced_id == section.class_sourced_id), None)
    if listing is not None:
        return _in_section(asker, student, listing, section)
    teachers = around.teachers_of(asker.scope, classes)
    twin = next((c for c in classes if _alike(c, section)), None)
    outcome = Outcome.LOOK_ALIKE if twin else Outcome.NOT_IN_CLASS
    return Finding(Kind.STUDENTS, outcome, student, section, twin, classes, teachers)


def _of_former_student(asker: Asker, sourced_id: str) -> Finding | None:
    """Somebody whom no class of the reader's lists any more, as far as the reader may know."""
    places = known_here.student(asker.reader.sections, asker.scope.connection, sourced_id)
    if not places:
        return None
    section = Section.by_key(places[0].section_id)
    left_at = max(filter(None, (each.ended_at for each in places)), default=None)
    return Finding(Kind.STUDENTS, Outcome.NO_LONGER, places[0], section, left_at=left_at)


def _in_any_section(asker: Asker, student: SharedStudent, classes: list[SharedClass]) -> Finding:
    """The first section of the reader's in which something is amiss, else that all is well."""
    if not classes:
        return Finding(Kind.STUDENTS, Outcome.NO_CLASS, student)
    by_id = {each.sourced_id: each for each in classes}
    sections = known_here.following(asker.reader.sections, asker.scope.connection, by_id)
    if not sections:
        teachers = around.teachers_of(asker.scope, classes)
        return Finding(
            Kind.STUDENTS,
            Outcome.NO_SECTION,
            student,
            roster_class=classes[0],
            classes=classes,
            teachers=teachers,
        )
    found = [_in_section(asker, student, by_id[each.class_sourced_id], each) for each in sections]
    return next((each for each in found if each.outcome is not Outcome.ALL_WELL), found[0])


def _in_section(
    asker: Asker, student: SharedStudent, listing: SharedClass, section: Section
) -> Finding:
    """The ladder from its third step on: the class of this section lists the student."""
    run = SyncRun.latest(section)
    outcome = _why_not_synced(section, student, run) or _why_not_seen(asker, student, listing)
    return Finding(Kind.STUDENTS, outcome, student, section, listing, run=run)


def _why_not_synced(
    section: Section, student: SharedStudent, run: SyncRun | None
) -> Outcome | None:
    if known_here.is_enrolled(section, student.sourced_id):
        return None
    if run is not None and not run.finished:
        return Outcome.SYNCING
    if run is not None and run.state == RunState.FAILED:
        return Outcome.SYNC_FAILED
    if run is not None and run.state == RunState.HELD:
        return Outcome.ON_HOLD
    return Outcome.NOT_SYNCED


def _why_not_seen(asker: Asker, student: SharedStudent, listing: SharedClass) -> Outcome:
    if listing.sourced_id in HiddenClass.of(asker.account):
        return Outcome.HIDDEN
    standing = standings(asker.reader, [student]).get(student.sourced_id)
    if standing is not None and standing.has_two_accounts:
        return Outcome.TWO_ACCOUNTS
    return Outcome.ALL_WELL


def _alike(one: SharedClass, section: Section) -> bool:
    """Whether a person may take the one class for the other (experience.md 2.5)."""
    return ClassName.of(one.name).confusable_with(ClassName.of(section.class_name))
