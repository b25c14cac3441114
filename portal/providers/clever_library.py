"""A Clever Library teacher's own classes, by her own token (Clever page "Library rostering").

Which paths that token may ask is documented nowhere: what is read here is her list of classes and
the people of each, and nobody's record by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import msgspec

from portal.providers.base import ReadProgress
from portal.providers.clever import CleverRosters
from portal.providers.clever_api import CleverApi, in_path
from portal.providers.clever_lists import Gathered
from portal.providers.clever_records import (
    ListedClass,
    listed_class,
    student_record,
    teacher_record,
)
from portal.providers.http import AbsentError, ReadLimits
from portal.roster.records import (
    ClassRecord,
    Role,
    StudentRecord,
    TeacherClasses,
    TeacherRecord,
)
from portal.roster.sharing import OwnClasses, StudentListing, TeacherListing

Person = StudentRecord | TeacherRecord
SIDE_BY_SIDE = 4


class LibraryRosters(CleverRosters):
    """The rosters of one teacher: her token knows no pages and her records no district."""

    def __init__(
        self,
        token: str,
        origin: str,
        api_version: str,
        limits: ReadLimits | None = None,
        room: Callable[[], float] | None = None,
    ) -> None:
        super().__init__(token, origin, api_version, None, None, limits, room=room)

    def fetch_own_classes(self, teacher_sourced_id: str, progress: ReadProgress) -> OwnClasses:
        """Her classes with everybody in them, patiently, for a job."""
        with self._read(progress) as api:
            listed = _classes_at(api, teacher_sourced_id)
            people = {key: _people_at(api, key) for key in listed.records}
        return _OwnRead.of(listed, people).own_classes()

    def fetch_teacher_classes(self, teacher_sourced_id: str) -> TeacherClasses:
        """The same for a page: the classes are read side by side, since somebody is waiting."""
        with self._read() as api:
            listed = _classes_at(api, teacher_sourced_id)
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            lists = pool.map(self._people, listed.records)
            people = dict(zip(listed.records, lists, strict=True))
        return _OwnRead.of(listed, people).teacher_classes()

    def _people(self, class_sourced_id: str) -> Gathered[Person] | None:
        with self._read() as api:
            return _people_at(api, class_sourced_id)


@dataclass(frozen=True, slots=True)
class _OwnRead:
    """Her classes and everybody in them; a class that went while it was read is none of hers."""

    classes: tuple[ClassRecord, ...]
    teachers: dict[str, TeacherRecord]
    students: dict[str, StudentRecord]
    unreadable: frozenset[str]
    all_named: bool

    @classmethod
    def of(
        cls, listed: Gathered[ListedClass], people: Mapping[str, Gathered[Person] | None]
    ) -> _OwnRead:
        found = {key: one for key, one in listed.records.items() if people[key] is not None}
        whole = {key for key, one in found.items() if one.listed is not None and not one.garbled}
        classes = tuple(found[key].record for key in found if key in whole)
        teaching = {each for one in classes for each in one.teacher_sourced_ids}
        lists = [people[key] for key in whole]
        everybody = {key: one for each in lists if each for key, one in each.records.items()}
        return cls(
            classes,
            {k: p for k, p in everybody.items() if isinstance(p, TeacherRecord) and k in teaching},
            {k: p for k, p in everybody.items() if isinstance(p, StudentRecord)},
            unreadable=frozenset(found.keys() - whole) | listed.unreadable,
            all_named=not listed.anonymous,
        )

    def teacher_classes(self) -> TeacherClasses:
        return TeacherClasses(self.classes, {}, {}, self.teachers, self.students)

    def own_classes(self) -> OwnClasses:
        return OwnClasses(
            schools=(),
            terms=(),
            courses=(),
            teachers=tuple(
                TeacherListing(each.sourced_id, each.given_name, each.family_name, (Role.TEACHER,))
                for each in self.teachers.values()
            ),
            students=tuple(StudentListing(each) for each in self.students.values()),
            classes=self.classes,
            unreadable=self.unreadable,
            all_named=self.all_named,
        )


def _classes_at(api: CleverApi, teacher_sourced_id: str) -> Gathered[ListedClass]:
    return api.all(f"/users/{in_path(teacher_sourced_id)}/sections", listed_class)


def _people_at(api: CleverApi, class_sourced_id: str) -> Gathered[Person] | None:
    """Everybody whom the users' list of the class names; None once it has gone."""
    with suppress(AbsentError):
        return api.all(f"/sections/{in_path(class_sourced_id)}/users", _person_record)
    return None


def _person_record(raw: msgspec.Raw, sourced_id: str) -> Person | None:
    """A student of the class; whoever is no student may teach it."""
    return student_record(raw, sourced_id) or teacher_record(raw, sourced_id)
