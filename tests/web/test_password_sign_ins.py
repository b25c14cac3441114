"""Signing in with an email and a password (S3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from argon2 import PasswordHasher

from portal import clock, passwords
from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import Session, SignInWay
from tests.sandbox_clever import Cast
from tests.web.accounts import ADDRESS, PASSWORD, oduya, sign_in
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.mail import fill_in

WRONG = "This email and password do not go together."


def test_a_teacher_signs_in_and_lands_on_the_dashboard(visitor: Visitor) -> None:
    account = oduya()

    assert sign_in(visitor) == "/dashboard"
    assert "Tunde Oduya" in visitor.page("/dashboard").text
    row = Session.get(Session.account == account)
    assert (row.signed_in_with, row.role) == (SignInWay.PASSWORD, "teacher")


def test_a_student_signs_in_and_lands_on_their_classes(visitor: Visitor) -> None:
    oduya(kind=AccountKind.STUDENT)

    assert sign_in(visitor) == "/home"


def test_case_and_blanks_around_an_address_do_not_matter(visitor: Visitor) -> None:
    oduya()

    assert sign_in(visitor, f" {ADDRESS.upper()} ") == "/dashboard"


@pytest.mark.parametrize(
    ("address", "password"), [(ADDRESS, "Blue kettle seven"), ("nobody@school.example", PASSWORD)]
)
def test_wrong_and_unknown_are_one_answer_that_keeps_the_address(
    visitor: Visitor, address: str, password: str
) -> None:
    oduya()
    said = sign_in(visitor, address, password)

    assert (WRONG in Page.of(said).text, PASSWORD in said) == (True, False)
    assert Page.of(said).title.startswith("Error:")
    assert Page.of(said).form("/sign-in/password").fields["email"] == address
    assert visitor.get("/dashboard").is_redirect


def test_what_is_no_address_says_so_at_the_field(visitor: Visitor) -> None:
    said = sign_in(visitor, "t.oduya", PASSWORD)

    assert "Enter an email address" in Page.of(said).text
    assert "email-error" in Page.of(said).ids


@pytest.mark.parametrize("closed", [{"disabled_at": clock.now()}, {"merged_into": 1}])
def test_an_account_that_is_closed_or_part_of_another_lets_nobody_in(
    visitor: Visitor, closed: dict[str, object]
) -> None:
    account = oduya()
    Account.update(**closed).where(Account.id == account.id).execute()

    assert WRONG in sign_in(visitor)


def test_a38_the_session_is_a_new_one(visitor: Visitor) -> None:
    oduya()
    visitor.get("/sign-in/password")
    before = visitor.token
    sign_in(visitor)

    assert before is not None
    assert visitor.token != before
    assert Session.find(before, clock.now()) is None


def test_a41_signing_in_over_somebody_else_is_for_a_browser_that_signed_out(
    maria: Visitor,
) -> None:
    assert maria.get("/sign-in/password").headers["location"] == "/dashboard"


def test_the_page_that_was_wanted_is_where_one_ends_up(visitor: Visitor) -> None:
    oduya()
    page = visitor.page("/sections/new")
    link = page.links["Sign in with email and password"]
    form = visitor.page(link).form("/sign-in/password")
    sent = {**form.fields, "email": ADDRESS, "password": PASSWORD}

    assert visitor.client.post(form.action, data=sent).headers["location"] == "/sections/new"


@pytest.mark.parametrize("to", ["//evil.example", "https://evil.example/sections/new", "/school"])
def test_a49_an_address_elsewhere_or_of_another_role_is_not_followed(
    visitor: Visitor, to: str
) -> None:
    oduya()

    assert fill_in(visitor, "/sign-in/password", email=ADDRESS, password=PASSWORD, to=to) == (
        "/dashboard"
    )


def test_a_hash_of_older_figures_is_made_anew(visitor: Visitor) -> None:
    oduya()
    old = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(PASSWORD)
    PasswordSignIn.update(password_hash=old).execute()
    sign_in(visitor)

    assert not passwords.is_outdated(PasswordSignIn.get().password_hash)
    visitor.post("/sign-out")
    assert sign_in(visitor) == "/dashboard"


def test_a_password_never_makes_an_admin(
    visitor: Visitor, new_visitor: Callable[[], Visitor], cast: Cast
) -> None:
    """The same person has the role with Clever: a password alone does not show it."""
    new_visitor().sign_in(cast.staffs["Ruth Kim"])
    ruth = LinkedAccount.get(LinkedAccount.sourced_id == cast.staffs["Ruth Kim"]).account
    PasswordSignIn.add(ruth, ADDRESS, passwords.hash_password(PASSWORD), clock.now())

    assert sign_in(visitor) == "/dashboard"
    assert visitor.get("/school").status_code == 404


def test_ten_wrong_tries_are_enough_for_one_browser_and_no_other(
    visitor: Visitor, new_visitor: Callable[[], Visitor]
) -> None:
    oduya()
    for _ in range(10):
        sign_in(visitor, password="wrong")
    refused = visitor.client.post(
        "/sign-in/password",
        data=visitor.page("/sign-in/password").form("/sign-in/password").fields
        | {"email": ADDRESS, "password": PASSWORD},
    )

    assert (refused.status_code, int(refused.headers["retry-after"]) > 0) == (429, True)
    assert sign_in(new_visitor()) == "/dashboard"


def test_an_address_that_nobody_has_is_counted_just_the_same(visitor: Visitor) -> None:
    for _ in range(10):
        sign_in(visitor, "nobody@school.example", "wrong")

    assert "Take a short break" in sign_in(visitor, "nobody@school.example", "wrong")
