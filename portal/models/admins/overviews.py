"""How the sections of a school or a district are doing, in counts alone (AD1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from peewee import SQL, fn

from portal.models.admins.admin_scopes import AdminScope
from portal.models.base import tuples_of
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.standings import Standing, standing, stood


@dataclass(frozen=True, slots=True)
class Overview:
    """`students` counts people, not places.

    `kept` lists stay as they are although Clever's differs: a person said so, or nobody answered.
    In `sections` alone are those at their first sync and those about to be updated: nobody can
    say that they match.
    """

    sections: int
    matching: int
    held: int
    kept: int
    failing: int
    students: int

    @classmethod
    def of(cls, scope: AdminScope, now: datetime) -> Overview:
        """Two questions, however many sections."""
        counted = stood(scope.sections, standing(now).alias("standing"), fn.COUNT(Section.id))
        counts = dict(tuples_of(counted.group_by(SQL("standing"))))
        return cls(
            sections=sum(counts.values()),
            matching=counts.get(Standing.MATCHING, 0),
            held=counts.get(Standing.HELD, 0),
            kept=counts.get(Standing.KEPT, 0),
            failing=counts.get(Standing.FAILING, 0),
            students=_student_count(scope),
        )


def _student_count(scope: AdminScope) -> int:
    students: int = (
        Enrollment.select(fn.COUNT(Enrollment.account.distinct()))
        .join(Section)
        .where(scope.sections & Enrollment.ended_at.is_null())
        .scalar()
    )
    return students
