"""Sections without Clever: their teacher makes them and keeps their list (S3, N1, N10, N11)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from portal import merging
from portal.clock import now
from portal.models.accounts import Account, LinkedAccount
from portal.models.admins.admin_scopes import AdminScope
from portal.models.admins.overviews import Overview
from portal.models.audit import AuditEvent
from portal.models.entrance.sessions import Session
from portal.models.entrance.student_secrets import StudentSecret
from portal.models.merging.merges import MergeGround
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.enrollments import Enrollment
from portal.roster.secrets import CODE_LENGTH
from portal.settings import Settings
from portal.web.sections.login_types import LoginTypes
from tests.rosters import staff
from tests.sandbox_clever import Cast
from tests.web.browsing import RunningPortal, Visitor, made_app
from tests.web.own_classes import (
    EMAIL,
    NEW,
    PICTURES,
    WORDS,
    adds,
    makes,
    opens_class,
    page_of,
    place,
    secret_of,
    student,
    student_path,
    tries,
)
from tests.web.tables import contents

NewVisitor = Callable[[], Visitor]


def without_clever() -> None:
    """As if everybody here had come with a password."""
    LinkedAccount.delete().execute()


def test_every_tile_leads_to_its_own_details(maria: Visitor) -> None:
    for login_type in (PICTURES, WORDS, EMAIL):
        page = maria.page(f"/sections/new?login_type={login_type}")
        assert page.form(NEW).fields["login_type"] == login_type
    assert "Clever" in maria.page("/sections/new?login_type=clever").text


def test_a_teacher_without_clever_reads_how_to_connect_it(maria: Visitor) -> None:
    without_clever()
    page = maria.page("/sections/new")
    answer = maria.get("/sections/new?login_type=clever")

    assert "Connect Clever first:" in page.text
    assert page.links["Manage Linked Accounts"] == "/account"
    assert "Your school uses this" not in page.text
    assert answer.status_code == 422
    assert "Clever is not connected to your account" in answer.text


@pytest.mark.parametrize("path", ["/sections/new", "/dashboard"])
def test_n10_two_ways_for_one_class_are_warned_of_where_the_choice_is_made(
    maria: Visitor, path: str
) -> None:
    warning = "Use one way for a class, not two."

    assert warning in maria.page(path).text
    without_clever()
    assert warning not in maria.page(path).text


def test_a_section_is_made_with_a_code_and_its_one_teacher(maria: Visitor) -> None:
    section = makes(maria, PICTURES, grade="1", course="first-steps-in-code")
    teacher = SectionTeacher.get()

    assert (section.login_type, section.provider, section.grade) == (PICTURES, "", "1")
    assert len(section.join_code or "") == CODE_LENGTH
    assert (teacher.is_main, teacher.account.family_name) == (True, "Rivera")
    assert teacher.sourced_id == teacher.account.public_id
    assert AuditEvent.get(AuditEvent.action == "section.created").subject == section.public_id


def test_the_same_form_twice_makes_one_section(maria: Visitor) -> None:
    first = makes(maria, WORDS, idempotency_key="one-form")
    again = makes(maria, WORDS, idempotency_key="one-form")

    assert first == again
    assert Section.select().count() == 1


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "\u200b", "Enter a name for the section"),
        ("grade", "99", "Choose a grade from the list"),
        ("course", "no-such", "Choose a course from the list"),
    ],
)
def test_what_cannot_be_saved_is_said_and_nothing_typed_is_lost(
    maria: Visitor, field: str, value: str, sentence: str
) -> None:
    sent = {"login_type": PICTURES, "name": "Kept", "grade": "2"} | {field: value}
    answer = maria.post(NEW, **sent)

    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Error:" in answer.text
    assert ('value="Kept"' in answer.text) == (field != "name")
    assert Section.select().count() == 0


def test_students_are_added_one_a_line_with_a_sealed_secret_each(
    maria: Visitor, portal: RunningPortal
) -> None:
    section = makes(maria, WORDS, "Ada Byrne", "Cole, Ben", "", "Cy")
    text = maria.page(page_of(section)).text

    assert [name in text for name in ("Ada Byrne", "Ben Cole", "Cy")] == [True] * 3
    assert len(secret_of(portal, "Ben").split()) == 2
    assert secret_of(portal, "Ben") not in str(contents())
    assert {each.sourced_id for each in Enrollment.select()} == {
        each.public_id for each in Account.select().where(Account.kind == "student")
    }


def test_names_that_are_there_already_are_pointed_out_and_nobody_is_added(
    maria: Visitor,
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    answer = adds(maria, section, "Ben Cole", "ADA BYRNE")

    assert answer.status_code == 422
    assert "Ben Cole\nADA BYRNE" in answer.text.replace("\r", "")
    assert "on your list already" in answer.text
    assert Enrollment.count(section) == 1


@pytest.mark.parametrize("names", [[""], [f"Student {number}" for number in range(51)]])
def test_nobody_or_more_than_fifty_at_once_are_not_added(maria: Visitor, names: list[str]) -> None:
    section = makes(maria, PICTURES)

    assert adds(maria, section, *names).status_code == 422
    assert Enrollment.count(section) == 0


def test_a_section_takes_two_hundred_students_and_no_more(maria: Visitor) -> None:
    section = makes(maria, PICTURES)
    for first in range(0, 200, 50):
        names = [f"Student {number}" for number in range(first, first + 50)]
        assert adds(maria, section, *names).status_code == 303
    answer = adds(maria, section, "One More")

    assert "This section is full" in answer.text
    assert "Page 1 of 4" in maria.page(page_of(section)).text
    assert Enrollment.count(section) == 200


def test_the_list_is_searched_like_any_other(maria: Visitor) -> None:
    section = makes(maria, PICTURES, "Ada Byrne", "Ben Cole")
    answer = maria.post(f"{page_of(section)}/search", search="byr")

    assert "Ada Byrne" in answer.text
    assert "Ben Cole" not in answer.text


def test_y7_who_is_removed_and_comes_back_has_the_same_place_and_secret(
    maria: Visitor, portal: RunningPortal
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    before, secret = place("Ada"), secret_of(portal, "Ada")
    maria.post(f"{student_path(section, 'Ada')}/removal")
    left = maria.page(page_of(section)).text
    maria.post(f"{student_path(section, 'Ada')}/return")

    assert "1 former student" in left
    assert (place("Ada"), place("Ada").ended_at) == (before, None)
    assert secret_of(portal, "Ada") == secret


def test_a_name_is_corrected_but_never_into_that_of_another(maria: Visitor) -> None:
    section = makes(maria, PICTURES, "Ada Byrne", "Ben Cole")
    path = student_path(section, "Ben")
    taken = maria.post(path, given_name="Ada", family_name="byrne")
    maria.post(path, given_name="Benny", family_name="Cole")

    assert (taken.status_code, "Another student" in taken.text) == (422, True)
    assert "Benny Cole" in maria.page(page_of(section)).text


def test_a_name_that_a_provider_or_the_student_gave_is_not_the_teachers_to_change(
    maria: Visitor,
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    LinkedAccount.update(account=student("Ada")).execute()

    assert maria.post(student_path(section, "Ada"), given_name="Eve").status_code == 404
    assert "so it is not changed here" in maria.page(student_path(section, "Ada")).text


def test_a25_a_new_secret_ends_what_the_old_one_opened(
    maria: Visitor, new_visitor: NewVisitor, portal: RunningPortal
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    browser, old = new_visitor(), StudentSecret.get().sealed_secret
    opens_class(browser, section)
    tries(browser, "Ada", secret_of(portal, "Ada"))
    maria.post(f"{student_path(section, 'Ada')}/secret")

    assert StudentSecret.get().sealed_secret != old
    assert browser.get("/home").headers["location"].startswith("/sign-in")
    assert {each.role for each in Session.select().where(Session.account.is_null(False))} == {
        "teacher"
    }


def test_the_secrets_of_all_are_made_anew_at_once(maria: Visitor) -> None:
    section = makes(maria, WORDS, "Ada Byrne", "Ben Cole")
    old = {each.sealed_secret for each in StudentSecret.select()}
    maria.post(f"{page_of(section)}/secrets")

    assert old & {each.sealed_secret for each in StudentSecret.select()} == set()
    assert StudentSecret.select().count() == 2


def test_the_cards_alone_show_the_secrets(maria: Visitor, portal: RunningPortal) -> None:
    section = makes(maria, WORDS, "Ada Byrne")
    secret = secret_of(portal, "Ada")
    cards = maria.page(f"{page_of(section)}/cards").text

    assert secret in cards
    assert f"/class/{section.join_code}" in cards
    assert "These cards carry the students' secrets." in cards
    assert secret not in maria.page(page_of(section)).text
    assert secret not in maria.page(student_path(section, "Ada")).text


def test_a_secret_whose_key_is_gone_is_no_fault_of_the_page(maria: Visitor) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    StudentSecret.update(sealed_secret="of another key").execute()

    assert "cannot be read any more" in maria.page(f"{page_of(section)}/cards").text


def test_a_new_code_closes_the_old_one(maria: Visitor, visitor: Visitor) -> None:
    section = makes(maria, PICTURES)
    maria.post(f"{page_of(section)}/class-code")

    assert Section.get().join_code != section.join_code
    assert visitor.get(f"/class/{section.join_code}").status_code == 404


def test_nothing_of_clevers_is_there_for_a_section_without_it(maria: Visitor) -> None:
    section = makes(maria, PICTURES)

    assert maria.get(f"{page_of(section)}/ready").status_code == 404
    assert maria.post(f"{page_of(section)}/roster-syncs").status_code == 404
    for page in (maria.page("/dashboard"), maria.page(page_of(section))):
        assert "Sync" not in page.text
        assert "Clever:" not in page.text


@pytest.mark.parametrize(
    "rest", ["cards", "secrets", "class-code", "students", "students/AAAAAAAAAAAAAAAA"]
)
def test_nothing_of_a_section_without_clever_is_there_for_one_with_it(
    maria: Visitor, section: Section, rest: str
) -> None:
    path = f"{page_of(section)}/{rest}"
    answer = maria.get(path) if rest == "cards" else maria.post(path)

    assert answer.status_code == 404


def test_n11_a_section_of_clevers_has_no_code(section: Section, visitor: Visitor) -> None:
    assert section.join_code is None
    assert visitor.get("/class/None").status_code == 404


@pytest.mark.parametrize("rest", ["cards", "secrets", "students"])
def test_an_email_section_has_no_secrets_and_no_names_to_type(maria: Visitor, rest: str) -> None:
    section = makes(maria, EMAIL)
    path = f"{page_of(section)}/{rest}"
    answer = maria.get(path) if rest == "cards" else maria.post(path, names="Ada")

    assert answer.status_code == 404
    assert "Add students" not in maria.page(page_of(section)).text


def test_admins_do_not_see_sections_without_clever_in_their_counts(
    maria: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    makes(maria, PICTURES, "Ada Byrne")
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])

    scope = AdminScope.of_district(LinkedAccount.get(roles="district_admin"))
    assert "Ada" not in admin.page("/district").text
    assert Overview.of(scope, now()).sections == 0


def test_two_clicks_at_one_moment_make_one_section(maria: Visitor) -> None:
    token = maria.csrf_token()
    sent = {"csrf_token": token, "login_type": WORDS, "name": "Twice", "idempotency_key": "one"}
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: maria.client.post(NEW, data=sent), range(4)))

    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert Section.select().count() == 1


def test_two_clicks_at_one_moment_add_each_student_once(maria: Visitor) -> None:
    section = makes(maria, PICTURES)
    sent = {"csrf_token": maria.csrf_token(), "names": "Ada Byrne\nBen Cole"}
    path = f"{page_of(section)}/students"
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: maria.client.post(path, data=sent), range(4)))

    assert sorted(answer.status_code for answer in answers) == [303, 422, 422, 422]
    assert Enrollment.count(section) == StudentSecret.select().count() == 2


def test_email_waits_until_mail_is_set_up(environment: dict[str, str]) -> None:
    settings = replace(Settings.from_env(environment), portal_env="production")
    with made_app(settings) as app, app.test_request_context():
        tile = LoginTypes.of(staff()).tile(EMAIL)

    assert tile is not None
    assert tile.problem == "no_mail"


def test_who_is_removed_from_an_email_class_is_archived_like_any_other(
    maria: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    section, ada = makes(maria, EMAIL), new_visitor()
    ada.sign_in(cast.students["Ada Byrne"])
    opens_class(ada, section)
    ada.post("/join/place")
    page = maria.page(student_path(section, "Ada"))
    maria.post(f"{student_path(section, 'Ada')}/removal")

    assert "Give the class a new code as well" in page.text
    assert Enrollment.count(section) == 0
    assert "You left this class. Your work is saved." in ada.page("/home").text


def test_a_student_who_became_a_part_of_another_has_no_page_and_does_not_come_back(
    maria: Visitor,
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne", "Adah Byrne")
    paths = {name: student_path(section, name) for name in ("Ada", "Adah")}
    merging.merge(student("Ada"), student("Adah"), MergeGround.TEACHER)

    assert maria.get(paths["Ada"]).status_code == 200
    assert maria.get(paths["Adah"]).status_code == 404
    assert maria.post(f"{paths['Adah']}/return").status_code == 404
    assert Enrollment.count(section) == 1
