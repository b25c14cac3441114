"""Which records a list of the Data API holds (clever-platform 3.1)."""

from __future__ import annotations

import sqlite3

from portal.sandbox.paging import Page
from portal.sandbox.store import Store, Value

Given = dict[str, Value]

KIND_OF = {
    "districts": "district",
    "schools": "school",
    "users": "user",
    "sections": "section",
    "courses": "course",
    "terms": "term",
}
ROLES = ("contact", "district_admin", "staff", "student", "teacher")

_SECTIONS_OF = "SELECT {column} FROM records WHERE kind = 'section' AND visible AND {of} = :of"
_CLASSMATES = """SELECT theirs.user FROM members AS mine
    JOIN members AS theirs ON theirs.section = mine.section AND theirs.role = '{theirs}'
    JOIN records AS class ON class.id = mine.section AND class.visible
    WHERE mine.user = :of AND mine.role = '{mine}'"""
_RESOURCES = "SELECT id FROM records WHERE kind = 'resource'"  # No district here assigns any.

# (collection, part) → the ids in that part of the record `:of`; `:role` and `:primary` may be ''.
PARTS = {
    ("schools", "courses"): _SECTIONS_OF.format(column="course", of="school"),
    ("schools", "sections"): _SECTIONS_OF.format(column="id", of="school"),
    ("schools", "terms"): _SECTIONS_OF.format(column="term", of="school"),
    ("schools", "users"): """SELECT user FROM roles WHERE school = :of
        AND :role IN ('', role) AND (:primary = '' OR is_primary)""",
    ("users", "schools"): """SELECT school FROM roles WHERE user = :of
        AND (:primary = '' OR is_primary)""",
    ("users", "sections"): "SELECT section FROM members WHERE user = :of",
    ("users", "mystudents"): _CLASSMATES.format(mine="teacher", theirs="student")
    + " UNION SELECT student FROM contact_students WHERE contact = :of",
    ("users", "myteachers"): _CLASSMATES.format(mine="student", theirs="teacher"),
    ("users", "mycontacts"): "SELECT contact FROM contact_students WHERE student = :of",
    ("users", "resources"): _RESOURCES,
    ("sections", "users"): """SELECT user FROM members WHERE section = :of
        AND :role IN ('', role)""",
    ("sections", "resources"): _RESOURCES,
    ("courses", "schools"): _SECTIONS_OF.format(column="school", of="course"),
    ("courses", "sections"): _SECTIONS_OF.format(column="id", of="course"),
    ("courses", "resources"): _RESOURCES,
    ("terms", "schools"): _SECTIONS_OF.format(column="school", of="term"),
    ("terms", "sections"): _SECTIONS_OF.format(column="id", of="term"),
}
# (collection, part) → the key of the body that names the one record.
SINGLE_PARTS = {
    ("schools", "district"): "district",
    ("users", "district"): "district",
    ("sections", "district"): "district",
    ("sections", "school"): "school",
    ("sections", "course"): "course",
    ("sections", "term"): "term_id",
    ("courses", "district"): "district",
    ("terms", "district"): "district",
}
PART_KINDS = {
    "mystudents": "user",
    "myteachers": "user",
    "mycontacts": "user",
    "resources": "resource",
} | KIND_OF
ALL = """SELECT id FROM records WHERE district = :district AND kind = :kind AND (:role = ''
    OR EXISTS (SELECT 1 FROM roles WHERE roles.user = records.id AND roles.role = :role))"""


def read_page(store: Store, ids: str, given: Given, page: Page) -> tuple[list[sqlite3.Row], bool]:
    """One page of the visible records among `ids`, ascending, and whether more lie beyond."""
    condition, cursor, direction = page.range
    rows = store.named_rows(
        f"""SELECT id, kind, body, body_v31 FROM records
        WHERE id IN ({ids}) AND kind = :kind AND district = :district AND visible
            AND {condition} ORDER BY id {direction} LIMIT :limit""",
        given | {"cursor": cursor, "limit": page.limit + 1},
    )
    found = rows[: page.limit]
    return found[::-1] if page.backwards else found, len(rows) > page.limit
