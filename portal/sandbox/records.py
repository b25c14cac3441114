"""The records of the make-believe districts: kept, found, changed, removed."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from portal.sandbox.store import Store

Body = dict[str, Any]


@dataclass(slots=True)
class Record:
    """One district, school, user, section, course or term; `body` is what v3.0 prints."""

    id: str
    kind: str
    district: str
    body: Body
    body_v31: Body = field(default_factory=dict)
    shared: bool = True
    visible: bool = True

    @property
    def name(self) -> str:
        """How people call it; a person's given and family name together."""
        if self.kind != "user":
            return str(self.body.get("name", ""))
        parts = self.body.get("name") or {}
        return " ".join(filter(None, (parts.get("first"), parts.get("last"))))

    @property
    def roles(self) -> Body:
        roles: Body = self.body.get("roles", {})
        return roles


def to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def from_row(row: sqlite3.Row) -> Record:
    return Record(
        id=row["id"],
        kind=row["kind"],
        district=row["district"],
        body=json.loads(row["body"]),
        body_v31=json.loads(row["body_v31"]),
        shared=bool(row["shared"]),
        visible=bool(row["visible"]),
    )


def find(store: Store, record_id: str, kind: str | None = None) -> Record | None:
    """The record with this id, shared or not."""
    row = store.row("SELECT * FROM records WHERE id = ?", record_id)
    return from_row(row) if row and kind in (None, row["kind"]) else None


def keep(store: Store, records: Iterable[Record]) -> None:
    """Write records, new or changed, with what the lists ask about them."""
    for record in records:
        store.write(
            "INSERT OR REPLACE INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            record.id,
            record.kind,
            record.district,
            record.name,
            record.name.casefold(),
            record.body.get("school", "") if record.kind == "section" else "",
            record.body.get("course", ""),
            record.body.get("term_id", ""),
            record.shared,
            record.visible,
            to_json(record.body),
            to_json(record.body_v31),
        )
        if record.kind == "user":
            _keep_roles(store, record)


def _keep_roles(store: Store, user: Record) -> None:
    store.write("DELETE FROM roles WHERE user = ?", user.id)
    store.write("DELETE FROM contact_students WHERE contact = ?", user.id)
    for role, held in user.roles.items():
        primary, others = held.get("school", ""), held.get("schools", [])
        # A role without a school still needs a row: lists ask for people by role.
        schools = dict.fromkeys([*others, primary] if primary else others or [""])
        store.write_many(
            "INSERT INTO roles VALUES (?, ?, ?, ?)",
            ((user.id, role, school, int(school == primary)) for school in schools),
        )
        ties = held.get("student_relationships", [])
        store.write_many(
            "INSERT OR IGNORE INTO contact_students VALUES (?, ?)",
            ((user.id, tie["student"]) for tie in ties),
        )


def remove(store: Store, record: Record) -> None:
    """Delete a record and its places in sections."""
    store.write("DELETE FROM records WHERE id = ?", record.id)
    store.write("DELETE FROM members WHERE ? IN (section, user)", record.id)
    store.write("DELETE FROM roles WHERE user = ?", record.id)
    store.write("DELETE FROM contact_students WHERE ? IN (contact, student)", record.id)


def member_ids(store: Store, section_id: str, role: str) -> list[str]:
    """Ids in the order of the section's own list; the main teacher comes first."""
    rows = store.rows(
        "SELECT user FROM members WHERE section = ? AND role = ? ORDER BY position, user",
        *(section_id, role),
    )
    return [row["user"] for row in rows]


def with_people(store: Store, section: Record) -> Body:
    """A section's body with `students`, `teacher` and `teachers`, main teacher first (3.6)."""
    teachers = member_ids(store, section.id, "teacher")
    return section.body | {
        "students": member_ids(store, section.id, "student"),
        "teacher": teachers[0] if teachers else "",
        "teachers": teachers,
    }


def visible_ids(store: Store, district_id: str) -> set[str]:
    """What the district shares today."""
    rows = store.rows("SELECT id FROM records WHERE district = ? AND visible", district_id)
    return {row["id"] for row in rows}


def work_out_visible(store: Store, district_id: str) -> None:
    """Follow sharing from schools to their sections and people, and from students to contacts."""
    for sql in _VISIBLE:
        store.write(sql, district_id)


_VISIBLE = (
    "UPDATE records SET visible = shared WHERE district = ? AND kind <> 'user' AND school = ''",
    """UPDATE records SET visible = shared AND EXISTS (
        SELECT 1 FROM records AS its WHERE its.id = records.school AND its.visible)
    WHERE district = ? AND kind = 'section'""",
    """UPDATE records SET visible = shared AND EXISTS (
        SELECT 1 FROM roles LEFT JOIN records AS its ON its.id = roles.school
        WHERE roles.user = records.id AND (its.visible OR roles.role = 'district_admin'))
    WHERE district = ? AND kind = 'user'""",
    """UPDATE records SET visible = shared AND EXISTS (
        SELECT 1 FROM contact_students JOIN records AS child ON child.id = student
        WHERE contact = records.id AND child.visible)
    WHERE district = ? AND kind = 'user'
        AND id IN (SELECT contact FROM contact_students)""",
)
