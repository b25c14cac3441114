"""Finished lessons: they belong to the account and outlive every roster change (T2)."""

from __future__ import annotations

from datetime import datetime

from peewee import CharField, ForeignKeyField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField, tuples_of

Completed = frozenset[tuple[str, str]]


class LessonCompletion(BaseModel):
    account = ForeignKeyField(Account, backref="lesson_completions", on_delete="CASCADE")
    course_slug = CharField(max_length=64)
    lesson_slug = CharField(max_length=64)
    completed_at = UtcDateTimeField()

    class Meta:
        table_name = "lesson_completions"

    @classmethod
    def of(cls, account: Account) -> Completed:
        """What this account has done, as pairs of course and lesson slug."""
        found = cls.select(cls.course_slug, cls.lesson_slug).where(cls.account == account)
        return frozenset((course, lesson) for course, lesson in tuples_of(found))

    @classmethod
    def times(cls, account: Account) -> dict[tuple[str, str], datetime]:
        """When this account did what, by course and lesson slug."""
        found = cls.select(cls.course_slug, cls.lesson_slug, cls.completed_at)
        done = tuples_of(found.where(cls.account == account))
        return {(course, lesson): at for course, lesson, at in done}

    @classmethod
    def mark(cls, account: Account, course_slug: str, lesson_slug: str, now: datetime) -> None:
        """Record a lesson as done; a second time changes nothing."""
        cls.insert(
            account=account, course_slug=course_slug, lesson_slug=lesson_slug, completed_at=now
        ).on_conflict_ignore().execute()

    @classmethod
    def unmark(cls, account: Account, course_slug: str, lesson_slug: str) -> None:
        cls.delete().where(
            (cls.account == account)
            & (cls.course_slug == course_slug)
            & (cls.lesson_slug == lesson_slug)
        ).execute()


LessonCompletion.add_index(
    LessonCompletion.index(
        LessonCompletion.account,
        LessonCompletion.course_slug,
        LessonCompletion.lesson_slug,
        unique=True,
        name="lesson_completions_once",
    )
)
