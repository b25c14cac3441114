"""When a chosen class is asked about once more, and what to ask (experience.md 2.5, rule 4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.roster.picker import ClassRow, ClassState, GroupKind, Picker


class RedFlag(StrEnum):
    """Why a chosen class may be the wrong one, the weightiest first."""

    ALREADY_SECTION = "already_section"
    ENDED = "ended"
    NOT_STARTED = "not_started"
    EMPTY = "empty"
    MUCH_SMALLER = "much_smaller"
    NOT_MAIN_TEACHER = "not_main_teacher"
    OTHER_SCHOOL = "other_school"


@dataclass(frozen=True, slots=True)
class Question:
    """A choice to look at again: the class, the look-alike that may be meant, and why."""

    chosen: ClassRow
    twin: ClassRow | None
    flags: tuple[RedFlag, ...]


def question_for(picker: Picker, class_sourced_id: str) -> Question | None:
    """Return what to ask before this class is taken, or None when nothing speaks against it.

    Raises KeyError when the class is none of the picker's.
    """
    chosen, lookalikes = _place_of(picker, class_sourced_id)
    twin = _likelier(chosen, lookalikes)
    beside = _flags_beside(chosen, twin) if twin else {}
    if twin and not any(beside.values()) and _doubts(twin) >= _doubts(chosen):
        twin = None  # no better than the chosen one
    flags = tuple(flag for flag, raised in (_own_flags(chosen) | beside).items() if raised)
    return Question(chosen, twin, flags) if flags else None


def _place_of(picker: Picker, class_sourced_id: str) -> tuple[ClassRow, list[ClassRow]]:
    for group in picker.groups:
        for row in group.rows:
            if row.roster_class.sourced_id == class_sourced_id:
                alike = group.kind is not GroupKind.PLAIN
                return row, [each for each in group.rows if alike and each is not row]
    raise KeyError(class_sourced_id)


def _likelier(chosen: ClassRow, lookalikes: Iterable[ClassRow]) -> ClassRow | None:
    """Return the look-alike that is most likely meant; never one that is over while this is not."""
    candidates = [each for each in lookalikes if _doubts(each)[:3] <= _doubts(chosen)[:3]]
    return min(
        candidates,
        key=lambda each: (_doubts(each), not each.is_main_teacher, -each.student_count),
        default=None,
    )


def _doubts(row: ClassRow) -> tuple[bool, bool, bool, bool]:
    """Return what speaks against a class by itself, the weightiest first."""
    return (
        row.state is ClassState.ENDED,
        row.state is ClassState.NOT_STARTED,
        row.student_count == 0,
        row.section is not None,
    )


def _own_flags(row: ClassRow) -> dict[RedFlag, bool]:
    ended, not_started, empty, already_section = _doubts(row)
    return {
        RedFlag.ALREADY_SECTION: already_section,
        RedFlag.ENDED: ended,
        RedFlag.NOT_STARTED: not_started,
        RedFlag.EMPTY: empty,
    }


def _flags_beside(row: ClassRow, twin: ClassRow) -> dict[RedFlag, bool]:
    school, twins = (each.roster_class.school_sourced_id for each in (row, twin))
    return {
        RedFlag.MUCH_SMALLER: 0 < row.student_count * 2 < twin.student_count,
        RedFlag.NOT_MAIN_TEACHER: twin.is_main_teacher and not row.is_main_teacher,
        RedFlag.OTHER_SCHOOL: bool(school and twins) and school != twins,
    }
