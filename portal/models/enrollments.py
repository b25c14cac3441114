"""Enrollments: which student is in which section, now or before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from peewee import CharField, ForeignKeyField, ModelSelect, fn

from portal.database import execute, rows
from portal.models.accounts import KNOWN, Account, LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField, to_microseconds, tuples_of
from portal.models.sections import Section
from portal.models.sync_runs import RunSource, SyncRun
from portal.roster.names import fold
from portal.roster.records import StudentRecord


class Enrollment(BaseModel):
    """A student's place in a section; removal archives it, coming back clears `ended_at` (Y7)."""

    section = ForeignKeyField(Section, backref="enrollments", on_delete="CASCADE")
    account = ForeignKeyField(Account, backref="enrollments", on_delete="CASCADE")
    sourced_id = CharField(max_length=64)
    started_at = UtcDateTimeField()
    ended_at = UtcDateTimeField(null=True)
    ended_by = ForeignKeyField(SyncRun, null=True, on_delete="SET NULL")

    class Meta:
        table_name = "enrollments"

    @classmethod
    def active(cls, section: Section) -> ModelSelect[Enrollment]:
        return cls.select().where((cls.section == section) & cls.ended_at.is_null())

    @classmethod
    def counts(cls, sections: Collection[Section]) -> dict[int, int]:
        """How many active students each section has, by the section's key."""
        counted = (
            cls.select(cls.section, fn.COUNT(cls.id))
            .where(cls.section.in_([section.id for section in sections]) & cls.ended_at.is_null())
            .group_by(cls.section)
        )
        return dict(tuples_of(counted))

    @classmethod
    def students(
        cls, section: Section, search: str = "", former: bool = False
    ) -> ModelSelect[Enrollment]:
        """The section's students (or those who left) with `last_used_at`, sorted by name.

        `search` finds a part of a name, blind to case and accents.
        """
        found = (
            cls.select(
                Account.given_name,
                Account.family_name,
                Account.grade,
                LinkedAccount.last_used_at,
                cls.ended_at,
            )
            .join(Account)
            .join(LinkedAccount, on=_same_person(section))
            .where((cls.section == section) & cls.ended_at.is_null(not former))
            .order_by(Account.sort_name, cls.id)
        )
        for word in fold(search).split():
            found = found.where(Account.sort_name.contains(word))
        return found

    @classmethod
    def sourced_ids(cls, section: Section) -> frozenset[str]:
        """The provider's ids of the section's active students."""
        return frozenset(row[0] for row in tuples_of(cls.active(section).select(cls.sourced_id)))

    @classmethod
    def roster(cls, section: Section) -> dict[str, StudentRecord]:
        """The section's active students as records by sourced id, in one query."""
        query = (
            cls.select(
                LinkedAccount.sourced_id,
                Account.given_name,
                Account.family_name,
                Account.grade,
                LinkedAccount.sis_id,
                LinkedAccount.student_number,
                LinkedAccount.district_username,
                LinkedAccount.school_sourced_ids,
                LinkedAccount.legacy_id,
            )
            .join(Account)
            .join(LinkedAccount, on=_same_person(section))
            .where((cls.section == section) & cls.ended_at.is_null())
        )
        return {row[0]: StudentRecord(*row) for row in tuples_of(query)}

    @classmethod
    def of_student(cls, account: Account) -> ModelSelect[Enrollment]:
        """Every place this student has or had, the current ones first."""
        return (
            cls.select(cls, Section)
            .join(Section)
            .where((cls.account == account) & Section.archived_at.is_null())
            .order_by(cls.ended_at.is_null().desc(), fn.LOWER(Section.name), cls.id)
        )

    @classmethod
    def removed_unasked_since(cls, section: Section, since: datetime) -> int:
        """How many left the list since then without a person's word (trust.md decision 4)."""
        count: int = (
            cls.select()
            .join(SyncRun, on=(cls.ended_by == SyncRun.id))
            .where(
                (cls.section == section)
                & (cls.ended_at >= since)
                & (SyncRun.source != RunSource.HOLD)
            )
            .count()
        )
        return count

    @classmethod
    def elsewhere(cls, section: Section, sourced_ids: Collection[str]) -> dict[str, str]:
        """For students of these ids: the section they moved to, by name.

        Moved is who has joined another class of the same teachers since this one was last checked;
        to have been in both all along is no move.
        """
        if not sourced_ids:
            return {}
        item, parameter = rows((sourced_id,) for sourced_id in sourced_ids)
        key = (section.provider, section.issuer)
        since = to_microseconds(section.checked_at or section.created_at)
        found = execute(
            _ELSEWHERE.format(rows=item),
            (*key, parameter, section.id, since, *key, section.class_sourced_id, section.id),
        )
        return dict(found.fetchall())


def _same_person(section: Section) -> object:
    return (
        (LinkedAccount.account == Account.id)
        & (LinkedAccount.provider == section.provider)
        & (LinkedAccount.issuer == section.issuer)
        & (LinkedAccount.sourced_id == Enrollment.sourced_id)
    )


Enrollment.add_index(
    Enrollment.index(
        Enrollment.section, Enrollment.account, unique=True, name="enrollments_one_per_student"
    )
)

_ELSEWHERE = f"""
    {KNOWN}
    SELECT known.sourced_id, MIN(s.name)
    FROM known
    JOIN enrollments e ON e.account_id = known.account_id AND e.ended_at IS NULL
      AND e.section_id <> ? AND e.started_at > ?
    JOIN sections s ON s.id = e.section_id AND s.archived_at IS NULL
      AND s.provider = ? AND s.issuer = ? AND s.class_sourced_id <> ?
    JOIN section_teachers t ON t.section_id = s.id AND t.ended_at IS NULL
    JOIN section_teachers mine ON mine.sourced_id = t.sourced_id AND mine.ended_at IS NULL
      AND mine.section_id = ?
    GROUP BY known.sourced_id
"""
