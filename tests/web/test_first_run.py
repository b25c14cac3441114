"""The one question a teacher or an admin new to us is asked (S4, experience.md 2.2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from portal import clock
from portal.database import write
from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.entrance.sessions import Session
from portal.models.own_sections import OwnDetails, start
from portal.models.sections import Section
from portal.roster.secrets import LoginType
from portal.web.entrance.arriving import HELD_FOR
from tests.rosters import RIVERA, account_of, algebra, section_of
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.accounts import ADDRESS, PASSWORD, oduya
from tests.web.browsing import QUESTION, Visitor
from tests.web.tables import contents

NewVisitor = Callable[[], Visitor]
PROOF = "/sign-in/proof"
SIGN_IN_STATE = frozenset({"sessions", "sign_in_attempts"})


@pytest.fixture
def guest(visitor: Visitor, cast: Cast) -> Visitor:
    """Ms Rivera, back from Clever for the first time."""
    visitor.arrive(cast.teachers["Maria Rivera"])
    return visitor


def prove(guest: Visitor, password: str = PASSWORD) -> str:
    """Where the proof of an old account leads to."""
    guest.answer_question("mine")
    answer = guest.submit(PROOF, PROOF, email=ADDRESS, password=password)
    return str(answer.headers.get("location", answer.status_code))


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("teachers", "Maria Rivera"),
        ("staffs", "Ruth Kim"),
        ("district_admins", "Pat Lowell"),
    ],
)
def test_nothing_is_written_before_the_question_is_answered(
    visitor: Visitor, cast: Cast, kind: str, name: str
) -> None:
    before = contents(leaving_out=SIGN_IN_STATE)
    answer = visitor.arrive(getattr(cast, kind)[name])
    page = visitor.page(QUESTION)

    assert answer.headers["location"] == QUESTION
    assert f"You signed in to Clever as {name}" in page.text
    assert contents(leaving_out=SIGN_IN_STATE) == before


def test_the_question_names_the_school(guest: Visitor) -> None:
    assert "Maria Rivera , teacher at Lincoln Middle School" in guest.page(QUESTION).text


def test_a_student_is_not_asked(visitor: Visitor, cast: Cast) -> None:
    assert visitor.arrive(cast.students["Ada Byrne"]).headers["location"] == "/home"


def test_who_has_an_account_is_not_asked_again(guest: Visitor, cast: Cast) -> None:
    guest.answer_question("new")

    assert guest.arrive(cast.teachers["Maria Rivera"]).headers["location"] == "/dashboard"
    assert Account.select().count() == 1


def test_an_answer_is_needed(guest: Visitor) -> None:
    answer = guest.answer_question("")

    assert (answer.status_code, Account.select().count()) == (422, 0)
    assert "Choose whether you have an account" in answer.text


def test_a_new_account_goes_on_to_the_page_that_was_wanted(visitor: Visitor, cast: Cast) -> None:
    visitor.arrive(cast.teachers["Maria Rivera"], "/sign-in/clever?to=/sections/new")

    assert visitor.answer_question("new").headers["location"] == "/sections/new"


def test_the_question_of_a_second_tab_is_answered_once(guest: Visitor) -> None:
    form = guest.page(QUESTION).form(QUESTION).fields | {"account": "new"}
    answers = [guest.client.post(QUESTION, data=form) for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 400]
    assert Account.select().count() == 1


def test_what_clever_said_of_a_guest_grows_old(guest: Visitor) -> None:
    """However often the page is opened: who left the district must not become a teacher here."""
    form = guest.page(QUESTION).form(QUESTION)
    Session.update(created_at=clock.now() - HELD_FOR - timedelta(seconds=1)).execute()
    answer = guest.client.post(QUESTION, data=form.fields | {"account": "new"})

    assert answer.headers["location"] == "/"
    assert guest.get(QUESTION).headers["location"] == "/"
    assert Account.select().count() == 0


def test_a44_an_account_disabled_meanwhile_is_not_let_in_by_the_question(
    guest: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    new_visitor().sign_in(cast.teachers["Maria Rivera"])
    Account.update(disabled_at=clock.now()).execute()

    assert guest.answer_question("new").headers["location"] == "/sign-in?problem=refused"
    assert guest.get("/dashboard").status_code == 303


def test_not_you_leaves_nothing_behind(guest: Visitor) -> None:
    token = guest.token
    guest.submit(QUESTION, f"{QUESTION}/leave")

    assert guest.get(QUESTION).headers["location"] == "/"
    assert Session.find(token or "", clock.now()) is None


def test_a38_a_cookie_planted_before_clever_shows_nothing_of_who_comes_back(
    visitor: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    visitor.get("/sign-in/clever")
    planted = new_visitor()
    planted.client.cookies.set("rosterly", visitor.token or "", domain="127.0.0.1")
    visitor.arrive(cast.teachers["Maria Rivera"])

    assert planted.get(QUESTION).headers["location"] == "/"


def test_a41_whoever_was_signed_in_is_signed_out_before_the_question(
    visitor: Visitor, cast: Cast
) -> None:
    visitor.sign_in(cast.students["Ada Byrne"])
    visitor.arrive(cast.teachers["Maria Rivera"])

    assert Session.select().where(Session.account.is_null(False)).count() == 0
    visitor.answer_question("new")
    assert "Ada B. was signed out" in visitor.page("/dashboard").text


def test_the_name_of_a_guest_is_not_readable_in_the_table(guest: Visitor) -> None:
    assert all("Rivera" not in session.values for session in Session.select())


def test_a_proved_account_is_linked_and_everything_in_it_is_there(
    guest: Visitor, cast: Cast
) -> None:
    old = oduya()
    section_of(algebra(teachers=(cast.teachers["Maria Rivera"],)), old)
    section_of(algebra("c2", teachers=(cast.teachers["Maria Rivera"],)), old)

    assert prove(guest) == "/account/linked"
    assert "Your 2 sections are here." in guest.page("/account/linked").text
    assert LinkedAccount.get().account == old
    assert Account.select().count() == 1
    assert Section.visible_to(old).count() == 2


@pytest.fixture
def kim(visitor: Visitor, cast: Cast) -> Visitor:
    """Ms Kim, a school admin to Clever, has linked the account in which she teaches."""
    own = OwnDetails(LoginType.PICTURE, "Sunflowers")
    write(lambda: start(oduya(), own, "", clock.now()))
    visitor.arrive(cast.staffs["Ruth Kim"])
    prove(visitor)
    return visitor


def test_an_admin_who_links_an_account_with_sections_of_its_own_may_teach_them(
    kim: Visitor,
) -> None:
    """Clever knows of no class of hers: the role comes with the sections (S7)."""
    page = kim.page("/account/linked")
    assert "Your 1 section is here." in page.text
    assert page.links["Go to the start page"] == "/sign-in/role"
    answer = kim.submit("/sign-in/role", "/sign-in/role", role="teacher")

    assert answer.headers["location"] == "/dashboard"
    assert "Sunflowers" in kim.page("/dashboard").text


def test_whoever_has_sections_of_their_own_is_asked_for_the_role_at_every_sign_in(
    kim: Visitor, cast: Cast
) -> None:
    kim.post("/sign-out")
    answer = kim.arrive(cast.staffs["Ruth Kim"], "/sign-in/clever?to=/dashboard")

    assert answer.headers["location"] == "/sign-in/role"
    assert "School admin" in kim.page("/sign-in/role").text
    answer = kim.submit("/sign-in/role", "/sign-in/role", role="teacher")
    assert answer.headers["location"] == "/dashboard"


def test_an_admin_without_sections_is_an_admin_alone(visitor: Visitor, cast: Cast) -> None:
    visitor.sign_in(cast.staffs["Ruth Kim"])

    assert visitor.get("/dashboard").status_code == 404
    assert "Switch role" not in visitor.page("/school").text


def test_a24_an_account_that_somebody_made_with_my_address_is_never_joined_unasked(
    visitor: Visitor, cast: Cast
) -> None:
    """Whatever address Clever gives for her, nothing of that account is shown or reached."""
    other = oduya()
    visitor.arrive(cast.teachers["Maria Rivera"])
    page = visitor.page(QUESTION)
    visitor.answer_question("new")

    assert ADDRESS not in page.text
    assert LinkedAccount.get().account != other


def test_a_wrong_password_links_nothing(guest: Visitor) -> None:
    oduya()

    assert prove(guest, "not this one") == "422"
    assert LinkedAccount.select().count() == 0


def test_a25_linking_signs_the_old_account_out_everywhere_else(
    guest: Visitor, new_visitor: NewVisitor
) -> None:
    old = oduya()
    Session.start("an attacker's", clock.now(), old, "teacher")
    prove(guest)

    assert Session.of(old, clock.now()).count() == 1


def test_a33_a_students_password_does_not_open_a_teachers_sign_in(guest: Visitor) -> None:
    oduya(kind=AccountKind.STUDENT)

    assert prove(guest) == f"{PROOF}?problem=kind"
    assert LinkedAccount.select().count() == 0


def test_another_clever_sign_in_of_theirs_proves_an_account_too(
    visitor: Visitor, cast: Cast, sandbox: RunningSandbox
) -> None:
    """Somebody comes back under a new Clever id: linked by hand, never by name (AC8)."""
    known = replace(RIVERA, sourced_id=cast.teachers["Sofia Lindqvist"])
    old = account_of(replace(known, district_sourced_id=cast.id))
    visitor.arrive(cast.teachers["Maria Rivera"])
    visitor.arrive_at_clever(cast.teachers["Sofia Lindqvist"])
    at_clever = visitor.submit(PROOF, f"{PROOF}/clever").headers["location"]
    back = visitor.get(at_clever).headers["location"]

    assert visitor.get(back).headers["location"] == "/account/linked"
    assert {each.account.id for each in LinkedAccount.select()} == {old.id}
    assert visitor.get(back).headers["location"] == "/dashboard"  # A03: no error for a reload.


def test_a30_a_proof_that_one_guest_set_out_for_is_not_the_next_guests(
    visitor: Visitor, cast: Cast
) -> None:
    """Two tabs of one browser: her account would take in a colleague's identity."""
    hers = account_of(replace(RIVERA, sourced_id=cast.teachers["Sofia Lindqvist"]))
    visitor.arrive(cast.teachers["Maria Rivera"])
    visitor.arrive_at_clever(cast.teachers["Sofia Lindqvist"])
    at_clever = visitor.submit(PROOF, f"{PROOF}/clever").headers["location"]
    back = visitor.get(at_clever).headers["location"]
    visitor.arrive(cast.teachers["Daniel Okafor"])

    assert visitor.get(back).status_code == 400
    assert [each.account for each in LinkedAccount.select()] == [hers]
