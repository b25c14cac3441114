"""The schools of a district as its admins compare them: what is shared, in use, waiting (AD1)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from peewee import Case, fn

from portal.models.admins.admin_scopes import AdminScope
from portal.models.admins.attention import moment_or_none
from portal.models.base import tuples_of
from portal.models.sections import Section
from portal.models.shared.records import SharedSchool
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.standings import fails, stood
from portal.roster.names import fold


@dataclass(frozen=True, slots=True)
class SchoolReport:
    """`shared` is whether the district shares the school today; `students` are in sections here.

    `last_sync` is when the section that was read last was read.
    """

    sourced_id: str
    name: str
    shared: bool = False
    shared_classes: int = 0
    shared_students: int = 0
    shared_teachers: int = 0
    sections: int = 0
    students: int = 0
    last_sync: datetime | None = None
    held: int = 0
    failing: int = 0

    @property
    def needs_attention(self) -> bool:
        return bool(self.held or self.failing)


class SchoolOrder(StrEnum):
    NAME = "name"
    SHARED = "shared"
    SECTIONS = "sections"
    STUDENTS = "students"
    LAST_SYNC = "last_sync"
    HELD = "held"
    FAILING = "failing"


class SchoolFilter(StrEnum):
    ALL = "all"
    ATTENTION = "attention"
    USED = "used"
    UNUSED = "unused"


# What many want to see first comes first; for a name that is A, for all else the most.
ORDERS: Mapping[SchoolOrder, Callable[[SchoolReport], Any]] = {
    SchoolOrder.NAME: lambda school: 0,
    SchoolOrder.SHARED: lambda school: -school.shared_classes,
    SchoolOrder.SECTIONS: lambda school: -school.sections,
    SchoolOrder.STUDENTS: lambda school: -school.students,
    SchoolOrder.LAST_SYNC: lambda school: (
        -(school.last_sync.timestamp() if school.last_sync else 0)
    ),
    SchoolOrder.HELD: lambda school: -school.held,
    SchoolOrder.FAILING: lambda school: -school.failing,
}
FILTERS: Mapping[SchoolFilter, Callable[[SchoolReport], bool]] = {
    SchoolFilter.ALL: lambda school: True,
    SchoolFilter.ATTENTION: lambda school: school.needs_attention,
    SchoolFilter.USED: lambda school: school.sections > 0,
    SchoolFilter.UNUSED: lambda school: not school.sections,
}


def school_reports(scope: AdminScope, now: datetime) -> list[SchoolReport]:
    """By name, in four questions however many; a school that went stays while it has sections."""
    sections, students = _sections(scope), _students(scope)
    held = _held(scope, now)
    reports = _shared(scope)
    for sourced_id, counts in sections.items():
        known = reports.get(sourced_id) or SchoolReport(sourced_id, "")
        reports[sourced_id] = replace(
            known, **counts, students=students.get(sourced_id, 0), held=held.get(sourced_id, 0)
        )
    shown = [each for each in reports.values() if each.shared or each.sections]
    return sorted(shown, key=lambda each: (fold(each.name), each.sourced_id))


def arranged(
    reports: list[SchoolReport], order: SchoolOrder, chosen: SchoolFilter
) -> list[SchoolReport]:
    """Those that were chosen, in this order and by name within it."""
    return sorted(filter(FILTERS[chosen], reports), key=ORDERS[order])


def _shared(scope: AdminScope) -> dict[str, SchoolReport]:
    connection = scope.connection()
    if connection is None:
        return {}
    found = SharedSchool.select().where(
        scope.within(SharedSchool.connection == connection, SharedSchool.sourced_id)
    )
    return {each.sourced_id: _report(each) for each in found}


def _report(school: SharedSchool) -> SchoolReport:
    """A school that is not shared today has none of what it once had to show."""
    if school.unshared_at is not None:
        return SchoolReport(school.sourced_id, school.name)
    return SchoolReport(
        school.sourced_id,
        school.name,
        shared=True,
        shared_classes=school.class_count,
        shared_students=school.student_count,
        shared_teachers=school.teacher_count,
    )


def _sections(scope: AdminScope) -> dict[str, dict[str, Any]]:
    failing = Case(None, ((fails(), 1),), 0)
    found = stood(
        scope.sections,
        Section.school_sourced_id,
        fn.COUNT(Section.id),
        fn.MAX(Section.checked_at),
        fn.SUM(failing),
    ).group_by(Section.school_sourced_id)
    return {
        school: {"sections": count, "last_sync": moment_or_none(last), "failing": int(failed)}
        for school, count, last, failed in tuples_of(found)
    }


def _held(scope: AdminScope, now: datetime) -> dict[str, int]:
    """How many of a school's sections wait for a person, whether they fail too or not."""
    found = (
        Hold.select(Section.school_sourced_id, fn.COUNT(Section.id.distinct()))
        .join(Section)
        .where(scope.sections & Hold.askable(now))
        .group_by(Section.school_sourced_id)
    )
    return dict(tuples_of(found))


def _students(scope: AdminScope) -> dict[str, int]:
    found = (
        Enrollment.select(Section.school_sourced_id, fn.COUNT(Enrollment.account.distinct()))
        .join(Section)
        .where(scope.sections & Enrollment.ended_at.is_null())
        .group_by(Section.school_sourced_id)
    )
    return dict(tuples_of(found))
