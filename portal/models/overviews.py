"""How the sections of a school or a district are doing, in counts alone (AD1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, SQL, Case, ModelSelect, fn

from portal.models.accounts import LinkedAccount
from portal.models.enrollments import Enrollment
from portal.models.holds import Hold
from portal.models.sections import Section
from portal.models.sync_runs import RunSource, RunState, SyncRun

MATCHING, HELD, KEPT = "matching", "held", "kept"


@dataclass(frozen=True, slots=True)
class Overview:
    """`students` counts people, not places.

    `kept` lists stay as they are although Clever's differs: a person said so, or nobody answered.
    In `sections` alone are those at their first sync and those whose list a person has changed
    since Clever was read: nobody can say that they match.
    """

    sections: int
    matching: int
    held: int
    kept: int
    failing: int
    students: int
    name: str

    @classmethod
    def of_district(cls, admin: LinkedAccount, name: str, now: datetime) -> Overview:
        """The sections of the admin's own district."""
        return _counted(_in_district(admin), name, now)

    @classmethod
    def of_schools(cls, admin: LinkedAccount, name: str, now: datetime) -> Overview:
        """The sections of the admin's own schools."""
        at_schools = Section.school_sourced_id.in_(admin.school_list)
        return _counted(_in_district(admin) & at_schools, name, now)


def sections_of_district(admin: LinkedAccount) -> ModelSelect[Section]:
    return Section.select().where(_in_district(admin))


def sections_of_schools(admin: LinkedAccount) -> ModelSelect[Section]:
    return sections_of_district(admin).where(Section.school_sourced_id.in_(admin.school_list))


def _in_district(admin: LinkedAccount) -> Any:
    return (
        (Section.provider == admin.provider)
        & (Section.issuer == admin.issuer)
        & (Section.district_sourced_id == admin.district_sourced_id)
        & Section.archived_at.is_null()
    )


def _counted(scope: Any, name: str, now: datetime) -> Overview:
    counts: dict[str | None, int] = dict(_by_standing(scope, now).tuples())
    return Overview(
        sections=sum(counts.values()),
        matching=counts.get(MATCHING, 0),
        held=counts.get(HELD, 0),
        kept=counts.get(KEPT, 0),
        failing=counts.get(RunState.FAILED, 0),
        students=_student_count(scope),
        name=name,
    )


def _by_standing(scope: Any, now: datetime) -> Any:
    """How many sections fail, wait for a person, match or are kept; None are all the others."""
    waiting = Hold.select(Hold.section).where(Hold.askable(now))
    standing = Case(
        None,
        (
            (SyncRun.state == RunState.FAILED, str(RunState.FAILED)),
            (Section.id.in_(waiting), HELD),
            (_found_a_match(), MATCHING),
            (_left_something_out(), KEPT),
        ),
    ).alias("standing")
    newest = (
        SyncRun.select(fn.MAX(SyncRun.id))
        .where(SyncRun.state.in_((RunState.DONE, RunState.HELD, RunState.FAILED)))
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


def _found_a_match() -> Any:
    """The run read the class, and nothing of it was held or kept out."""
    return (
        (SyncRun.state == RunState.DONE)
        & (SyncRun.source != RunSource.HOLD)
        & (SyncRun.kept_count == 0)
    )


def _left_something_out() -> Any:
    """The run read the class, and what it held, now or before, was not made."""
    return (SyncRun.state == RunState.HELD) | (SyncRun.kept_count > 0)


def _student_count(scope: Any) -> int:
    students: int = (
        Enrollment.select(fn.COUNT(Enrollment.account.distinct()))
        .join(Section)
        .where(scope & Enrollment.ended_at.is_null())
        .scalar()
    )
    return students
