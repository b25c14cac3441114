"""The picker: a teacher's classes with the evidence that tells them apart (N2, N3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from difflib import SequenceMatcher
from enum import StrEnum

from portal.roster.alike import Reading, folded
from portal.roster.names import sort_key
from portal.roster.records import (
    ClassRecord,
    SchoolRecord,
    StudentRecord,
    TeacherClasses,
    TeacherRecord,
    TermRecord,
)

SHOWN_STUDENTS = 3
SIS_ID_DIGITS = 4
PART = re.compile(r"\w+|\W+")


class ClassState(StrEnum):
    ON_NOW = "on_now"
    NOT_STARTED = "not_started"
    ENDED = "ended"
    UNKNOWN = "unknown"


class GroupKind(StrEnum):
    SAME_NAME = "same_name"
    NEARLY_SAME_NAME = "nearly_same_name"
    PLAIN = "plain"


class Flag(StrEnum):
    """Why a chosen class may be the wrong one, the weightiest first."""

    ALREADY_SECTION = "already_section"
    ENDED = "ended"
    NOT_STARTED = "not_started"
    EMPTY = "empty"
    MUCH_SMALLER = "much_smaller"
    NOT_MAIN_TEACHER = "not_main_teacher"
    OTHER_SCHOOL = "other_school"


@dataclass(frozen=True, slots=True)
class ExistingSection:
    """The section a class has already; `is_mine` when the person may open it."""

    public_id: str
    name: str
    student_count: int
    is_mine: bool


@dataclass(frozen=True, slots=True)
class ClassRow:
    """One class with its evidence; `name_parts` marks what differs from its neighbours' names."""

    roster_class: ClassRecord
    reading: Reading
    term: TermRecord | None
    state: ClassState
    is_main_teacher: bool
    school: SchoolRecord | None
    co_teachers: tuple[TeacherRecord, ...]
    section: ExistingSection | None
    shown_students: tuple[StudentRecord, ...] = ()
    more_students: int = 0
    only_here: bool = False
    name_parts: tuple[tuple[str, bool], ...] = ()
    sis_id: str = ""

    @property
    def student_count(self) -> int:
        return len(self.roster_class.student_sourced_ids)

    @property
    def order(self) -> tuple[bool, bool, bool, str, str]:
        """On now and main teacher first, then by period and name (experience.md 2.5)."""
        return (
            self.state is ClassState.ENDED,
            self.state is ClassState.NOT_STARTED,
            not self.is_main_teacher,
            self.roster_class.period.zfill(4),
            folded(self.roster_class.name),
        )


@dataclass(frozen=True, slots=True)
class ClassGroup:
    """Classes that look alike, or (`PLAIN`) a run of classes that nobody confuses.

    `differing` holds the word in which two names differ, one for each row; `shared_students` how
    many students are in both of two rows.
    """

    kind: GroupKind
    rows: tuple[ClassRow, ...]
    differing: tuple[str, ...] = ()
    shared_students: int = 0


@dataclass(frozen=True, slots=True)
class Picker:
    current: tuple[ClassGroup, ...]
    past: tuple[ClassGroup, ...]

    @property
    def groups(self) -> tuple[ClassGroup, ...]:
        return self.current + self.past

    @property
    def total(self) -> int:
        return sum(len(group.rows) for group in self.groups)


@dataclass(frozen=True, slots=True)
class Question:
    """A choice to look at again: the class, the better twin if there is one, and why."""

    chosen: ClassRow
    twin: ClassRow | None
    flags: tuple[Flag, ...]


def arrange(
    found: TeacherClasses,
    teacher_sourced_id: str,
    sections: Mapping[str, ExistingSection],
    today: date,
) -> Picker:
    """Every class exactly once: look-alikes together, past terms apart, nothing chosen."""
    rows = _in_order(
        [_row(each, found, teacher_sourced_id, sections, today) for each in found.classes]
    )
    sets = _alike_sets(rows)
    groups = [_group(found, members) for members in sets]
    return Picker(
        current=_with_plain_runs(each for each in groups if not _is_past(each)),
        past=_with_plain_runs(each for each in groups if _is_past(each)),
    )


def find(picker: Picker, text: str) -> Picker:
    """The groups with this text in a name, period, school or term; look-alikes stay together."""
    wanted = folded(text)

    def matching(groups: tuple[ClassGroup, ...]) -> tuple[ClassGroup, ...]:
        kept = (_matching(group, wanted) for group in groups)
        return tuple(group for group in kept if group.rows)

    return Picker(matching(picker.current), matching(picker.past))


