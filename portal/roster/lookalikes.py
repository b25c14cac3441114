"""A teacher's classes in the picker's order, with the look-alikes beside each other (N3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date

from portal.roster.alike import ClassName
from portal.roster.evidence import gather, tell_apart
from portal.roster.glyphs import plain
from portal.roster.marks import differing_words, mark
from portal.roster.picker import (
    ClassGroup,
    ClassRow,
    ClassState,
    ExistingSection,
    GroupKind,
    Picker,
)
from portal.roster.records import TeacherClasses

Order = tuple[int, bool, bool, str, str, str]
STATES_IN_ORDER = tuple(ClassState)


def arrange(
    found: TeacherClasses,
    teacher_sourced_id: str,
    sections: Mapping[str, ExistingSection],
    today: date,
) -> Picker:
    """Show every class exactly once: look-alikes grouped, past terms apart, nothing chosen."""
    rows = sorted(gather(found, teacher_sourced_id, sections, today), key=_order)
    names = _names(found)

    def beside(one: ClassRow, other: ClassRow) -> bool:
        return names[_id(one)].beside(names[_id(other)])

    def confusable(one: ClassRow, other: ClassRow) -> bool:
        return names[_id(one)].confusable_with(names[_id(other)])

    neighbours = [row for family in _sets(rows, beside) for row in _marked(family)]
    groups = [_group(found, members) for members in _sets(neighbours, confusable)]
    return Picker(
        current=_in_runs(group for group in groups if not group.is_past),
        past=_in_runs(group for group in groups if group.is_past),
    )


def _order(row: ClassRow) -> Order:
    """On now and main teacher first, then period, then name (experience.md 2.5)."""
    roster_class = row.roster_class
    return (
        STATES_IN_ORDER.index(row.state),
        not row.is_main_teacher,
        not roster_class.period,
        _counted(roster_class.period),
        _counted(roster_class.name),
        roster_class.sourced_id,
    )


def _counted(text: str) -> str:
    """Return text that sorts "Period 10" after "Period 9"."""
    return re.sub(r"\d+", lambda number: number[0].zfill(6), plain(text))


def _names(found: TeacherClasses) -> dict[str, ClassName]:
    teachers = found.teachers
    return {
        each.sourced_id: ClassName.of(
            each.name,
            [teachers[one].family_name for one in each.teacher_sourced_ids if one in teachers],
        )
        for each in found.classes
    }


def _sets(
    rows: Iterable[ClassRow], related: Callable[[ClassRow, ClassRow], bool]
) -> list[list[ClassRow]]:
    """Part rows into sets, in order: whoever is related to one of a set belongs to it."""
    sets: list[list[ClassRow]] = []
    for row in rows:
        near = [members for members in sets if any(related(row, each) for each in members)]
        if not near:
            sets.append([row])
            continue
        near[0] += [each for members in near[1:] for each in members] + [row]
        sets = [members for members in sets if not any(members is one for one in near[1:])]
    return [sorted(members, key=_order) for members in sets]


def _marked(rows: list[ClassRow]) -> list[ClassRow]:
    marked = mark([row.roster_class.name for row in rows])
    return [replace(row, name_parts=parts) for row, parts in zip(rows, marked, strict=True)]


def _group(found: TeacherClasses, rows: list[ClassRow]) -> ClassGroup:
    if len(rows) == 1:
        return ClassGroup(GroupKind.PLAIN, tuple(rows))

    rows = tell_apart(found, _marked(rows))
    differing = tuple(differing_words(row.name_parts) for row in rows)
    same = len({row.roster_class.name for row in rows}) == 1
    return ClassGroup(
        kind=GroupKind.SAME_NAME if same else GroupKind.NEARLY_SAME_NAME,
        rows=tuple(rows),
        differing=differing if any(differing) else (),
        shared_students=len(frozenset.intersection(*[row.student_sourced_ids for row in rows])),
    )


def _in_runs(groups: Iterable[ClassGroup]) -> tuple[ClassGroup, ...]:
    """Draw plain neighbours together, so that a page without look-alikes is one list."""
    runs: list[ClassGroup] = []
    for group in groups:
        if runs and group.kind is runs[-1].kind is GroupKind.PLAIN:
            runs[-1] = replace(runs[-1], rows=runs[-1].rows + group.rows)
        else:
            runs.append(group)
    return tuple(runs)


def _id(row: ClassRow) -> str:
    return row.roster_class.sourced_id
