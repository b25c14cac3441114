"""What the picker shows of a teacher's classes, as values, and its search box (N2)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from portal.roster.glyphs import plain
from portal.roster.marks import NameParts
from portal.roster.records import (
    ClassRecord,
    SchoolRecord,
    StudentRecord,
    TeacherRecord,
    TermRecord,
)


class ClassState(StrEnum):
    """Whether a class is on, by its term (districts may send no dates), in the picker's order."""

    ON_NOW = "on_now"
    UNKNOWN = "unknown"
    NOT_STARTED = "not_started"
    ENDED = "ended"


class GroupKind(StrEnum):
    SAME_NAME = "same_name"
    NEARLY_SAME_NAME = "nearly_same_name"
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class ExistingSection:
    """The section a class has already; `is_mine` when the person may open it."""

    public_id: str
    name: str
    student_count: int
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class with the evidence for choosing it.

    `school` is set where the teacher's classes span several schools, `sis_id` (its end) where
    nothing else tells two look-alikes apart. `shown_students` are in no look-alike of the class
    when `only_here`. `name_parts` marks what the look-alikes' names do not share.
    """

    roster_class: ClassRecord
    term: TermRecord | None
    state: ClassState
    is_main_teacher: bool
    school: SchoolRecord | None
    co_teachers: tuple[TeacherRecord, ...]
    section: ExistingSection | None
    shown_students: tuple[StudentRecord, ...]
    more_students: int
    only_here: bool
    name_parts: NameParts
    sis_id: str = ""

    @property
    def student_count(self) -> int:
        return len(self.student_sourced_ids)

    @property
    def student_sourced_ids(self) -> frozenset[str]:
        return frozenset(self.roster_class.student_sourced_ids)


@dataclass(frozen=True, slots=True)
class ClassGroup:
    """Classes that look alike, or (`PLAIN`) a run of classes that nobody confuses.

    `differing` holds what one name says and the others do not, one for each row;
    `shared_students` counts who is in every class of the group.
    """

    kind: GroupKind
    rows: tuple[ClassRow, ...]
    differing: tuple[str, ...] = ()
    shared_students: int = 0

    @property
    def is_past(self) -> bool:
        return all(row.state is ClassState.ENDED for row in self.rows)


@dataclass(frozen=True, slots=True)
class Picker:
    """Every class of a teacher once; groups whose terms are all over stand apart.

    So do the classes that the teacher has hidden (K4).
    """

    current: tuple[ClassGroup, ...]
    past: tuple[ClassGroup, ...]
    hidden: tuple[ClassGroup, ...] = ()

    @property
    def groups(self) -> tuple[ClassGroup, ...]:
        return self.current + self.past + self.hidden

    @property
    def total(self) -> int:
        return sum(len(group.rows) for group in self.groups)


def find(picker: Picker, text: str) -> Picker:
    """Keep the classes whose name, period, school or term has all these words.

    Look-alikes stay together: finding one of them alone would hide the warning.
    """
    words = plain(text).split()

    def matching(groups: tuple[ClassGroup, ...]) -> tuple[ClassGroup, ...]:
        return tuple(kept for group in groups if (kept := _matching(group, words)).rows)

    return Picker(matching(picker.current), matching(picker.past), matching(picker.hidden))


def _matching(group: ClassGroup, words: list[str]) -> ClassGroup:
    found = tuple(row for row in group.rows if all(word in _searched(row) for word in words))
    return replace(group, rows=found if group.kind is GroupKind.PLAIN or not found else group.rows)


def _searched(row: ClassRow) -> str:
    period = f"period {row.roster_class.period}" if row.roster_class.period else ""
    school = row.school.name if row.school else ""
    term = row.term.name if row.term else ""
    return plain(" ".join((row.roster_class.name, period, school, term)))
