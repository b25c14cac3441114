"""Enrollments: which student is in which section, now or before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from peewee import JOIN, CharField, ForeignKeyField, ModelSelect, TextField, fn

from portal.database import execute, rows
from portal.models.accounts import KNOWN, Account, LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField, to_microseconds, tuples_of
from portal.models.prepared import Prepared
from portal.models.sections import Section
from portal.models.syncs.sync_runs import BY_HAND, SyncRun
from portal.roster.names import fold
from portal.roster.records import StudentRecord


class ListedStudent(NamedTuple):
    """A student as the section's page lists them; `display_name` is its teachers' own (Y9)."""

    public_id: str
    given_name: str
    family_name: str
    grade: str
    display_name: str
    last_used_at: datetime | None


class FormerStudent(NamedTuple):
    """Who left the section, when, and the reference of the sync that removed them (Y7)."""

    public_id: str
    given_name: str
    family_name: str
    display_name: str
    ended_at: datetime
    reference: str | None


class Enrollment(BaseModel):
    """A student's place in a section; removal archives it, coming back clears `ended_at` (Y7).

    `display_name` is what the section's teachers call the student over Clever's name, or "" (Y9);
    `school_number` their school id number, as a teacher of a section without Clever knows it (N7).
    """

    account_id: int
    section_id: int

    section = ForeignKeyField(Section, backref="enrollments", on_delete="CASCADE")
    account = ForeignKeyField(Account, backref="enrollments", on_delete="CASCADE")
    sourced_id = CharField(max_length=64)
    started_at = UtcDateTimeField()
    ended_at = UtcDateTimeField(null=True)
    ended_by = ForeignKeyField(SyncRun, null=True, on_delete="SET NULL")
    display_name = TextField(default="")
    school_number = TextField(default="")

    class Meta:
        table_name = "enrollments"

    @classmethod
    def join(cls, section: Section, account: Account, now: datetime) -> Enrollment:
        """A student's place in a section without Clever, new or taken up again (S3).

        Where no provider numbers people the account's own id stands in. Call inside a transaction.
        """
        joined: Enrollment = (
            cls.insert(
                section=section, account=account, sourced_id=account.public_id, started_at=now
            )
            .on_conflict(
                conflict_target=(cls.section, cls.account),
                update={cls.ended_at: None, cls.ended_by: None},
            )
            .returning(cls)
            .execute()[0]
        )
        section.roster_changed()
        return joined

    @classmethod
    def active(cls, section: Section) -> ModelSelect[Enrollment]:
        return cls.select().where((cls.section == section) & cls.ended_at.is_null())

    @classmethod
    def count(cls, section: Section) -> int:
        """How many active students the section has."""
        counted: int = _COUNT.all(section=section)[0][0]
        return counted

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
    def students(cls, section: Section, search: str) -> ModelSelect[Enrollment]:
        """The section's students by name, those whose name holds each word of `search`.

        It is blind to case and accents. Ask for `.tuples()`: they are ListedStudents.
        """
        found: ModelSelect[Enrollment] = _listed(section, section.provider, section.issuer)
        for word in search.split():
            of_teachers = Enrollment.display_name.contains(word)
            found = found.where(Account.sort_name.contains(fold(word)) | of_teachers)
        return found

    @classmethod
    def first_students(cls, section: Section, most: int) -> list[ListedStudent]:
        """The first of the section's students by name."""
        found = _FIRST.all(
            section=section, provider=section.provider, issuer=section.issuer, most=most
        )
        return [ListedStudent(*row) for row in found]

    @classmethod
    def former_students(cls, section: Section, most: int) -> list[FormerStudent]:
        """The students who left last, by name."""
        return [FormerStudent(*row) for row in _FORMER.all(section=section, most=most)]

    @classmethod
    def former_count(cls, section: Section) -> int:
        """How many have left the section."""
        return int(cls.select().join(Account).where(_left(section)).count())

    @classmethod
    def sourced_ids(cls, section: Section) -> frozenset[str]:
        """The provider's ids of the section's active students."""
        return frozenset(row[0] for row in _SOURCED_IDS.all(section=section))

    @classmethod
    def ids_of(cls, section: Section, sourced_ids: Collection[str]) -> dict[int, str]:
        """What each place stands under whose student has one of these identities, by its key."""
        found = (
            cls.active(section)
            .select(cls.id, cls.sourced_id)
            .join(LinkedAccount, on=(LinkedAccount.account == cls.account))
            .where(
                (LinkedAccount.provider == section.provider)
                & (LinkedAccount.issuer == section.issuer)
                & LinkedAccount.sourced_id.in_(list(sourced_ids))
            )
        )
        return dict(tuples_of(found))

    @classmethod
    def sourced_ids_of(cls, sections: Collection[Section]) -> dict[int, frozenset[str]]:
        """The same of many sections, by the section's key."""
        found = cls.select(cls.section, cls.sourced_id).where(
            cls.section.in_([section.id for section in sections]) & cls.ended_at.is_null()
        )
        ids: dict[int, set[str]] = {}
        for key, sourced_id in tuples_of(found):
            ids.setdefault(key, set()).add(sourced_id)
        return {key: frozenset(each) for key, each in ids.items()}

    @classmethod
    def roster(cls, section: Section) -> dict[str, StudentRecord]:
        """The section's active students as records by sourced id, in one query."""
        found = _ROSTER.all(section=section, provider=section.provider, issuer=section.issuer)
        return {row[0]: StudentRecord(*row) for row in found}

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
    def sections_of(cls, accounts: Collection[int]) -> dict[int, frozenset[int]]:
        """The keys of the sections that each account is or was in, by the account's key."""
        found = cls.select(cls.account, cls.section).where(cls.account.in_(list(accounts)))
        places: dict[int, set[int]] = {}
        for account, section in tuples_of(found):
            places.setdefault(account, set()).add(section)
        return {account: frozenset(sections) for account, sections in places.items()}

    def display(self, name: str) -> None:
        """Call the student this in the section; "" is Clever's name again (Y9).

        Call inside a transaction.
        """
        Enrollment.update(display_name=name).where(Enrollment.id == self.id).execute()

    @classmethod
    def removed_unasked_since(cls, section: Section, since: datetime) -> int:
        """How many left the list since then without a person's word (trust.md decision 4)."""
        count: int = (
            cls.select()
            .join(SyncRun, on=(cls.ended_by == SyncRun.id))
            .where(
                (cls.section == section) & (cls.ended_at >= since) & SyncRun.source.not_in(BY_HAND)
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


def _listed(section: Any, provider: Any, issuer: Any) -> Any:
    return (
        Enrollment.active(section)
        .select(
            Account.public_id,
            Account.given_name,
            Account.family_name,
            Account.grade,
            Enrollment.display_name,
            LinkedAccount.last_used_at,
        )
        .join(Account)
        .join(LinkedAccount, on=_same_person(provider, issuer))
        .order_by(Account.sort_name, Enrollment.id)
    )


def _left(section: Any) -> Any:
    """Those who left; a merged account's place only rests, its person may still be there (AC5)."""
    ended = (Enrollment.section == section) & Enrollment.ended_at.is_null(False)
    return ended & Account.merged_into.is_null()


def _last_to_leave(section: Any, most: Any) -> Any:
    newest = Enrollment.ended_at.desc(), Enrollment.id
    left = Enrollment.select(Enrollment.id).join(Account).where(_left(section))
    last = left.order_by(*newest).limit(most)
    return (
        Enrollment.select(
            Account.public_id,
            Account.given_name,
            Account.family_name,
            Enrollment.display_name,
            Enrollment.ended_at,
            SyncRun.reference,
        )
        .join(Account)
        .join_from(Enrollment, SyncRun, JOIN.LEFT_OUTER)
        .where(Enrollment.id.in_(last))
        .order_by(Account.sort_name, Enrollment.id)
        .tuples()
    )


def _same_person(provider: Any, issuer: Any) -> object:
    return (
        (LinkedAccount.account == Account.id)
        & (LinkedAccount.provider == provider)
        & (LinkedAccount.issuer == issuer)
        & (LinkedAccount.sourced_id == Enrollment.sourced_id)
    )


Enrollment.add_index(
    Enrollment.index(
        Enrollment.section, Enrollment.account, unique=True, name="enrollments_one_per_student"
    )
)

_FIRST = Prepared(
    lambda section, provider, issuer, most: _listed(section, provider, issuer).limit(most).tuples()
)
_FORMER = Prepared(_last_to_leave)
_COUNT = Prepared(
    lambda section: Enrollment.active(section).select(fn.COUNT(Enrollment.id)).tuples()
)
_SOURCED_IDS = Prepared(
    lambda section: Enrollment.active(section).select(Enrollment.sourced_id).tuples()
)
_ROSTER = Prepared(
    lambda section, provider, issuer: (
        Enrollment.active(section)
        .select(
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
        .join(LinkedAccount, on=_same_person(provider, issuer))
        .tuples()
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
