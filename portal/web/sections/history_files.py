"""The lines of a history's file: one change each, times in UTC (Y8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from flask_babel import gettext

from portal.models.syncs.change_lists import ListedChange
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import RunSource
from portal.roster.names import display_name
from portal.web.ground.spreadsheets import OurText

LONGEST_GRADE = 3


def lines_of(changes: Iterable[ListedChange]) -> Iterator[tuple[object, ...]]:
    sources, kinds = _sources(), _kinds()
    yield _head()
    for each in changes:
        yield (
            _moment(each.finished_at or each.requested_at),
            OurText(each.reference),
            sources.get(each.source, each.source),
            display_name(each.starter_given_name or "", each.starter_family_name or ""),
            kinds.get(each.kind, each.kind),
            each.given_name_before,
            each.family_name_before,
            each.given_name,
            each.family_name,
            _grade(each.grade_before),
            _grade(each.grade),
            each.moved_to,
            _count(each.count_before),
            _count(each.count_after),
            OurText(each.undone_by or ""),
        )


def _head() -> tuple[str, ...]:
    return (
        gettext("When (UTC)"),
        gettext("Reference"),
        gettext("Started by"),
        gettext("Who"),
        gettext("Change"),
        gettext("First name before"),
        gettext("Last name before"),
        gettext("First name"),
        gettext("Last name"),
        gettext("Grade before"),
        gettext("Grade"),
        gettext("Moved to"),
        gettext("Students before"),
        gettext("Students after"),
        gettext("Undone by"),
    )


def _sources() -> dict[str, str]:
    return {
        RunSource.FIRST: gettext("First sync"),
        RunSource.TEACHER: gettext("A teacher"),
        RunSource.RETRY: gettext("Tried again by itself"),
        RunSource.HOLD: gettext("An answer to a question"),
        RunSource.ADMIN: gettext("An admin"),
        RunSource.NIGHTLY: gettext("Every night"),
        RunSource.EVENTS: gettext("Clever told of a change"),
        RunSource.UNDO: gettext("An undo"),
        RunSource.OVERRIDE: gettext("A teacher kept a student in or out"),
    }


def _kinds() -> dict[str, str]:
    return {
        ChangeKind.ADDED: gettext("Added"),
        ChangeKind.REMOVED: gettext("Removed"),
        ChangeKind.RENAMED: gettext("Renamed"),
        ChangeKind.REFRESHED: gettext("Other details changed"),
        ChangeKind.HELD_ADDITION: gettext("Asked before adding"),
        ChangeKind.HELD_REMOVAL: gettext("Asked before removing"),
        ChangeKind.HELD_RENAME: gettext("Asked before renaming"),
    }


def _moment(at: datetime) -> OurText:
    return OurText(at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S"))


def _grade(grade: str) -> object:
    """A grade such as 7 is a number; one that a spreadsheet would write otherwise is not."""
    is_number = grade.isascii() and grade.isdecimal() and len(grade) <= LONGEST_GRADE
    return int(grade) if is_number and str(int(grade)) == grade else grade


def _count(count: int | None) -> object:
    return "" if count is None else count
