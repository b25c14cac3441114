"""The use case: a teacher keeps a student on or off a list whatever Clever says (Y10, K5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from portal import clock
from portal.database import write
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs import rosters
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.overrides import OverrideKind, RosterOverride
from portal.models.syncs.rosters import Change
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.roster.records import StudentRecord


@dataclass(frozen=True, slots=True)
class Decision:
    """On the list or off it, to the end of this day, as this teacher says."""

    kind: OverrideKind
    until: date
    teacher: Account


def keep(section: Section, student: Account, decision: Decision) -> SyncRun | None:
    """Keep the student on the list or off it, whatever was decided of them until now.

    Answers the run that put them on the list now or took them off it; None where there was
    nothing to do.
    """
    return write(lambda: _keep(section.lock(), student, decision, clock.now()))


def can_be_kept(place: Enrollment) -> bool:
    """Whether the student can be on the list: it shows only people whom its provider knows (N7)."""
    return place.ended_at is None or bool(_ids(place.section, place.account))


def end(override: RosterOverride, teacher: Account) -> None:
    """Let Clever decide again, from the next sync on."""
    write(lambda: _end(override, teacher, clock.now()))


def _keep(section: Section, student: Account, decision: Decision, now: datetime) -> SyncRun | None:
    place = _place(section, student, now)
    run = _run_for(section, place, decision, now)
    before = RosterOverride.of_student(section, student)
    if before is not None and before.kind == decision.kind and run is None:
        before.move(decision.until)
    else:
        if before is not None:
            before.end(now, run)
        _note(place, decision, run, now)
    section.roster_changed()
    _audit(f"student.kept_{decision.kind}", section, decision.teacher, now)
    return run


def _note(place: Enrollment, decision: Decision, run: SyncRun | None, now: datetime) -> None:
    RosterOverride.create(
        section=place.section_id,
        account=place.account_id,
        sourced_id=place.sourced_id,
        kind=decision.kind,
        until=decision.until,
        made_by=decision.teacher,
        made_at=now,
        made_in=run,
    )


def _place(section: Section, student: Account, now: datetime) -> Enrollment:
    """Their place in the section, now or before; one that is not saved for who never had any.

    A place of before the section followed a class stands under an id that its provider does not
    know: who comes back comes back under one that it does.
    """
    place: Enrollment | None = Enrollment.get_or_none(
        (Enrollment.section == section) & (Enrollment.account == student)
    )
    if place is not None and place.ended_at is None:
        return place
    ids = _ids(section, student)
    if place is None:
        return Enrollment(section=section, account=student, sourced_id=ids[0], ended_at=now)
    if ids and place.sourced_id not in ids:
        place.sourced_id = ids[0]
    return place


def _ids(section: Section, student: Account) -> list[str]:
    """What the section's provider calls the student, the one used last first."""
    ids = LinkedAccount.of(student, section.provider).where(LinkedAccount.issuer == section.issuer)
    newest = LinkedAccount.last_used_at.desc(nulls="LAST"), LinkedAccount.id.desc()
    return [each.sourced_id for each in ids.order_by(*newest)]


def _run_for(
    section: Section, place: Enrollment, decision: Decision, now: datetime
) -> SyncRun | None:
    """Put them on the list now or take them off it, if that is not so already."""
    is_on = place.ended_at is None
    if is_on == (decision.kind is OverrideKind.IN):
        return None
    run = SyncRun.by_hand(section, RunSource.OVERRIDE, decision.teacher, now)
    run.count_before = Enrollment.count(section)
    if is_on:
        run.removed_count = _take_off(section, run, place, now)
    else:
        run.added_count = _put_on(section, run, place, now)
    run.count_after = Enrollment.count(section)
    run.unchanged_count = run.count_after - run.added_count
    run.save()
    return run


def _take_off(section: Section, run: SyncRun, place: Enrollment, now: datetime) -> int:
    rosters.record(section, run, [Change(ChangeKind.REMOVED, _record(place))])
    return rosters.archive(section, [place.sourced_id], run, now)


def _put_on(section: Section, run: SyncRun, place: Enrollment, now: datetime) -> int:
    rosters.record(section, run, [Change(ChangeKind.ADDED, _record(place))])
    rosters.enroll(section, [place.sourced_id], now)
    return 1


def _record(place: Enrollment) -> StudentRecord:
    student = place.account
    return StudentRecord(
        place.sourced_id, student.given_name, student.family_name, grade=student.grade
    )


def _end(override: RosterOverride, teacher: Account, now: datetime) -> None:
    section = override.section.lock()
    if override.end(now):
        _audit("student.not_kept", section, teacher, now)


def _audit(action: str, section: Section, teacher: Account, now: datetime) -> None:
    AuditEvent.record(now, teacher.public_id, action, section.public_id, students=1)
