"""How the sections of a school or a district are doing, in counts alone (AD1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import JOIN, SQL, Case, fn

from portal.models.accounts import LinkedAccount
from portal.models.enrollments import Enrollment
from portal.models.holds import Hold, HoldState
from portal.models.sections import Section
from portal.models.sync_runs import RunState, SyncRun

HELD = "held"


@dataclass(frozen=True, slots=True)
class Overview:
    """`students` counts people, not places. A section at its first sync is in `sections` alone."""

    sections: int
    matching: int
    held: int
    failing: int
    students: int
    name: str

    @classmethod
    def of_district(cls, admin: LinkedAccount, name: str) -> Overview:
        """The sections of the admin's own district."""
        return _counted(_in_district(admin), name)

    @classmethod
    def of_schools(cls, admin: LinkedAccount, name: str) -> Overview:
        """The sections of the admin's own schools."""
        at_schools = Section.school_sourced_id.in_(admin.school_list)
        return _counted(_in_district(admin) & at_schools, name)


def _in_district(admin: LinkedAccount) -> Any:
    return (
        (Section.provider == admin.provider)
        & (Section.issuer == admin.issuer)
        & (Section.district_sourced_id == admin.district_sourced_id)
        & Section.archived_at.is_null()
    )


def _counted(scope: Any, name: str) -> Overview:
    counts: dict[str | None, int] = dict(_by_standing(scope).tuples())
    return Overview(
        sections=sum(counts.values()),
        matching=counts.get(RunState.DONE, 0),
        held=counts.get(HELD, 0),
        failing=counts.get(RunState.FAILED, 0),
        students=_student_count(scope),
        name=name,
    )


def _by_standing(scope: Any) -> Any:
    """How many sections wait for a person, and how the last sync of each other one ended."""
    waiting = Hold.select(Hold.section).where(Hold.state == HoldState.WAITING)
    standing = Case(None, ((Section.id.in_(waiting), HELD),), SyncRun.state).alias("standing")
    newest = (
        SyncRun.select(fn.MAX(SyncRun.id))
        .where(SyncRun.state.in_((RunState.DONE, RunState.FAILED)))
        .group_by(SyncRun.section)
    )
    return (
        Section.select(standing, fn.COUNT(Section.id))
        .join(
            SyncRun,
            JOIN.LEFT_OUTER,
            on=((SyncRun.section == Section.id) & SyncRun.id.in_(newest)),
        )
        .where(scope)
        .group_by(SQL("standing"))
    )


def _student_count(scope: Any) -> int:
    students: int = (
        Enrollment.select(fn.COUNT(Enrollment.account.distinct()))
        .join(Section)
        .where(scope & Enrollment.ended_at.is_null())
        .scalar()
    )
    return students
