"""Classes and who is in them, as the control page lists them: shared or not."""

from __future__ import annotations

from dataclasses import dataclass

from portal.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Member:
    """A person in a class."""

    id: str
    name: str
    shared: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A class in a list, with what tells it from one of the same name."""

    id: str
    name: str
    school: str
    term: str
    main_teacher: str
    students: int
    shared: bool


LISTED = """SELECT class.id, class.name, class.visible AS shared,
        coalesce(school.name, '') AS school, coalesce(term.name, '') AS term,
        coalesce((SELECT who.name FROM members JOIN records AS who ON who.id = members.user
            WHERE members.section = class.id AND members.role = 'teacher'
            ORDER BY position LIMIT 1), '') AS main_teacher,
        (SELECT count(*) FROM members
            WHERE members.section = class.id AND members.role = 'student') AS students
    FROM records AS class
    LEFT JOIN records AS school ON school.id = class.school
    LEFT JOIN records AS term ON term.id = class.term
    WHERE class.kind = 'section' AND {where} ORDER BY class.id"""


def members(store: Store, section_id: str, role: str) -> list[Member]:
    """In the order of the class's own list; the main teacher comes first."""
    rows = store.rows(
        """SELECT records.id, records.name, records.visible AS shared
        FROM members JOIN records ON records.id = members.user
        WHERE section = ? AND role = ? ORDER BY position, user""",
        *(section_id, role),
    )
    return [Member(row["id"], row["name"], bool(row["shared"])) for row in rows]


def classes_of_school(store: Store, school_id: str) -> list[Listed]:
    return _listed(store, "class.school = ?", school_id)


def classes_of_district(store: Store, district_id: str) -> list[Listed]:
    return _listed(store, "class.district = ?", district_id)


def classes_of_person(store: Store, user_id: str) -> list[Listed]:
    return _listed(store, "class.id IN (SELECT section FROM members WHERE user = ?)", user_id)


def _listed(store: Store, where: str, value: str) -> list[Listed]:
    return [Listed(**dict(row)) for row in store.rows(LISTED.format(where=where), value)]
