"""What bringing two accounts together would do, for the page that asks before it is done (AC5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.models.accounts import Account
from portal.models.entrance.ways_in import WaysIn
from portal.models.lessons import LessonCompletion
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment


@dataclass(frozen=True, slots=True)
class TaughtSection:
    """A section that the absorbed account teaches."""

    name: str
    student_count: int


@dataclass(frozen=True, slots=True)
class StudentPlace:
    """A section that the absorbed account is or was a student of; `shared` if the kept one is too.

    Of a shared place one goes on, as it is in the list of the two that is the active one.
    """

    section_id: str
    section_name: str
    active: bool
    shared: bool


@dataclass(frozen=True, slots=True)
class LessonBeside:
    """When each account finished a lesson; after the merge it is finished, both stay recorded."""

    course_slug: str
    lesson_slug: str
    kept_at: datetime | None
    absorbed_at: datetime | None


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What bringing two accounts together would do, to be read before it is done.

    `sections`, `places` and `lessons` are what the absorbed account brings along.
    """

    kept: Account
    absorbed: Account
    kept_sections: tuple[TaughtSection, ...]
    sections: tuple[TaughtSection, ...]
    places: tuple[StudentPlace, ...]
    lessons: tuple[LessonBeside, ...]
    kept_ways: WaysIn
    absorbed_ways: WaysIn

    @classmethod
    def of(
        cls, kept: Account, absorbed: Account, kept_ways: WaysIn, absorbed_ways: WaysIn
    ) -> MergePreview:
        """A fixed number of questions, however much the two have."""
        return cls(
            kept,
            absorbed,
            _taught(kept),
            _taught(absorbed),
            _places(kept, absorbed),
            _lessons(kept, absorbed),
            kept_ways,
            absorbed_ways,
        )


def _taught(teacher: Account) -> tuple[TaughtSection, ...]:
    sections = list(Section.visible_to(teacher).order_by(Section.name, Section.id))
    counts = Enrollment.counts(sections)
    return tuple(TaughtSection(each.name, counts.get(each.id, 0)) for each in sections)


def _places(kept: Account, absorbed: Account) -> tuple[StudentPlace, ...]:
    shared = {each.section.id for each in Enrollment.of_student(kept)}
    return tuple(
        StudentPlace(
            each.section.public_id,
            each.section.name,
            active=each.ended_at is None,
            shared=each.section.id in shared,
        )
        for each in Enrollment.of_student(absorbed)
    )


def _lessons(kept: Account, absorbed: Account) -> tuple[LessonBeside, ...]:
    here, there = LessonCompletion.times(kept), LessonCompletion.times(absorbed)
    return tuple(
        LessonBeside(*lesson, here.get(lesson), there.get(lesson))
        for lesson in sorted(here.keys() | there.keys())
    )
