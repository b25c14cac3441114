"""Clever Library: teachers who authorised the app alone, where no district did (2.2)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from portal.sandbox import changes, connection, records, wire
from portal.sandbox.records import Body, Record
from portal.sandbox.store import Store

SECTION_FIELDS = ("id", "name", "section_number", "teachers", "students", "subject", "grade")


def authorise(store: Store, teacher_id: str) -> None:
    """The teacher adds the app from Clever Library."""
    if "teacher" not in changes.find(store, teacher_id, "user").roles:
        raise changes.NoSuchRecord(teacher_id)
    store.write("INSERT OR IGNORE INTO library_teachers VALUES (?)", teacher_id)


def leave(store: Store, teacher_id: str) -> None:
    """The teacher removes the app: her tokens stop."""
    with store.change():
        store.write("DELETE FROM library_teachers WHERE user = ?", teacher_id)
        store.write("DELETE FROM tokens WHERE kind = 'library' AND user = ?", teacher_id)


CHANGES = {"add": authorise, "remove": leave}


def has_authorised(store: Store, teacher_id: str) -> bool:
    return store.row("SELECT 1 FROM library_teachers WHERE user = ?", teacher_id) is not None


def offers(store: Store, person: Record) -> bool:
    """Whether the person may add the app by themselves: a teacher whose district has not."""
    connected = connection.is_connected(store, person.district)
    return "teacher" in person.roles and not connected and not has_authorised(store, person.id)


def takes_in(store: Store, person: Record) -> bool:
    """Whether somebody may come to the app by Library: its teachers and their students.

    Staff, admins and contacts never do; where the district is connected, nobody does.
    """
    if connection.is_connected(store, person.district) or not person.visible:
        return False
    if "teacher" in person.roles:
        return has_authorised(store, person.id)
    return "student" in person.roles and _has_teacher_with_the_app(store, person.id)


def teaches(store: Store, teacher_id: str, section_id: str) -> bool:
    """Whether the class is hers, and still in the school records as Clever knows them."""
    return any(body["id"] == section_id for body in classes_of(store, teacher_id))


def knows(store: Store, user_id: str, other_id: str) -> bool:
    """Themselves; a teacher also whoever is in a class of hers."""
    taught = store.row(
        """SELECT 1 FROM members AS mine JOIN members AS theirs ON theirs.section = mine.section
        WHERE mine.user = ? AND mine.role = 'teacher' AND theirs.user = ?""",
        *(user_id, other_id),
    )
    return user_id == other_id or taught is not None


def classes_of(store: Store, teacher_id: str) -> list[Body]:
    """All classes of hers, those made since she added the app too."""
    rows = store.rows(
        """SELECT records.* FROM members JOIN records ON records.id = section
        WHERE user = ? AND role = 'teacher' AND visible ORDER BY section""",
        teacher_id,
    )
    return _trimmed(store, rows)


def students_of(store: Store, teacher_id: str) -> list[Body]:
    rows = store.rows(
        """SELECT * FROM records WHERE visible AND id IN (
            SELECT theirs.user FROM members AS mine JOIN members AS theirs
            ON theirs.section = mine.section AND theirs.role = 'student'
            WHERE mine.user = ? AND mine.role = 'teacher') ORDER BY id""",
        teacher_id,
    )
    return _trimmed(store, rows)


def people_of(store: Store, section_id: str, role: str = "") -> list[Body]:
    """Teachers and students of a class; who is not in the school records is left out."""
    rows = store.rows(
        """SELECT records.* FROM members JOIN records ON records.id = user
        WHERE section = ?1 AND ?2 IN ('', role) AND visible ORDER BY user""",
        *(section_id, role),
    )
    return _trimmed(store, rows)


def trimmed(store: Store, record: Record) -> Body:
    """What Library tells: no district, school, course or term; of students an initial."""
    if record.kind == "section":
        body = wire.body(store, "v3.0", record)
        return {key: body[key] for key in SECTION_FIELDS if key in body}
    return _person(record)


def name_of(person: Record) -> Body:
    """A student's family name is its first letter."""
    name: Body = person.body.get("name") or {}
    if "student" not in person.roles:
        return name
    return {"first": name.get("first", ""), "last": (name.get("last") or "")[:1]}


def _person(person: Record) -> Body:
    found: Body = {"id": person.id, "name": name_of(person)}
    if "student" in person.roles:
        grade = person.roles["student"].get("grade", "")
        return found | {"roles": {"student": {"grade": grade}}}
    return found | {"email": person.body.get("email", ""), "roles": {"teacher": {}}}


def _trimmed(store: Store, rows: Iterable[sqlite3.Row]) -> list[Body]:
    return [trimmed(store, records.from_row(row)) for row in rows]


def _has_teacher_with_the_app(store: Store, student_id: str) -> bool:
    row = store.row(
        """SELECT 1 FROM members AS mine
        JOIN records ON records.id = mine.section AND records.visible
        JOIN members AS taught ON taught.section = mine.section AND taught.role = 'teacher'
        JOIN library_teachers ON library_teachers.user = taught.user
        WHERE mine.user = ? AND mine.role = 'student'""",
        student_id,
    )
    return row is not None
