"""Who is in which class, who teaches it, and who is at which school: sets of ids, compared.

Of a record that changed, most of these are as they were: only the difference is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from portal.database import execute, execute_many, insert_many, is_postgresql, rows
from portal.models.districts import DistrictConnection
from portal.roster.records import ClassRecord
from portal.roster.sharing import Kind, StudentListing, TeacherListing

NOBODY: frozenset[str] = frozenset()
Person = TeacherListing | StudentListing
PEOPLE = (Kind.TEACHERS, Kind.STUDENTS)
STUDENT = ("shared_class_id", "sourced_id")
TEACHER = ("shared_class_id", "sourced_id", "is_main")
PLACE = ("connection_id", "sourced_id", "school_sourced_id")


def add(connection: DistrictConnection, kind: Kind, records: Sequence[Any]) -> None:
    """The links of records whose rows are new. Call inside a transaction.

    Somebody new among the teachers may have been at a school before, among the students.
    """
    if kind in PEOPLE:
        _revise_places(connection, records)
    elif kind is Kind.CLASSES:
        keys = _keys(connection, [record.sourced_id for record in records])
        _add_classes({keys[record.sourced_id]: record for record in records})


def revise(
    connection: DistrictConnection, kind: Kind, records: Mapping[int, Any], at: int
) -> set[str]:
    """The links of records by their row's key; returns the ids of those that differed."""
    if not records:
        return set()
    if kind in PEOPLE:
        return _revise_places(connection, list(records.values()))
    if kind is Kind.CLASSES:
        return _revise_teachers(records) | _revise_students(records, at)
    return set()


def _add_classes(records: Mapping[int, ClassRecord]) -> None:
    students = [(key, each) for key, one in records.items() for each in _students(one)]
    students.sort(key=itemgetter(1))  # The index of students has few pages to open, each once.
    teachers = [(key, *each) for key, one in records.items() for each in _teachers(one)]
    insert_many("class_students", STUDENT, students)
    insert_many("class_teachers", TEACHER, teachers)


def _revise_students(records: Mapping[int, ClassRecord], at: int) -> set[str]:
    """Whoever left a class is kept with the moment they did, and comes back to the same row."""
    new: list[tuple[int, str]] = []
    back: list[tuple[int, str]] = []
    gone: list[tuple[int, int, str]] = []
    listed = _rosters(records)
    for key, record in records.items():
        before, ended = listed.get(key, (NOBODY, NOBODY))
        today = set(record.student_sourced_ids)
        new += [(key, each) for each in today - before - ended]
        back += [(key, each) for each in today & ended]
        gone += [(at, key, each) for each in before - today]
    insert_many("class_students", STUDENT, new)
    execute_many(f"UPDATE class_students SET ended_at = NULL WHERE {_THIS}", back)
    execute_many(f"UPDATE class_students SET ended_at = ? WHERE {_THIS}", gone)
    touched = {key for key, _ in (*new, *back)} | {key for _, key, _ in gone}
    return {records[key].sourced_id for key in touched}


def _rosters(keys: Iterable[int]) -> dict[int, tuple[frozenset[str], frozenset[str]]]:
    """Who is in each class today, and who was: a row a class, for a class has many students."""
    item, parameter = rows((key,) for key in keys)
    joined = "string_agg" if is_postgresql() else "group_concat"
    found = execute(_ROSTERS.format(rows=item, joined=joined), (parameter,)).fetchall()
    return {key: (_apart(today), _apart(ended)) for key, today, ended in found}


def _apart(sourced_ids: str | None) -> frozenset[str]:
    return frozenset(sourced_ids.split()) if sourced_ids else NOBODY


def _revise_teachers(records: Mapping[int, ClassRecord]) -> set[str]:
    listed: dict[int, set[tuple[str, bool]]] = defaultdict(set)
    item, parameter = rows((key,) for key in records)
    for key, sourced_id, is_main in execute(_TAUGHT.format(rows=item), (parameter,)).fetchall():
        listed[key].add((sourced_id, bool(is_main)))
    differ = {key: one for key, one in records.items() if listed[key] != set(_teachers(one))}
    execute_many("DELETE FROM class_teachers WHERE shared_class_id = ?", [(key,) for key in differ])
    teachers = [(key, *each) for key, one in differ.items() for each in _teachers(one)]
    insert_many("class_teachers", TEACHER, teachers)
    return {record.sourced_id for record in differ.values()}


def _revise_places(connection: DistrictConnection, people: Sequence[Person]) -> set[str]:
    if not people:
        return set()
    item, parameter = rows((person.sourced_id,) for person in people)
    found = execute(_PLACES.format(rows=item), (connection.id, parameter)).fetchall()
    before = {(sourced_id, school) for sourced_id, school in found}
    today = {place for person in people for place in _places(person)}
    gone, new = before - today, today - before
    execute_many(
        "DELETE FROM shared_places"
        " WHERE connection_id = ? AND sourced_id = ? AND school_sourced_id = ?",
        [(connection.id, *place) for place in gone],
    )
    insert_many("shared_places", PLACE, [(connection.id, *place) for place in new])
    return {sourced_id for sourced_id, _ in gone | new}


def _keys(connection: DistrictConnection, sourced_ids: Collection[str]) -> dict[str, int]:
    item, parameter = rows((sourced_id,) for sourced_id in sourced_ids)
    return dict(execute(_KEYS.format(rows=item), (connection.id, parameter)).fetchall())


def _students(record: ClassRecord) -> Iterable[str]:
    return dict.fromkeys(record.student_sourced_ids)


def _teachers(record: ClassRecord) -> list[tuple[str, bool]]:
    main = record.main_teacher_sourced_id
    return [(each, each == main) for each in dict.fromkeys(record.teacher_sourced_ids)]


def _places(person: Person) -> list[tuple[str, str]]:
    return [(person.sourced_id, each) for each in dict.fromkeys(person.school_sourced_ids)]


_THIS = "shared_class_id = ? AND sourced_id = ?"
# Each class is asked by a question of its own: a planner left to choose reads every class.
_ROSTERS = """
    SELECT asked.id, (
        SELECT {joined}(s.sourced_id, ' ') FROM class_students s
        WHERE s.shared_class_id = asked.id AND s.ended_at IS NULL), (
        SELECT {joined}(s.sourced_id, ' ') FROM class_students s
        WHERE s.shared_class_id = asked.id AND s.ended_at IS NOT NULL)
    FROM (SELECT CAST(r.value->>0 AS INTEGER) AS id FROM {rows}) AS asked
"""
_TAUGHT = """
    SELECT shared_class_id, sourced_id, is_main FROM class_teachers
    WHERE shared_class_id IN (SELECT CAST(r.value->>0 AS INTEGER) FROM {rows})
"""
_KEYS = """
    SELECT sourced_id, id FROM shared_classes
    WHERE connection_id = ? AND sourced_id IN (SELECT r.value->>0 FROM {rows})
"""
_PLACES = """
    SELECT sourced_id, school_sourced_id FROM shared_places
    WHERE connection_id = ? AND sourced_id IN (SELECT r.value->>0 FROM {rows})
"""
