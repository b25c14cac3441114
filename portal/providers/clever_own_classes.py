"""One teacher's classes from Clever with all that they name: a whole read, or ProviderError."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import TypeVar

from portal.providers.clever_api import CleverApi, Understand, in_path
from portal.providers.clever_lists import Gathered
from portal.providers.clever_records import (
    ListedClass,
    course_record,
    listed_class,
    school_record,
    student_listing,
    teacher_listing,
    term_record,
)
from portal.providers.http import AbsentError, UnknownPathError
from portal.roster.sharing import OwnClasses, StudentListing

Record = TypeVar("Record")
AT_A_TIME = 50  # what `CleverApi.each` looks up in one go


def own_classes(api: CleverApi, teacher_sourced_id: str) -> OwnClasses:
    """What Clever shows of this teacher's classes today.

    One whose own list of students is missing or cannot be read whole counts as unreadable: nobody
    can tell who is in it.
    """
    teacher = f"/users/{in_path(teacher_sourced_id)}"
    found = api.all(f"{teacher}/sections", listed_class)
    classes = tuple(each.record for each in found.records.values() if _is_whole(each))
    return OwnClasses(
        schools=_each(api, "/schools", (c.school_sourced_id for c in classes), school_record),
        terms=_each(api, "/terms", (c.term_sourced_id for c in classes), term_record),
        courses=_each(api, "/courses", (c.course_sourced_id for c in classes), course_record),
        teachers=_each(
            api, "/users", (t for c in classes for t in c.teacher_sourced_ids), teacher_listing
        ),
        students=_students_taught(api, teacher),
        classes=classes,
        unreadable=_all_ids(found) - {each.sourced_id for each in classes},
        all_named=not found.anonymous,
    )


def _all_ids(found: Gathered[ListedClass]) -> frozenset[str]:
    return frozenset(found.records) | found.unreadable


def _is_whole(found: ListedClass) -> bool:
    return found.listed is not None and not found.garbled


def _each(
    api: CleverApi, path: str, ids: Iterable[str], understand: Understand[Record]
) -> tuple[Record, ...]:
    wanted = list(dict.fromkeys(ids))
    return tuple(
        record
        for first in range(0, len(wanted), AT_A_TIME)
        for record in api.each(path, wanted[first : first + AT_A_TIME], understand).values()
    )


def _students_taught(api: CleverApi, teacher: str) -> tuple[StudentListing, ...]:
    with suppress(AbsentError, UnknownPathError):
        return tuple(api.all(f"{teacher}/mystudents", student_listing).records.values())
    return ()
