"""An admin's pages ask as few questions of a large district as of a small one (performance.md)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from portal import clock
from portal.models.accounts import LinkedAccount
from portal.models.admins import attention
from portal.models.admins.admin_scopes import AdminScope
from portal.models.admins.found_people import find_people
from portal.models.admins.overviews import Overview
from portal.models.admins.person_reports import PersonReport
from portal.models.admins.school_reports import school_reports
from portal.models.sections import Section
from portal.providers.base import FailureReason, ProviderError
from portal.roster.records import Role, SchoolRecord
from portal.roster.sharing import Kind
from tests.rosters import (
    DISTRICT,
    RIVERA,
    account_of,
    algebra,
    reading,
    refusing,
    section_of,
    students,
    synced,
)
from tests.sharing import Sharing, student
from tests.statements import queries

pytestmark = pytest.mark.usefixtures("database")

QUESTIONS: dict[str, Callable[[AdminScope], object]] = {
    "overview": lambda scope: Overview.of(scope, clock.now()),
    "held lists": lambda scope: attention.held_lists(scope, clock.now()),
    "failing": attention.failing_sections,
    "sharing": lambda scope: attention.sharing_holds(scope, clock.now()),
    "schools": lambda scope: school_reports(scope, clock.now()),
    "find": lambda scope: find_people(scope, "family"),
    "person": lambda scope: PersonReport.of(scope, "s00001"),
}
MOST = {"overview": 2, "held lists": 2, "failing": 1, "sharing": 2, "schools": 5}


@pytest.fixture
def shared() -> Sharing:
    return Sharing(DISTRICT)


@pytest.fixture
def scope() -> AdminScope:
    account = account_of(replace(RIVERA, sourced_id="a1", roles=(Role.DISTRICT_ADMIN,)))
    return AdminScope.of_district(LinkedAccount.get(LinkedAccount.account == account))


def grow(shared: Sharing, first: int, count: int) -> None:
    """So many schools more, each with a student and two sections: one waits and one fails."""
    rivera = account_of(RIVERA)
    for number in range(first, first + count):
        school = f"school{number}"
        shared.shares(Kind.SCHOOLS, SchoolRecord(school, f"School {number}"))
        shared.shares(Kind.STUDENTS, student(f"s{number:05}", f"Given Family{number}", school))
        for half in "ab":
            roster_class = replace(algebra(f"c{number}{half}"), school_sourced_id=school)
            section = section_of(roster_class, rivera)
            synced(section, reading(*students(6), roster_class=roster_class), rivera)
            synced(section, reading(roster_class=roster_class), rivera)
        synced(section, refusing(ProviderError(FailureReason.CLASS_GONE)), rivera)


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_larger_district_takes_no_question_more(
    name: str, shared: Sharing, scope: AdminScope
) -> None:
    grow(shared, 1, 1)
    small = len(queries(lambda: QUESTIONS[name](scope)))
    grow(shared, 2, 3)
    large = len(queries(lambda: QUESTIONS[name](scope)))

    assert large == small
    assert large <= MOST.get(name, 20)


def test_what_is_counted_is_what_is_there(shared: Sharing, scope: AdminScope) -> None:
    grow(shared, 1, 3)
    overview = Overview.of(scope, clock.now())
    held, failing = attention.held_lists(scope, clock.now()), attention.failing_sections(scope)

    assert (overview.sections, overview.held, overview.failing) == (6, 3, 3)
    assert [each.section_count for each in held] == [1, 1, 1]
    assert [(each.cause, each.section_count) for each in failing] == [("class_gone", 3)]
    assert [each.held for each in school_reports(scope, clock.now())] == [1, 1, 1]


def test_a_school_admins_scope_is_those_schools_alone(shared: Sharing, scope: AdminScope) -> None:
    grow(shared, 1, 3)
    one = AdminScope(scope.admin, ("school2",))

    assert Overview.of(one, clock.now()).sections == 2
    assert [each.name for each in school_reports(one, clock.now())] == ["School 2"]
    assert [each.sourced_id for each in find_people(one, "family2").people] == ["s00002"]
    assert PersonReport.of(one, "s00003") is None
    assert Overview.of(AdminScope(scope.admin, ()), clock.now()).sections == 0


def test_an_admin_without_a_district_has_nothing(shared: Sharing, scope: AdminScope) -> None:
    """A Library teacher's sections have no district either: none of them are an admin's."""
    grow(shared, 1, 1)
    Section.update(district_sourced_id="").execute()
    scope.admin.district_sourced_id = None

    assert Overview.of(scope, clock.now()).sections == 0
    assert school_reports(scope, clock.now()) == []
    assert find_people(scope, "family").people == ()
    assert PersonReport.of(scope, "s00001") is None
