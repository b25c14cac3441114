"""What the contestants of the mirror write: the very rows of our tables, made of plain JSON.

`sort_name` is made by our own function: without it the rows would not be those of our tables.
"""

from __future__ import annotations

from typing import Any

from portal import clock
from portal.models.base import to_microseconds
from portal.roster.names import fold, sort_key

Row = tuple[Any, ...]
OWN = ("connection_id", "sourced_id", "digest", "shared_at", "changed_at")
COLUMNS = {
    "shared_schools": (*OWN, "name", "sort_name", "class_count", "teacher_count", "student_count"),
    "shared_terms": (*OWN, "name", "starts_on", "ends_on"),
    "shared_courses": (*OWN, "name"),
    "shared_teachers": (*OWN, "given_name", "family_name", "sort_name", "roles"),
    "shared_students": (
        *(*OWN, "given_name", "family_name", "sort_name", "grade", "sis_id", "student_number"),
        *("district_username", "school_sourced_id", "legacy_id", "unreadable"),
    ),
    "shared_classes": (
        *(*OWN, "name", "sort_name", "school_sourced_id", "term_sourced_id", "course_sourced_id"),
        *("period", "grade", "subject", "section_number", "sis_id", "created_at", "student_count"),
    ),
    "shared_places": ("connection_id", "sourced_id", "school_sourced_id"),
    "class_students": ("shared_class_id", "sourced_id"),
    "class_teachers": ("shared_class_id", "sourced_id", "is_main"),
}
KEYS = dict.fromkeys(COLUMNS, ("connection_id", "sourced_id")) | {
    "shared_places": COLUMNS["shared_places"],
    "class_students": ("shared_class_id", "sourced_id"),
    "class_teachers": ("shared_class_id", "sourced_id"),
}
TABLES = {
    "/schools": "shared_schools",
    "/terms": "shared_terms",
    "/courses": "shared_courses",
    "/users?role=teacher": "shared_teachers",
    "/users?role=student": "shared_students",
    "/sections": "shared_classes",
}


def rows_of(path: str, records: list[Any], key: int) -> list[Row]:
    """A page's rows for the list's own table."""
    at = to_microseconds(clock.now())
    make = MAKERS[path]
    return [(key, record["id"], 0, at, at, *make(record)) for record in records]


def places_of(path: str, records: list[Any], key: int) -> list[Row]:
    role = path.partition("role=")[2]
    if not role:
        return []
    return [(key, one["id"], each) for one in records for each in one["roles"][role]["schools"]]


def students_of(records: list[Any], keys: dict[str, int]) -> list[Row]:
    return [(keys[one["id"]], each) for one in records for each in one["students"]]


def teachers_of(records: list[Any], keys: dict[str, int]) -> list[Row]:
    return [
        (keys[one["id"]], each, each == one["teacher"])
        for one in records
        for each in one["teachers"]
    ]


def _school(record: Any) -> Row:
    return (record["name"], fold(record["name"]), 0, 0, 0)


def _term(record: Any) -> Row:
    return (record["name"], record["start_date"], record["end_date"])


def _course(record: Any) -> Row:
    return (record["name"],)


def _teacher(record: Any) -> Row:
    given, family = record["name"]["first"], record["name"]["last"]
    return (given, family, sort_key(given, family), " ".join(record["roles"]))


def _student(record: Any) -> Row:
    given, family = record["name"]["first"], record["name"]["last"]
    role = record["roles"]["student"]
    return (
        *(given, family, sort_key(given, family), role["grade"], role["sis_id"]),
        *(role["student_number"], role["credentials"]["district_username"]),
        *(role["school"], role["legacy_id"], False),
    )


def _class(record: Any) -> Row:
    return (
        *(record["name"], fold(record["name"]), record["school"], record["term_id"]),
        *(record["course"], record["period"], record["grade"], record["subject"]),
        *(record["section_number"], record["sis_id"], 0, len(record["students"])),
    )


MAKERS = {
    "/schools": _school,
    "/terms": _term,
    "/courses": _course,
    "/users?role=teacher": _teacher,
    "/users?role=student": _student,
    "/sections": _class,
}
