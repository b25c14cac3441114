"""Clever's v3.0 records, field by field, written down from clever-platform 3.5 to 3.7."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

Check = Callable[[Any], bool]


class Field(NamedTuple):
    """What a value must look like, and whether Clever guarantees that it is there."""

    check: Check
    guaranteed: bool = True


Shape = Mapping[str, Field]


def wrong_in(body: Any, shape: Shape, path: str = "") -> list[str]:
    """Every way in which a body is not of the shape: absent, unknown, of the wrong kind."""
    if not isinstance(body, dict):
        return [f"{path}: not an object"]
    found = [
        f"{path}{name}: absent"
        for name, field in shape.items()
        if field.guaranteed and name not in body
    ]
    found += [f"{path}{name}: unknown" for name in body if name not in shape]
    return found + [
        f"{path}{name}: {value!r}"
        for name, value in body.items()
        if name in shape and not shape[name].check(value)
    ]


def text(value: Any) -> bool:
    return isinstance(value, str)


def matching(pattern: str) -> Check:
    return lambda value: isinstance(value, str) and re.fullmatch(pattern, value) is not None


def one_of(*allowed: str) -> Check:
    return lambda value: value in allowed


def list_of(check: Check) -> Check:
    return lambda value: isinstance(value, list) and all(map(check, value))


def shaped(shape: Shape) -> Check:
    return lambda value: wrong_in(value, shape) == []


def optional(check: Check) -> Field:
    return Field(check, guaranteed=False)


an_id = matching(r"[0-9a-f]{24}")
a_date = matching(r"\d{4}-\d\d-\d\d|")
a_moment = matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
a_birthday = matching(r"[1-9]\d?/[1-9]\d?/\d{4}")
yes_or_no = one_of("Y", "N", "")
a_grade = one_of(
    *("InfantToddler", "Preschool", "PreKindergarten", "TransitionalKindergarten"),
    *("Kindergarten", *map(str, range(1, 14)), "PostGraduate", "Ungraded", "Other", ""),
)
a_subject = one_of(
    *("english/language arts", "math", "science", "social studies", "language"),
    *("homeroom/advisory", "interventions/online learning", "technology and engineering"),
    *("PE and health", "arts and music", "other", ""),
)
a_race = one_of(
    *("Caucasian", "Asian", "Black or African American", "American Indian"),
    *("Hawaiian or Other Pacific Islander", "Two or More Races", "Unknown", ""),
)

HEAD = {"id": Field(an_id), "district": Field(an_id)}
TIMES = {"created": Field(a_moment), "last_modified": Field(a_moment)}
LOCATION = {part: Field(text) for part in ("address", "city", "state", "zip")}
CREDENTIALS = optional(shaped({"district_username": Field(text)}))
SCHOOLS = {"school": Field(an_id), "schools": Field(list_of(an_id))}

DISTRICT: Shape = {
    "id": Field(an_id),
    "name": Field(text),
    "sis_type": Field(text),
    "launch_date": Field(a_date),
    "portal_url": Field(matching(r"https://clever\.com/in/[a-z-]+")),
    "login_methods": Field(list_of(text)),
    "last_sync": optional(a_moment),
    "mdr_number": optional(text),
    "nces_id": optional(text),
    "error": optional(text),
    "state": optional(one_of("running", "pending", "error", "paused", "success", "")),
    "pause_start": optional(a_date),
    "pause_end": optional(a_date),
    "district_contact": optional(
        shaped(
            HEAD
            | {
                "name": Field(shaped({"first": Field(text), "last": Field(text)})),
                "email": Field(text),
                "title": Field(text),
            }
        )
    ),
}
SCHOOL: Shape = (
    HEAD
    | TIMES
    | {name: Field(text) for name in ("name", "sis_id", "school_number")}
    | {name: optional(text) for name in ("state_id", "nces_id", "mdr_number", "phone")}
    | {
        "low_grade": optional(a_grade),
        "high_grade": optional(a_grade),
        "principal": optional(shaped({"name": Field(text), "email": Field(text)})),
        "location": optional(shaped(LOCATION)),
    }
)
STUDENT: Shape = SCHOOLS | {
    "enrollments": Field(list_of(shaped({}))),
    "sis_id": Field(text),
    "student_number": optional(text),
    "state_id": optional(text),
    "location": optional(shaped(LOCATION)),
    "gender": optional(one_of("M", "F", "X", "")),
    "dob": optional(a_birthday),
    "grade": optional(a_grade),
    "graduation_year": optional(text),
    "race": optional(a_race),
    "hispanic_ethnicity": optional(yes_or_no),
    "credentials": CREDENTIALS,
    "legacy_id": optional(an_id),
    # Not in the specification, but on the wire (clever-platform 3.2).
    "email": optional(text),
}
TEACHER: Shape = SCHOOLS | {
    "legacy_id": Field(an_id),
    "sis_id": Field(text),
    "teacher_number": optional(text),
    "state_id": optional(text),
    "title": optional(text),
    "credentials": CREDENTIALS,
}
STAFF: Shape = {
    "legacy_id": Field(an_id),
    "roles": Field(list_of(one_of("PortalOnly", "SchoolTechLead"))),
    "schools": Field(list_of(an_id)),
    "staff_id": Field(text),
    "title": optional(text),
    "department": optional(text),
    "credentials": CREDENTIALS,
}
DISTRICT_ADMIN: Shape = {"legacy_id": Field(an_id), "title": optional(text)}
RELATIONSHIP: Shape = {
    "student": Field(an_id),
    "relationship": Field(
        one_of("Parent", "Grandparent", "Self", "Aunt/Uncle", "Sibling", "Other", "")
    ),
    "type": Field(
        one_of("Parent/Guardian", "Emergency", "Primary", "Secondary", "Family", "Other", "")
    ),
}
CONTACT: Shape = {
    "phone": Field(text),
    "phone_type": Field(one_of("Cell", "Home", "Work", "Other", "")),
    "sis_id": Field(text),
    "student_relationships": Field(list_of(shaped(RELATIONSHIP))),
    "legacy_id": optional(an_id),
}
ROLES: Shape = {
    "student": optional(shaped(STUDENT)),
    "teacher": optional(shaped(TEACHER)),
    "staff": optional(shaped(STAFF)),
    "district_admin": optional(shaped(DISTRICT_ADMIN)),
    "contact": optional(shaped(CONTACT)),
}
USER: Shape = (
    HEAD
    | TIMES
    | {
        # A contact's whole name sits in `last`, so `first` cannot be counted on.
        "name": Field(
            shaped({"first": optional(text), "middle": optional(text), "last": Field(text)})
        ),
        "email": optional(text),
        "roles": Field(shaped(ROLES)),
    }
)
SECTION: Shape = (
    HEAD
    | TIMES
    | {
        "school": Field(an_id),
        "name": Field(text),
        "sis_id": Field(text),
        "subject": Field(a_subject),
        "students": Field(list_of(an_id)),
        "teacher": Field(an_id),
        "teachers": Field(list_of(an_id)),
        "grade": optional(a_grade),
        "course": optional(an_id),
        "term_id": optional(an_id),
        "section_number": optional(text),
        "period": optional(text),
    }
)
COURSE: Shape = HEAD | {"name": optional(text), "number": optional(text)}
TERM: Shape = HEAD | {
    "name": optional(text),
    "start_date": optional(a_date),
    "end_date": optional(a_date),
}
COLLECTIONS: Mapping[str, Shape] = {
    "districts": DISTRICT,
    "schools": SCHOOL,
    "users": USER,
    "sections": SECTION,
    "courses": COURSE,
    "terms": TERM,
}
# What a single record links to besides itself, as the documentation names it (3.2).
LINKS: Mapping[str, tuple[str, ...]] = {
    "districts": (),
    "schools": ("district", "sections", "users", "terms", "courses"),
    "users": ("district", "schools", "sections", "myContacts", "myTeachers", "myStudents"),
    "sections": ("district", "users", "school", "term", "course"),
    "courses": ("district", "sections"),
}
