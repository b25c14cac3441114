"""One healthy make-believe district, as the JSON that Clever would send of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

DISTRICT = "64a000000000000000000001"
SCHOOL = "64a000000000000000000011"
TERM = "64a000000000000000000031"
TEACHER = "64a000000000000000000101"
CO_TEACHER = "64a000000000000000000102"
CLASS = "64a000000000000000000301"
DISTRICT_TOKEN = "d15c0" * 8
PERSON_TOKEN = "ilperson0token"

ROSTER = f"/v3.0/sections/{CLASS}/users"
USERS = "/v3.0/users"
SECTION = f"/v3.0/sections/{CLASS}"

Json = dict[str, Any]


def student_id(number: int) -> str:
    return f"64b{number:021x}"


def student(number: int) -> Json:
    """A student with everything Clever could send, also what must never be kept (M41)."""
    role = {
        "grade": "7",
        "sis_id": f"{number:06}",
        "student_number": f"{number:06}",
        "school": SCHOOL,
        "schools": [SCHOOL],
        "credentials": {"district_username": f"student{number}"},
        "legacy_id": student_id(number),
        "dob": "3/9/2014",
        "ell_status": "Y",
        "iep_status": "Y",
        "frl_status": "Free",
        "home_language": "Basque",
    }
    return {
        "id": student_id(number),
        "district": DISTRICT,
        "email": f"student{number}@example.org",
        "name": {"first": f"Given{number}", "last": f"Family{number:05}", "middle": ""},
        "roles": {"student": role},
    }


def teacher(teacher_id: str, first: str, last: str) -> Json:
    return {
        "id": teacher_id,
        "district": DISTRICT,
        "name": {"first": first, "last": last},
        "roles": {"teacher": {"legacy_id": "64a0000000000000000001a1", "school": SCHOOL}},
    }


class HealthyDistrict:
    """One class of `students` students taught by Ms Rivera and Mr Okafor; change it as needed."""

    def __init__(self, students: int = 26) -> None:
        self.students = {student_id(number): student(number) for number in range(1, students + 1)}
        self.district: Json = {"id": DISTRICT, "name": "Lincoln USD", "state": "running"}
        self.section: Json = {
            "id": CLASS,
            "district": DISTRICT,
            "school": SCHOOL,
            "term_id": TERM,
            "name": "Algebra I - Rivera - 3",
            "teacher": TEACHER,
            "teachers": [TEACHER, CO_TEACHER],
            "students": list(self.students),
            "period": "3",
            "grade": "7",
            "subject": "math",
            "section_number": "3",
            "sis_id": "881-3",
            "created": "2025-08-04T06:12:00.000Z",
        }
        self.teachers = {
            TEACHER: teacher(TEACHER, "Maria", "Rivera"),
            CO_TEACHER: teacher(CO_TEACHER, "Daniel", "Okafor"),
        }
        self.term: Json = {
            "id": TERM,
            "district": DISTRICT,
            "name": "Fall",
            "start_date": "2025-08-18",
            "end_date": "2025-12-19",
        }
        self.school: Json = {"id": SCHOOL, "district": DISTRICT, "name": "Lincoln Middle"}

    def withdraw(self, sourced_id: str) -> None:
        """The student leaves the class and its users' list."""
        del self.students[sourced_id]
        self.section["students"].remove(sourced_id)

    def answer(self, target: str) -> Json | None:
        """What Clever says at this path and query, in either version; None for a 404."""
        path = urlsplit(target).path.replace("/v3.1/", "/v3.0/")
        role = parse_qs(urlsplit(target).query).get("role", [""])[0]
        people = {**self.students, **self.teachers}
        lists = {
            ROSTER: list(self.students.values()),
            f"/v3.0/users/{TEACHER}/sections": [self.section],
            f"/v3.0/users/{TEACHER}/mystudents": list(self.students.values()),
            "/v3.0/schools": [self.school],
            "/v3.0/terms": [self.term],
            "/v3.0/courses": [],
            "/v3.0/sections": [self.section],
            USERS: list((self.students if role == "student" else self.teachers).values()),
        }
        if path in lists:
            return page(target, lists[path])
        if path == "/oauth/tokens":
            return {"data": [district_token()], "links": [{"rel": "self", "uri": target}]}
        records = {
            f"/v3.0/districts/{DISTRICT}": self.district,
            f"/v3.0/schools/{SCHOOL}": self.school,
            f"/v3.0/terms/{TERM}": self.term,
            SECTION: self.section,
            **{f"/v3.0/users/{id}": person for id, person in people.items()},
        }
        return {"data": records[path], "links": []} if path in records else None


def page(target: str, records: list[Json]) -> Json:
    """One page of a list, with a relative `next` while more follow (Clever page "Paging")."""
    path = urlsplit(target).path
    limit, after = _asked(target)
    ahead = sorted((one for one in records if one["id"] > after), key=lambda one: str(one["id"]))
    items = [{"data": one, "uri": f"/v3.0/any/{one['id']}"} for one in ahead[:limit]]
    links = [{"rel": "self", "uri": target}]
    if len(ahead) > limit:
        last = ahead[limit - 1]["id"]
        role = parse_qs(urlsplit(target).query).get("role", [""])[0]
        kept = f"&role={role}" if path == USERS else ""
        links.append({"rel": "next", "uri": f"{path}?limit={limit}&starting_after={last}{kept}"})
    return {"data": items, "links": links}


def page_number(target: str) -> int:
    """Which page of the roster a request asks for, counted from 1."""
    limit, after = _asked(target)
    return 1 if not after else int(after[3:], 16) // limit + 1


def district_token() -> Json:
    return {
        "id": "64a0000000000000000000f1",
        "created": "2026-02-24T22:24:55.985Z",
        "owner": {"type": "district", "id": DISTRICT},
        "access_token": DISTRICT_TOKEN,
        "scopes": ["read:students", "read:sections"],
    }


def _asked(target: str) -> tuple[int, str]:
    query = parse_qs(urlsplit(target).query)
    return int(query.get("limit", ["100"])[0]), query.get("starting_after", [""])[0]
