"""What waits for an admin: schools that went, lists that are held, sections that fail (AD1).

All of it in counts: names of students stand on the page of one question alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import SQL, ModelSelect, fn

from portal.models.admins.admin_scopes import AdminScope
from portal.models.base import from_microseconds, tuples_of
from portal.models.districts import DistrictConnection
from portal.models.sections import FOLLOWING, Section
from portal.models.shared.records import ClassStudent, SharedClass, SharedStudent
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldKind
from portal.models.syncs.standings import cause, fails, only_looked, stood
from portal.models.syncs.sync_changes import ChangeKind, SyncChange
from portal.models.syncs.sync_runs import RunState, SyncRun

_Good, _Bad = SyncRun.alias("good"), SyncRun.alias("bad")


@dataclass(frozen=True, slots=True)
class HeldLists:
    """The lists of one school about which a person is asked; `hold_id` is that of the only one."""

    school_sourced_id: str
    section_count: int
    student_count: int
    since: datetime
    hold_id: str | None


@dataclass(frozen=True, slots=True)
class FailingSections:
    """The sections that fail for one cause."""

    cause: str
    section_count: int
    student_count: int
    since: datetime


def held_lists(scope: AdminScope, now: datetime) -> list[HeldLists]:
    """The school that waits longest first; without what the question about a school asks too."""
    count, connection = fn.COUNT(Hold.id), scope.connection()
    of_school = SharingHold.select().where(
        (SharingHold.connection == connection)
        & (SharingHold.school_sourced_id == Section.school_sourced_id)
        & SharingHold.askable(now)
        & (Hold.kind == HoldKind.REMOVALS)
        & (Hold.created_at >= SharingHold.since)
        & ~fn.EXISTS(_still_shared(connection))
    )
    found = (
        Hold.select(
            Section.school_sourced_id,
            fn.COUNT(Section.id.distinct()),
            fn.SUM(Hold.student_count),
            fn.MIN(Hold.created_at).alias("since"),
            count,
            fn.MIN(Hold.public_id),
        )
        .join(Section)
        .where(scope.sections & Hold.askable(now) & ~fn.EXISTS(of_school))
        .group_by(Section.school_sourced_id)
        .order_by(SQL("since"), Section.school_sourced_id)
    )
    return [
        HeldLists(school, sections, int(students), _moment(since), only if number == 1 else None)
        for school, sections, students, since, number, only in tuples_of(found)
    ]


def _still_shared(connection: DistrictConnection | None) -> ModelSelect[Any]:
    """Somebody whom a question is about, and whom the district still shares in that class.

    A sync has asked that read the provider later: who answers for the school has not seen them.
    """
    same_student = (SharedStudent.connection == SharedClass.connection) & (
        SharedStudent.sourced_id == ClassStudent.sourced_id
    )
    return (
        ClassStudent.select()
        .join(SharedClass)
        .join(SharedStudent, on=same_student)
        .join(SyncChange, on=(SyncChange.sourced_id == ClassStudent.sourced_id))
        .where(
            (SyncChange.run == Hold.run)
            & (SyncChange.kind == ChangeKind.HELD_REMOVAL)
            & (SharedClass.connection == connection)
            & (SharedClass.sourced_id == Section.class_sourced_id)
            & SharedClass.unshared_at.is_null()
            & ClassStudent.ended_at.is_null()
            & SharedStudent.unshared_at.is_null()
        )
    )


def failing_sections(scope: AdminScope) -> list[FailingSections]:
    """The cause with most sections first."""
    found = (
        stood(
            scope.sections & fails(),
            cause().alias("cause"),
            fn.COUNT(Section.id).alias("sections"),
            fn.SUM(_students()),
            fn.MIN(_since()),
        )
        .group_by(SQL("cause"))
        .order_by(SQL("sections").desc(), SQL("cause"))
    )
    return [
        FailingSections(reason, sections, int(students), _moment(since))
        for reason, sections, students, since in tuples_of(found)
    ]


def failing_for(scope: AdminScope, reason: str) -> ModelSelect[Section]:
    """The sections that fail for this cause, by name; each with `student_count` and `since`."""
    columns = Section, _students().alias("student_count"), _since().alias("since")
    found = stood(scope.sections & fails() & (cause() == reason), *columns)
    return found.order_by(fn.LOWER(Section.name), Section.id)


def restarting(scope: AdminScope) -> int:
    """How many lists show first what would change, since a pause is over (Y14)."""
    first = Section.previews_next & Section.class_gone_at.is_null() & Section.mode.in_(FOLLOWING)
    count: int = Section.select().where(scope.sections & first).count()
    return count


def sharing_holds(scope: AdminScope, now: datetime) -> list[SharingHold]:
    """Schools of which much is no longer shared, put to this admin; the oldest first."""
    connection = scope.connection()
    return list(SharingHold.waiting_for(connection, scope.schools, now)) if connection else []


def _students() -> Any:
    """How many are on the list of a section of `stood`."""
    return Enrollment.select(fn.COUNT(Enrollment.id)).where(
        (Enrollment.section == Section.id) & Enrollment.ended_at.is_null()
    )


def _since() -> Any:
    """When a section of `stood` failed for the first time since it was read well."""
    read_well = _Good.select(fn.MAX(_Good.id)).where(
        (_Good.section == Section.id) & _Good.state.in_((RunState.DONE, RunState.HELD))
    )
    failed = _Bad.select(fn.MIN(_Bad.finished_at)).where(
        (_Bad.section == Section.id)
        & (_Bad.state == RunState.FAILED)
        & ~only_looked(_Bad)
        & (_Bad.id > fn.COALESCE(read_well, 0))
    )
    since = fn.COALESCE(failed, Section.class_gone_at, Section.created_at)
    return since.python_value(_moment)


def moment_or_none(value: datetime | int | None) -> datetime | None:
    """A function of a time: on some paths of peewee it keeps the column's type, on others not."""
    return from_microseconds(int(value)) if isinstance(value, int) else value


def _moment(value: datetime | int) -> datetime:
    found = moment_or_none(value)
    assert found is not None
    return found