def question_for(picker: Picker, class_sourced_id: str) -> Question | None:
    """What to ask before this class is taken, or None when nothing speaks against it.

    Raises KeyError when the class is none of the picker's.
    """
    for group in picker.groups:
        for row in group.rows:
            if row.roster_class.sourced_id == class_sourced_id:
                twin = _better_twin(group, row)
                flags = tuple(_flags(row, twin))
                return Question(row, twin, flags) if flags else None
    raise KeyError(class_sourced_id)


def _row(
    roster_class: ClassRecord,
    found: TeacherClasses,
    teacher_sourced_id: str,
    sections: Mapping[str, ExistingSection],
    today: date,
) -> ClassRow:
    teachers = [
        found.teachers[each] for each in roster_class.teacher_sourced_ids if each in found.teachers
    ]
    several_schools = len({each.school_sourced_id for each in found.classes}) > 1
    school = found.schools.get(roster_class.school_sourced_id)
    term = found.terms.get(roster_class.term_sourced_id)
    students = _by_name(found, roster_class.student_sourced_ids)
    return ClassRow(
        roster_class=roster_class,
        reading=Reading.of(
            roster_class.name, [each.family_name for each in teachers], roster_class.period
        ),
        term=term,
        state=_state(term, today),
        is_main_teacher=roster_class.main_teacher_sourced_id == teacher_sourced_id,
        school=school if several_schools else None,
        co_teachers=tuple(each for each in teachers if each.sourced_id != teacher_sourced_id),
        section=sections.get(roster_class.sourced_id),
        shown_students=students[:SHOWN_STUDENTS],
        more_students=max(0, len(students) - SHOWN_STUDENTS),
        name_parts=((roster_class.name, False),),
    )


def _state(term: TermRecord | None, today: date) -> ClassState:
    if term is None or (term.starts_on is None and term.ends_on is None):
        return ClassState.UNKNOWN
    if term.ends_on is not None and term.ends_on < today:
        return ClassState.ENDED
    if term.starts_on is not None and term.starts_on > today:
        return ClassState.NOT_STARTED
    return ClassState.ON_NOW


def _by_name(found: TeacherClasses, sourced_ids: Iterable[str]) -> tuple[StudentRecord, ...]:
    known = [found.students[each] for each in sourced_ids if each in found.students]
    return tuple(sorted(known, key=lambda each: sort_key(each.given_name, each.family_name)))


def _in_order(rows: list[ClassRow]) -> list[ClassRow]:
    """Sorted, with classes that differ by period alone beside each other."""
    ordered: list[ClassRow] = []
    waiting = sorted(rows, key=lambda row: row.order)
    while waiting:
        first, *waiting = waiting
        siblings = [row for row in waiting if row.reading.differs_by_label_only(first.reading)]
        waiting = [row for row in waiting if row not in siblings]
        ordered += _with_differences([first, *siblings])
    return ordered


def _alike_sets(rows: Sequence[ClassRow]) -> list[list[ClassRow]]:
    """Rows in sets: who is alike to one of a set belongs to it."""
    sets: list[list[ClassRow]] = []
    for row in rows:
        near = [each for each in sets if any(row.reading.alike(other.reading) for other in each)]
        if not near:
            sets.append([row])
            continue
        near[0].append(row)
        for merged in near[1:]:
            near[0].extend(merged)
            sets.remove(merged)
    return sets


def _group(found: TeacherClasses, rows: list[ClassRow]) -> ClassGroup:
    if len(rows) == 1:
        return ClassGroup(GroupKind.PLAIN, tuple(rows))
    rows = [_told_apart(found, row, rows) for row in _with_differences(rows)]
    same = len({row.roster_class.name for row in rows}) == 1
    pair = len(rows) == 2
    return ClassGroup(
        GroupKind.SAME_NAME if same else GroupKind.NEARLY_SAME_NAME,
        tuple(rows),
        differing=tuple(map(_differing_words, rows)) if pair and not same else (),
        shared_students=len(_ids(rows[0]) & _ids(rows[1])) if pair else 0,
    )


