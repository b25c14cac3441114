"""A page of a section's student list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from peewee import ModelSelect

from portal.models.enrollments import Enrollment
from portal.models.sections import Section

ROWS_A_PAGE = 50
MOST_FORMER = 200


@dataclass(frozen=True, slots=True)
class StudentsTable:
    """What `sections/_students.html` shows; never more than 50 rows a page (experience.md 2.8)."""

    section: Section
    page: int = 1
    search: str = ""

    @classmethod
    def of(cls, section: Section, page: int = 1, search: str = "") -> StudentsTable:
        return cls(section, max(1, page), search.strip()[:100])

    def facts(self) -> dict[str, Any]:
        found = Enrollment.students(self.section, search=self.search)
        students = _rows(found, 1)
        count = found.count() if len(students) == ROWS_A_PAGE else len(students)
        pages = max(1, -(-count // ROWS_A_PAGE))
        page = min(self.page, pages)
        total = Enrollment.active(self.section).count() if self.search else count
        return {
            "students": students if page == 1 else _rows(found, page),
            **self._former(),
            "found_count": count,
            "student_count": total,
            "page": page,
            "pages": pages,
            "search": self.search,
        }

    def _former(self) -> dict[str, Any]:
        """The students who left last, sorted by name like the list, and how many there are."""
        former = Enrollment.students(self.section, former=True)
        left = (Enrollment.section == self.section) & Enrollment.ended_at.is_null(False)
        newest = Enrollment.select(Enrollment.id).where(left)
        latest = newest.order_by(Enrollment.ended_at.desc(), Enrollment.id).limit(MOST_FORMER)
        shown = list(former.where(Enrollment.id.in_(latest)).namedtuples())
        return {
            "former": shown,
            "former_count": newest.count() if len(shown) == MOST_FORMER else len(shown),
        }


def _rows(found: ModelSelect[Enrollment], page: int) -> list[Any]:
    return list(found.paginate(page, ROWS_A_PAGE).namedtuples())
