"""What every roster provider promises, and the one way it fails."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from portal.roster.records import TeacherClasses
from portal.roster.snapshot import RosterSnapshot


class FailureReason(StrEnum):
    """Why a provider could not be read; templates word each one with its way on (Y13).

    `down`: it has not answered others lately, so this time it was not asked. `sign_in`: only a
    teacher who is signed in with the provider may read it (K7). `teacher_removed`: her own token
    no longer finds the class, which others may still have.
    """

    NOT_ANSWERING = "not_answering"
    DOWN = "down"
    SLOW_DOWN = "slow_down"
    RECONNECT = "reconnect"
    NOT_SHARED = "not_shared"
    CLASS_GONE = "class_gone"
    DISTRICT_PAUSED = "district_paused"
    UNUSABLE_ANSWER = "unusable_answer"
    REFUSED_ANSWER = "refused_answer"
    SIGN_IN = "sign_in"
    TEACHER_REMOVED = "teacher_removed"


class ProviderError(Exception):
    """A read that is not whole. `reason` is for the teacher, `detail` (no names) for the log.

    `retry_at` is when the provider asked us to come back, or None.
    `until` is the day on which a paused district resumes, at its schools, or None.
    `as_of` is when that was read which says so, or None for just now.
    """

    def __init__(
        self,
        reason: FailureReason,
        detail: str = "",
        retry_at: datetime | None = None,
        until: date | None = None,
        as_of: datetime | None = None,
    ) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.retry_at = retry_at
        self.until = until
        self.as_of = as_of


class ReadProgress(Protocol):
    """Told how far a read has come; may raise to give the read up.

    `students_read` of `students_listed` (None while unknown). `waiting_until` is set while the
    provider has asked us to wait.
    """

    def __call__(
        self,
        students_read: int,
        students_listed: int | None,
        waiting_until: datetime | None = None,
    ) -> None: ...


class RosterProvider(Protocol):
    """One district's rosters."""

    def fetch_roster(
        self, class_sourced_id: str, enrolled: Collection[str], progress: ReadProgress
    ) -> RosterSnapshot:
        """The class's whole roster, or ProviderError; never a part of one.

        `enrolled` are the sourced ids of today's list: a listed one of these that came without a
        record is looked up by itself, so that only the provider's own 404 removes it (F25).
        """

    def fetch_teacher_classes(self, teacher_sourced_id: str) -> TeacherClasses:
        """All classes of a teacher with the evidence that tells them apart, or ProviderError."""
