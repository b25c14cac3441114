"""Where admins land: counts of their own district or schools, and no names (S7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal import clock, holds
from portal.models.accounts import Account
from portal.models.sections import Section
from portal.models.syncs.holds import Hold
from portal.providers.base import FailureReason, ProviderError
from tests.rosters import algebra, reading, refusing, section_of, student, students, synced
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor
from tests.web.syncs import read

NewVisitor = Callable[[], Visitor]


@pytest.fixture
def sections(section: Section, cast: Cast) -> list[Section]:
    """One of the district waits for a person, one matches, one fails; the last is elsewhere."""
    rivera = Account.get(Account.family_name == "Rivera")
    teachers = (cast.teachers["Maria Rivera"],)
    made = [section_of(algebra(name, teachers), rivera) for name in ("c2", "c3", "c4")]
    for each in made[:2]:
        synced(
            each,
            reading(
                *students(2), student(99), roster_class=algebra(each.class_sourced_id, teachers)
            ),
            rivera,
        )
    synced(made[1], refusing(ProviderError(FailureReason.RECONNECT)), rivera)
    school = cast.schools["Lincoln Middle School"]
    for each in (section, *made[:2]):
        place(each, cast.id, school)
    place(made[2], "another district", school)
    return [section, *made]


def place(section: Section, district: str, school: str) -> None:
    Section.update(district_sourced_id=district, school_sourced_id=school).where(
        Section.id == section.id
    ).execute()


def test_a_district_admin_sees_the_district_in_counts(
    new_visitor: NewVisitor, sections: list[Section], cast: Cast
) -> None:
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])
    page = admin.page("/district")

    assert page.title.startswith("Lincoln USD")
    assert "1 of 3 sections match Clever" in page.text
    assert "13 students use Rosterly here" in page.text


def test_a_school_admin_sees_only_the_schools_clever_gives_her(
    new_visitor: NewVisitor, sections: list[Section], cast: Cast
) -> None:
    place(sections[0], cast.id, cast.schools["Lincoln Elementary School"])
    admin = new_visitor()
    admin.sign_in(cast.staffs["Ruth Kim"])

    page = admin.page("/school")

    assert page.title.startswith("Lincoln Middle School")
    assert "1 of 2 sections match Clever" in page.text


def test_no_admin_page_names_a_student(
    new_visitor: NewVisitor, sections: list[Section], cast: Cast
) -> None:
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])

    assert "Family" not in admin.page("/district").text


def test_a_list_that_a_teacher_keeps_or_changes_does_not_count_as_matching(
    new_visitor: NewVisitor, sections: list[Section], cast: Cast
) -> None:
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])
    rivera = Account.get(Account.family_name == "Rivera")
    holds.keep(Hold.get(), rivera)
    assert "1 of 3 sections match Clever" in admin.page("/district").text

    read(sections[0])
    assert "1 of 3 sections match Clever" in admin.page("/district").text


def test_a_list_that_a_teacher_keeps_is_counted_as_kept_also_after_the_next_sync(
    new_visitor: NewVisitor, sections: list[Section], cast: Cast
) -> None:
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])
    assert "on hold 1 kept as they are 0 failing 1" in admin.page("/district").text
    holds.keep(Hold.get(), Account.get(Account.family_name == "Rivera"))
    assert "on hold 0 kept as they are 1 failing 1" in admin.page("/district").text

    assert read(sections[0]).kept_count == 12
    assert "on hold 0 kept as they are 1 failing 1" in admin.page("/district").text


def test_a_question_that_has_run_out_is_not_on_hold(
    new_visitor: NewVisitor, sections: list[Section], cast: Cast
) -> None:
    Hold.update(expires_at=clock.now()).execute()
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])

    assert "on hold 0 kept as they are 1 failing 1" in admin.page("/district").text


def test_a_question_that_waits_does_not_hide_from_admins_that_clever_is_down(
    new_visitor: NewVisitor, sections: list[Section], cast: Cast
) -> None:
    synced(sections[0], refusing(ProviderError(FailureReason.NOT_ANSWERING)))
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])

    assert "on hold 0 kept as they are 0 failing 2" in admin.page("/district").text
