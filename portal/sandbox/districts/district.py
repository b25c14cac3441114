"""A district while it is being made up: the same seed gives the same ids and names again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from secrets import token_hex

from portal.sandbox import records
from portal.sandbox.districts import bodies
from portal.sandbox.districts.names import made_up_name
from portal.sandbox.ids import IdSequence
from portal.sandbox.records import Body, Record
from portal.sandbox.store import Store


@dataclass(frozen=True, slots=True)
class Shape:
    """How large a made-up district is; benches ask for one class of 10,000."""

    schools: int = 1
    teachers: int = 2
    sections: int = 4
    students_per_section: int = 25


class District:
    """Collects records and who is in which section; `save` writes them in one go."""

    def __init__(self, name: str, short_name: str, seed: int, today: date) -> None:
        self.random = Random(f"{seed} {name}")
        self.today = today
        self.created = bodies.noon(today - timedelta(days=110))
        self._ids = IdSequence(f"{seed} {name}")
        self._records: list[Record] = []
        self._members: list[tuple[str, str, str, int]] = []
        self.domain = f"{short_name}.example"
        self.id = self._ids.next()
        body = bodies.district(name, short_name, today, bodies.noon(today - timedelta(days=1)))
        self.record = self._add("district", body, self.id)
        self.record.body_v31 = {"lms_type": "", "lms_state": ""}

    @classmethod
    def generate(cls, seed: int, name: str, today: date, shape: Shape) -> District:
        """A plain district of any size."""
        district = cls(name, name.lower().replace(" ", "-"), seed, today)
        schools = [district.school(f"{name} School {n + 1}") for n in range(shape.schools)]
        term = district.term("Term 2", -60, 120)
        teachers = [
            district.teacher(*made_up_name(district.random), [schools[n % len(schools)]])
            for n in range(shape.teachers)
        ]
        for number in range(shape.sections):
            school, teacher = schools[number % len(schools)], teachers[number % len(teachers)]
            students = district.students(shape.students_per_section, "7", school)
            name = f"Class {number + 1}"
            district.section(name, school, [teacher], students, term=term, grade="7")
        return district

    def school(self, name: str, shared: bool = True) -> str:
        number = 100 + sum(record.kind == "school" for record in self._records)
        made = self._add("school", bodies.school(name, number, self.created))
        made.shared = shared
        return made.id

    def term(self, name: str, starts_in: int, ends_in: int) -> str:
        """A term from so many days from today to so many."""
        start, end = (self.today + timedelta(days=days) for days in (starts_in, ends_in))
        dates = {"start_date": start.isoformat(), "end_date": end.isoformat()}
        return self._add("term", {"name": name} | dates).id

    def course(self, name: str, number: str = "") -> str:
        return self._add("course", {"name": name, "number": number}).id

    def teacher(self, first: str, last: str, schools: list[str], email: str | None = None) -> str:
        role = bodies.teacher_role(self._number(), schools, self._ids.next())
        return self._person(first, last, {"teacher": role}, email)

    def staff(self, first: str, last: str, schools: list[str], kind: str) -> str:
        role = bodies.staff_role(self._number(), schools, self._ids.next(), kind)
        return self._person(first, last, {"staff": role}, f"{last.lower()}@{self.domain}")

    def district_admin(self, first: str, last: str, title: str) -> str:
        role = {"legacy_id": self._ids.next(), "title": title}
        email = f"{last.lower()}@{self.domain}"
        made = self._person(first, last, {"district_admin": role}, email)
        contact = {"id": made, "district": self.id, "name": {"first": first, "last": last}}
        self.record.body["district_contact"] = contact | {"email": email, "title": title}
        return made

    def student(
        self, first: str, last: str, grade: str, schools: list[str], email: str | None = ""
    ) -> str:
        role = bodies.student_role(self.random, self._number(), grade, schools)
        if email is not None:
            role["email"] = email
        made = self._person(first, last, {"student": role}, email)
        role["legacy_id"] = made
        return made

    def students(self, count: int, grade: str, school: str) -> list[str]:
        return [
            self.student(*made_up_name(self.random), grade, [school], self._messy_email())
            for _ in range(count)
        ]

    def contact(self, name: str, student: str) -> str:
        role = bodies.contact_role(student, self._ids.next())
        return self._person(None, name, {"contact": role}, "")

    def section(
        self, name: str, school: str, teachers: list[str], students: Iterable[str], **more: str
    ) -> str:
        """A class; the first teacher is the main one.

        `more`: course, term, grade, subject, period.
        """
        body: Body = {"created": self.created, "last_modified": self.created, "name": name}
        body |= {"school": school, "sis_id": f"88{self._number()}", "section_number": ""}
        body |= {"subject": more.pop("subject", ""), "period": more.pop("period", "")}
        body |= {"term_id" if key == "term" else key: value for key, value in more.items()}
        made = self._add("section", body).id
        self._members += [(made, user, "teacher", n) for n, user in enumerate(teachers)]
        self._members += [(made, user, "student", n) for n, user in enumerate(students)]
        return made

    def body(self, record_id: str) -> Body:
        """The record's body, to make it messier by hand."""
        return next(record.body for record in self._records if record.id == record_id)

    def unshare(self, record_id: str) -> None:
        next(record for record in self._records if record.id == record_id).shared = False

    def save(self, store: Store) -> None:
        """Write everything, and connect the app. Call inside `change()`."""
        records.keep(store, self._records)
        store.write_many("INSERT INTO members VALUES (?, ?, ?, ?)", self._members)
        records.work_out_visible(store, self.id)
        self.connect(store)

    def connect(self, store: Store) -> None:
        """The district connects the app from its first day: a token for all it shares."""
        store.write(
            "INSERT INTO tokens VALUES (?, ?, 'district', ?, '', ?, NULL)",
            *(token_hex(20), self._ids.next(), self.id, self.created),
        )

    def _person(self, first: str | None, last: str, roles: Body, email: str | None) -> str:
        body = bodies.person(first, last, self.created) | {"roles": roles}
        if email is not None:
            body["email"] = email
        return self._add("user", body).id

    def _messy_email(self) -> str | None:
        """Mostly empty, sometimes missing, shared by a family, or no address at all (5.4)."""
        choices = ("", None, "family@mail.example", "not-an-address")
        return self.random.choices(choices, (80, 10, 6, 4))[0]

    def _number(self) -> int:
        return 400 + len(self._records)

    def _add(self, kind: str, body: Body, record_id: str | None = None) -> Record:
        made_id = record_id or self._ids.next()
        head = {"id": made_id} if kind == "district" else {"id": made_id, "district": self.id}
        record = Record(made_id, kind, self.id, head | body)
        self._records.append(record)
        return record
