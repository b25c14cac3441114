"""What may happen in a district on a day, by its school office or by what it shares."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.sandbox_clever import Cast, RunningSandbox

NAMES = ("Ada", "Grace", "Zoë", "小明", "Nguyễn")


class Office:
    """One change of a district as it is now; the term `stays` is left as it is."""

    def __init__(self, sandbox: RunningSandbox, cast: Cast, chance: Random, stays: str) -> None:
        self.sandbox = sandbox
        self.cast = cast
        self.chance = chance
        self.stays = stays

    def any_of(self, ids: dict[str, str]) -> str:
        return self.chance.choice(sorted(ids.values()))

    @property
    def a_class(self) -> str:
        return self.any_of(self.cast.sections)

    @property
    def a_student(self) -> str:
        return self.any_of(self.cast.students)

    @property
    def a_teacher(self) -> str:
        return self.any_of(self.cast.teachers)

    @property
    def a_name(self) -> str:
        return self.chance.choice(NAMES)

    def some_of(self, sourced_id: str) -> list[str]:
        """One or two students of a class."""
        listed = self.sandbox.student_ids(sourced_id)
        return self.chance.sample(listed, min(len(listed), self.chance.randint(1, 2)))

    def enrol(self) -> None:
        self.sandbox.enrol(self.a_class, self.a_student)

    def welcome(self) -> None:
        new = [{"first": self.a_name, "last": "Newman", "grade": "8"} for _ in range(2)]
        self.sandbox.enrol_many_new(self.a_class, new)

    def withdraw(self) -> None:
        sourced_id = self.a_class
        self.sandbox.withdraw(sourced_id, *self.some_of(sourced_id))

    def move(self) -> None:
        left = self.a_class
        for student in self.some_of(left):
            self.sandbox.move(student, left, self.a_class)

    def rename(self) -> None:
        self.sandbox.rename(self.chance.choice([self.a_student, self.a_teacher]), self.a_name, "Hu")

    def give_new_id(self) -> None:
        self.sandbox.give_new_id(self.chance.choice([self.a_student, self.a_teacher]))

    def unshare(self) -> None:
        places = [self.a_class, self.a_student, self.a_student, self.a_teacher]
        self.sandbox.unshare(self.chance.choice(places))

    def unshare_school(self) -> None:
        """Always the same one: with none shared there would be nothing to see for days."""
        self.sandbox.unshare(max(self.cast.schools.values()))

    def share(self) -> None:
        """All that may have been unshared, or a part of it."""
        everything = [*self.cast.schools.values(), *self.cast.sections.values()]
        everything += [*self.cast.unshared.values()]
        for sourced_id in self.chance.sample(everything, self.chance.randint(1, len(everything))):
            self.sandbox.share(sourced_id)

    def delete_student(self) -> None:
        self.sandbox.delete(self.a_student)

    def delete_class(self) -> None:
        if len(self.cast.sections) > 3:
            self.sandbox.delete(self.a_class)

    def delete_term_or_course(self) -> None:
        found = {*self.cast.terms.values(), *self.cast.courses.values()} - {self.stays}
        if found:
            self.sandbox.delete(self.chance.choice(sorted(found)))

    def edit_class(self) -> None:
        changed = {"name": f"Class {self.a_name}", "period": str(self.chance.randint(1, 8))}
        self.sandbox.edit(self.a_class, **changed, subject=self.chance.choice(["math", "", None]))

    def edit_term_and_course(self) -> None:
        for sourced_id in (*self.cast.terms.values(), *self.cast.courses.values()):
            self.sandbox.edit(sourced_id, name=self.a_name, start_date="2026-08-01")

    def edit_student(self) -> None:
        role = {"grade": str(self.chance.randint(1, 12)), "school": self.any_of(self.cast.schools)}
        self.sandbox.edit(self.a_student, email="new@school.example", roles={"student": role})

    def edit_what_nobody_keeps(self) -> None:
        self.sandbox.edit(self.a_student, email="other@school.example")

    def set_teachers(self) -> None:
        main, *others = self.chance.sample(sorted(self.cast.teachers.values()), 2)
        self.sandbox.set_teachers(self.a_class, main, others[: self.chance.randint(0, 1)])

    def promote(self) -> None:
        """A teacher becomes an admin of a school as well, or instead."""
        if len(self.cast.teachers) > 2:
            staff = {"schools": [self.any_of(self.cast.schools)]}
            left = self.chance.choice([{"teacher": None}, {}])
            self.sandbox.edit(self.a_teacher, roles={"staff": staff, **left})

    def hire(self) -> None:
        """An admin of a school teaches."""
        if self.cast.staffs:
            school = self.any_of(self.cast.schools)
            role = {"school": school, "schools": [school]}
            self.sandbox.edit(self.any_of(self.cast.staffs), roles={"teacher": role})


Change = Callable[[Office], None]
CHANGES: tuple[Change, ...] = (
    *(Office.enrol, Office.enrol, Office.welcome, Office.withdraw, Office.withdraw),
    *(Office.move, Office.move, Office.rename, Office.rename, Office.give_new_id),
    *(Office.unshare, Office.unshare_school, Office.share, Office.share),
    *(Office.delete_student, Office.delete_class, Office.delete_term_or_course),
    *(Office.edit_class, Office.edit_term_and_course, Office.edit_student),
    *(Office.edit_what_nobody_keeps, Office.set_teachers, Office.promote, Office.hire),
)
