"""Finding people and places by name, for the login page and the control page."""

from __future__ import annotations

from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from portal.sandbox.records import Record, from_row
from portal.sandbox.store import Store

ROLE_NAMES = {
    "teacher": "Teacher",
    "student": "Student",
    "staff": "School admin",
    "district_admin": "District admin",
}
AT_ONCE = 60


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed and chosen in a search for people."""

    words: str = ""
    role: str = ""
    school: str = ""

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Wanted:
        return cls(args.get("q", "").strip(), args.get("role", ""), args.get("school", ""))


@dataclass(frozen=True, slots=True)
class Found:
    """A person with what tells them apart from others of the same name."""

    record: Record
    roles: str
    schools: str


def matching(store: Store, district_id: str, wanted: Wanted, at_once: int = AT_ONCE) -> list[Found]:
    """People of a district; teachers first, contacts never (they cannot sign in to apps)."""
    rows = store.rows(
        """SELECT records.*, group_concat(DISTINCT roles.role) AS held,
            group_concat(DISTINCT school.name) AS schools
        FROM records JOIN roles ON roles.user = records.id AND roles.role <> 'contact'
        LEFT JOIN records AS school ON school.id = roles.school
        WHERE records.district = ?1 AND records.kind = 'user'
            AND instr(records.search, ?2) AND ?3 IN ('', roles.role) AND ?4 IN ('', roles.school)
        GROUP BY records.id ORDER BY min(roles.role = 'student'), records.id LIMIT ?5""",
        *(district_id, wanted.words.casefold(), wanted.role, wanted.school, at_once),
    )
    return [
        Found(
            from_row(row),
            ", ".join(ROLE_NAMES.get(role, role) for role in row["held"].split(",")),
            (row["schools"] or "").replace(",", ", "),
        )
        for row in rows
    ]


def schools(store: Store, district_id: str) -> list[Record]:
    return of_kind(store, district_id, "school")


def districts(store: Store) -> list[Record]:
    """All districts; the scripted one comes first."""
    rows = store.rows(
        "SELECT * FROM records WHERE kind = 'district' ORDER BY name <> 'Lincoln USD', id"
    )
    return [from_row(row) for row in rows]


def of_kind(store: Store, district_id: str, kind: str) -> list[Record]:
    """All records of one kind in a district, oldest first."""
    rows = store.rows(
        "SELECT * FROM records WHERE district = ? AND kind = ? ORDER BY id", district_id, kind
    )
    return [from_row(row) for row in rows]


def district_called(store: Store, short_name: str) -> Record | None:
    """The district whose portal address ends in this short name."""
    ending = f"/in/{short_name}"
    found = (each for each in districts(store) if each.body["portal_url"].endswith(ending))
    return next(found, None)
