"""A district of any size as Clever's records, ready to be served: written once, the same for all.

One file a list: every record as an item of a list, in the order of ids, a comma between them.
Students and classes are numbered school by school, as a student information system lists them.
"""

from __future__ import annotations

import json
import random
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DISTRICT = "64a000000000000000000001"
SEED = 20_261_122
STUDENTS_OF_A_CLASS = 60
GIVEN = ("Ada", "Zoë", "Mateo", "Inigo", "Grace", "Noor", "Maeve", "Ravi", "Lena", "Tom")
FAMILY = ("Byrne", "Nakamura", "O'Neill", "Kowalczyk", "Garcia", "Smith", "Nguyen", "Diallo")
CREATED = "2025-08-04T06:12:00.000Z"
EMPTY_ADDRESS = {"address": "", "city": "", "state": "", "zip": "00001"}

Record = dict[str, object]


@dataclass(frozen=True)
class Size:
    name: str
    schools: int
    classes: int
    students: int

    @property
    def teachers(self) -> int:
        return self.classes // 2


M = Size("M", 20, 2_000, 20_000)
L = Size("L", 200, 20_000, 200_000)


def sourced_id(kind: str, number: int) -> str:
    return f"64{kind}{number:020x}"


def write_lists(folder: Path, size: Size, changed: bool) -> None:
    """Every list of the district; `changed` is the day on which one record in a hundred is new."""
    folder.mkdir(parents=True)
    drawn = random.Random(SEED)
    _write(folder / "schools", (_school(number) for number in range(size.schools)))
    _write(folder / "terms", (_term(number) for number in range(4)))
    _write(folder / "courses", (_course(number) for number in range(size.schools * 5)))
    _write(folder / "teacher", (_teacher(each, size, changed) for each in range(size.teachers)))
    _write(folder / "student", (_student(each, size, changed) for each in range(size.students)))
    _write(
        folder / "sections", (_class(each, size, changed, drawn) for each in range(size.classes))
    )


def _write(path: Path, records: Iterator[Record]) -> None:
    """The items in `path`, their ids in `.ids` and where each ends in `.ends`."""
    ids, ends, at = [], array("Q"), 0
    with path.open("wb") as file:
        for record in records:
            item = json.dumps({"data": record, "uri": f"/v3.0/{path.name}/{record['id']}"})
            at += file.write(f"{item},".encode())
            ids.append(str(record["id"]))
            ends.append(at)
    path.with_suffix(".ids").write_text("\n".join(ids))
    path.with_suffix(".ends").write_bytes(ends.tobytes())


def _school(number: int) -> Record:
    return {
        **_own("aa", number),
        "name": f"School {number}",
        "sis_id": str(number),
        "school_number": str(number),
        "low_grade": "6",
        "high_grade": "8",
        "location": EMPTY_ADDRESS,
        "principal": {"name": "", "email": ""},
    }


def _term(number: int) -> Record:
    dates = {"start_date": "2025-08-18", "end_date": "2025-12-19"}
    return {"id": sourced_id("bb", number), "district": DISTRICT, "name": f"T{number}", **dates}


def _course(number: int) -> Record:
    named = {"name": f"Course {number}", "number": str(number)}
    return {"id": sourced_id("cc", number), "district": DISTRICT, **named}


def _teacher(number: int, size: Size, changed: bool) -> Record:
    school = sourced_id("aa", number % size.schools)
    role = {
        "school": school,
        "schools": [school],
        "sis_id": f"T{number:06}",
        "teacher_number": f"{number:06}",
        "title": "",
        "state_id": "",
        "legacy_id": sourced_id("1d", number),
        "credentials": {"district_username": f"teacher{number}"},
    }
    return _person("dd", number, changed, {"teacher": role})


def _student(number: int, size: Size, changed: bool) -> Record:
    school = sourced_id("aa", number * size.schools // size.students)
    role = {
        "school": school,
        "schools": [school],
        "enrollments": [{"school": school, "start_date": "2025-08-18", "end_date": ""}],
        "sis_id": f"{number:07}",
        "student_number": f"{number:07}",
        "state_id": f"CA{number:08}",
        "location": EMPTY_ADDRESS,
        "gender": "X",
        "dob": "3/9/2014",
        "grade": str(6 + number % 3),
        "graduation_year": "",
        "ell_status": "",
        "race": "",
        "hispanic_ethnicity": "",
        "credentials": {"district_username": f"student{number}"},
        "legacy_id": sourced_id("ee", number),
    }
    return _person("ee", number, changed, {"student": role})


def _class(number: int, size: Size, changed: bool, drawn: random.Random) -> Record:
    """Its students are of its school; a changed day has another in one place of a hundred."""
    school = number * size.schools // size.classes
    each = size.students // size.schools
    places = drawn.sample(range(each), STUDENTS_OF_A_CLASS + 4)
    listed, spare = places[:STUDENTS_OF_A_CLASS], places[STUDENTS_OF_A_CLASS:]
    for place in range(STUDENTS_OF_A_CLASS):
        if drawn.random() < 0.01 and changed and spare:
            listed[place] = spare.pop()
    main, other = (sourced_id("dd", (number + step) % size.teachers) for step in (0, 1))
    return {
        **_own("ff", number),
        "school": sourced_id("aa", school),
        "course": sourced_id("cc", number % (size.schools * 5)),
        "term_id": sourced_id("bb", number % 4),
        "name": f"Class {number} - {FAMILY[number % 8]} - {number % 8}",
        "sis_id": f"{number}-1",
        "section_number": str(number),
        "period": str(number % 8),
        "grade": str(6 + number % 3),
        "subject": "math",
        "students": [sourced_id("ee", school * each + one) for one in listed],
        "teacher": main,
        "teachers": [main, other],
    }


def _person(kind: str, number: int, changed: bool, roles: Record) -> Record:
    given = "New" if changed and number % 100 == 0 else GIVEN[number % 10]
    return {
        **_own(kind, number),
        "email": f"person{number}@mail.example",
        "name": {"first": given, "last": f"{FAMILY[number % 8]}{number}", "middle": ""},
        "roles": roles,
    }


def _own(kind: str, number: int) -> Record:
    told = {"created": CREATED, "last_modified": CREATED}
    return {"id": sourced_id(kind, number), "district": DISTRICT, **told}
