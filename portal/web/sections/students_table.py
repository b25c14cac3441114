"""A page of a section's student list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from peewee import ModelSelect

from portal import clock
from portal.models.base import tuples_of
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment, ListedStudent
from portal.models.syncs.overrides import OverrideKind, RosterOverride, day_of

ROWS_A_PAGE = 50
MOST_FORMER = 200


@dataclass(frozen=True, slots=True)
class StudentsTable:
    """What `sections/_students.html` shows; never more than 50 rows a page (experience.md 2.8)."""

    section: Section
    page: int = 1
    search: str = ""

    @classmethod
    def of(cls, section: Section, page: int = 1, search: str = "") -> Self:
        return cls(section, max(1, page), search.strip()[:100])

    def facts(self) -> dict[str, Any]:
        students = self._rows(1)
        found_count = self._found().count() if len(students) == ROWS_A_PAGE else len(students)
        pages = max(1, -(-found_count // ROWS_A_PAGE))
        page = min(self.page, pages)
        return {
            "students": students if page == 1 else self._rows(page),
            **self._former(),
            **self._kept(),
            "found_count": found_count,
            "student_count": Enrollment.count(self.section) if self.search else found_count,
            "page": page,
            "pages": pages,
            "search": self.search,
        }

    def _rows(self, page: int) -> Sequence[NamedTuple]:
        if page == 1 and not self.search:
            return Enrollment.first_students(self.section, ROWS_A_PAGE)
        rows = tuples_of(self._found().paginate(page, ROWS_A_PAGE))
        return [ListedStudent(*row) for row in rows]

    def _found(self) -> ModelSelect[Enrollment]:
        return Enrollment.students(self.section, self.search)

    def _kept(self) -> dict[str, Any]:
        """Whom a teacher keeps on the list, by id, and whom she keeps off it (Y10)."""
        kept = RosterOverride.kept(self.section, day_of(clock.now()))
        return {
            "kept_on": {each.public_id: each for each in kept if each.kind == OverrideKind.IN},
            "kept_off": [each for each in kept if each.kind == OverrideKind.OUT],
        }

    def _former(self) -> dict[str, Any]:
        """The students who left last, sorted by name like the list, and how many there are."""
        shown = Enrollment.former_students(self.section, MOST_FORMER)
        all_of_them = len(shown) < MOST_FORMER
        return {
            "former": shown,
            "former_count": len(shown) if all_of_them else Enrollment.former_count(self.section),
        }