def _told_apart(found: TeacherClasses, row: ClassRow, rows: list[ClassRow]) -> ClassRow:
    """The row with the students that are in no other class of its group, where there are any."""
    elsewhere = {
        each
        for other in rows
        if other.roster_class.sourced_id != row.roster_class.sourced_id
        for each in _ids(other)
    }
    own = _by_name(found, (each for each in sorted(_ids(row)) if each not in elsewhere))
    row = replace(row, sis_id=_telling_sis_id(row, rows))
    if not own:
        return row
    shown, more = own[:SHOWN_STUDENTS], max(0, len(own) - SHOWN_STUDENTS)
    return replace(row, shown_students=shown, more_students=more, only_here=True)


def _telling_sis_id(row: ClassRow, rows: list[ClassRow]) -> str:
    """The last digits of the school-records number, when nothing else differs."""
    looks = {
        (_ids(each), each.term, each.roster_class.period, each.is_main_teacher, each.school)
        for each in rows
    }
    return row.roster_class.sis_id[-SIS_ID_DIGITS:] if len(looks) < len(rows) else ""


def _with_differences(rows: list[ClassRow]) -> list[ClassRow]:
    """The rows with the parts of their names marked that the first other name does not have."""
    if len(rows) == 1:
        return rows
    names = [row.roster_class.name for row in rows]
    return [
        replace(row, name_parts=_marked(name, next((n for n in names if n != name), name)))
        for row, name in zip(rows, names, strict=True)
    ]


def _marked(name: str, against: str) -> tuple[tuple[str, bool], ...]:
    parts, others = PART.findall(name), PART.findall(against)
    marked: list[tuple[str, bool]] = []
    for tag, start, end, _, _ in SequenceMatcher(None, parts, others, False).get_opcodes():
        if start < end:
            marked.append(("".join(parts[start:end]), tag != "equal"))
    return tuple(marked)


def _differing_words(row: ClassRow) -> str:
    return " ".join(text.strip() for text, differs in row.name_parts if differs)


def _is_past(group: ClassGroup) -> bool:
    return all(row.state is ClassState.ENDED for row in group.rows)


def _with_plain_runs(groups: Iterable[ClassGroup]) -> tuple[ClassGroup, ...]:
    """The groups in order, with plain neighbours drawn together."""
    merged: list[ClassGroup] = []
    for group in groups:
        if merged and group.kind is merged[-1].kind is GroupKind.PLAIN:
            merged[-1] = replace(merged[-1], rows=merged[-1].rows + group.rows)
        else:
            merged.append(group)
    return tuple(merged)


def _matching(group: ClassGroup, wanted: str) -> ClassGroup:
    matches = tuple(row for row in group.rows if wanted in _searched(row))
    if group.kind is not GroupKind.PLAIN and matches:
        return group
    return replace(group, rows=matches)


def _searched(row: ClassRow) -> str:
    school = row.school.name if row.school else ""
    term = row.term.name if row.term else ""
    return folded(" ".join((row.roster_class.name, row.roster_class.period, school, term)))


def _better_twin(group: ClassGroup, row: ClassRow) -> ClassRow | None:
    if group.kind is GroupKind.PLAIN:
        return None
    others = (each for each in group.rows if each is not row)
    return min(others, key=lambda each: (each.order[:3], -each.student_count))


def _flags(row: ClassRow, twin: ClassRow | None) -> Iterable[Flag]:
    raised = _flags_of_its_own(row) | (_flags_beside(row, twin) if twin else {})
    return (flag for flag, holds in raised.items() if holds)


def _flags_of_its_own(row: ClassRow) -> dict[Flag, bool]:
    return {
        Flag.ALREADY_SECTION: row.section is not None,
        Flag.ENDED: row.state is ClassState.ENDED,
        Flag.NOT_STARTED: row.state is ClassState.NOT_STARTED,
        Flag.EMPTY: row.student_count == 0,
    }


def _flags_beside(row: ClassRow, twin: ClassRow) -> dict[Flag, bool]:
    schools = {each.roster_class.school_sourced_id for each in (row, twin)}
    return {
        Flag.MUCH_SMALLER: 0 < row.student_count * 2 < twin.student_count,
        Flag.NOT_MAIN_TEACHER: twin.is_main_teacher and not row.is_main_teacher,
        Flag.OTHER_SCHOOL: len(schools) > 1,
    }


def _ids(row: ClassRow) -> frozenset[str]:
    return frozenset(row.roster_class.student_sourced_ids)
