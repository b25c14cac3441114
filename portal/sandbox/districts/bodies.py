"""What Clever v3.0 prints about each kind of record (clever-platform 3.6)."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from random import Random

from portal.sandbox.records import Body
from portal.sandbox.store import timestamp

GENDERS = ("M", "F", "X", "")
RACES = ("Caucasian", "Asian", "Black or African American", "Two or More Races", "Unknown", "")


def noon(day: date) -> str:
    return timestamp(datetime.combine(day, time(12, 10, 11, 120_000), UTC))


def person(first: str | None, last: str, created: str) -> Body:
    """The part every user has; a contact's whole name sits in `last`."""
    name = {"last": last} if first is None else {"first": first, "last": last}
    return {"created": created, "last_modified": created, "name": name, "roles": {}}


def student_role(random: Random, number: int, grade: str, schools: list[str]) -> Body:
    """A student's role, with the gaps that school records have."""
    sis_id = f"{number:06d}"
    role: Body = {
        "credentials": {"district_username": f"s{sis_id}"},
        "enrollments": [],
        "gender": random.choice(GENDERS),
        "grade": grade,
        "graduation_year": "",
        "hispanic_ethnicity": random.choice(("Y", "N", "")),
        "location": location("", f"{random.randrange(99999):05d}"),
        "race": random.choice(RACES),
        "school": schools[0],
        "schools": schools,
        "sis_id": sis_id,
        "state_id": "",
        "student_number": sis_id,
    }
    if random.random() > 0.05:
        role["dob"] = born(random, grade)
    for gap in ("race", "location", "student_number"):
        if random.random() < 0.06:
            del role[gap]
    return role


def location(address: str, postcode: str) -> Body:
    return {"address": address, "city": "", "state": "", "zip": postcode}


def born(random: Random, grade: str) -> str:
    """A birthday, month and day unpadded as on the wire (clever-platform 3.5)."""
    years = int(grade) + 5 if grade.isdigit() else 8
    return f"{random.randint(1, 12)}/{random.randint(1, 28)}/{2026 - years}"


def teacher_role(number: int, schools: list[str], legacy_id: str) -> Body:
    return {
        "credentials": {"district_username": f"t{number}"},
        "legacy_id": legacy_id,
        "school": schools[0],
        "schools": schools,
        "sis_id": str(number),
        "teacher_number": str(number),
        "title": "",
    }


def staff_role(number: int, schools: list[str], legacy_id: str, kind: str) -> Body:
    """A school admin; the id is called `staff_id` here, and there is no primary school."""
    return {
        "department": "Office",
        "legacy_id": legacy_id,
        "roles": [kind],
        "schools": schools,
        "staff_id": str(number),
        "title": "",
    }


def contact_role(student: str, legacy_id: str) -> Body:
    tie = {"relationship": "Parent", "student": student, "type": "Parent/Guardian"}
    return {
        "legacy_id": legacy_id,
        "phone": "",
        "phone_type": "Other",
        "sis_id": "",
        "student_relationships": [tie],
    }


def school(name: str, number: int, created: str) -> Body:
    return {
        "created": created,
        "high_grade": "12",
        "last_modified": created,
        "location": location(f"{number} Main Street", "00001"),
        "low_grade": "Kindergarten",
        "mdr_number": "",
        "name": name,
        "nces_id": "",
        "phone": "",
        "principal": {"email": "", "name": ""},
        "school_number": str(number),
        "sis_id": str(number),
        "state_id": "",
    }


def district(name: str, short_name: str, today: date, synced: str) -> Body:
    return {
        "error": "",
        "last_sync": synced,
        "launch_date": f"{today.year - 1}-08-04",
        "login_methods": ["Clever Passwords", "Clever Badges"],
        "mdr_number": "",
        "name": name,
        "nces_id": "",
        "pause_end": "",
        "pause_start": "",
        "portal_url": f"https://clever.com/in/{short_name}",
        "sis_type": "sftp",
        "state": "success",
    }
