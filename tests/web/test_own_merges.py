"""Bringing two accounts of one's own together, and back (AC4, AC5)."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.models.accounts import Account, LinkedAccount
from portal.models.base import to_microseconds
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import FRESH_FOR, Session
from portal.models.merging.merges import UNDO_LASTS, Merge
from portal.models.sections import Section, SectionTeacher
from portal.web.entrance import proofs
from tests.rosters import algebra, section_of
from tests.sandbox_clever import Cast
from tests.web.accounts import ADDRESS, PASSWORD, oduya, sign_in
from tests.web.browsing import RunningPortal, Visitor, end_sessions_on_the_way

NewVisitor = Callable[[], Visitor]
OTHER, MERGE = "/account/other", "/account/merge"
LEAVING_OUT = frozenset(
    {"sessions", "sign_in_attempts", "audit_events", "audit_heads", "account_notices"}
)


def section_taught_by(account: Account, name: str) -> Section:
    section = section_of(algebra(name, teachers=(f"t-{name}",), name=name), account)
    SectionTeacher.update(account=account).where(SectionTeacher.section == section).execute()
    return section


@pytest.fixture
def two_accounts(maria: Visitor) -> Visitor:
    """Ms Rivera signed in with Clever, new here, and an older account of hers with a password."""
    section_taught_by(LinkedAccount.get().account, "Algebra")
    old = oduya()
    Account.update(created_at=clock.now() - timedelta(days=90)).where(
        Account.id == old.id
    ).execute()
    section_taught_by(old, "Geometry")
    return maria


def prove_the_other(visitor: Visitor, password: str = PASSWORD) -> str:
    answer = visitor.submit(OTHER, OTHER, email=ADDRESS, password=password)
    return str(answer.headers.get("location", answer.status_code))


def bring_together(visitor: Visitor) -> str:
    """From Account Settings to the result; its address."""
    prove_the_other(visitor)
    return str(visitor.submit(MERGE, MERGE).headers["location"])


def test_the_preview_says_what_comes_along_and_changes_nothing(two_accounts: Visitor) -> None:
    assert prove_the_other(two_accounts) == MERGE
    text = two_accounts.page(MERGE).text

    assert "Section Algebra , 0 students" in text
    assert "Opened with a password." in text
    assert Merge.select().count() == 0


def test_both_are_one_account_and_the_person_stays_signed_in(two_accounts: Visitor) -> None:
    result = two_accounts.page(bring_together(two_accounts))
    dashboard = two_accounts.page("/dashboard").text

    assert "Every way to sign in opens it now." in result.text
    assert "Algebra" in dashboard
    assert "Geometry" in dashboard
    assert "was signed out" not in dashboard


def test_the_older_account_goes_on_and_both_ways_in_open_it(
    two_accounts: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    bring_together(two_accounts)
    old = PasswordSignIn.get().account
    by_password = new_visitor()
    sign_in(by_password)

    assert LinkedAccount.get().account == old
    assert "Algebra" in by_password.page("/dashboard").text
    assert two_accounts.sign_in(cast.teachers["Maria Rivera"]).headers["location"] == "/dashboard"


def test_a25_every_other_session_of_both_ends(
    two_accounts: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    others = [new_visitor() for _ in range(2)]
    sign_in(others[0])
    others[1].sign_in(cast.teachers["Maria Rivera"])
    bring_together(two_accounts)

    assert [each.get("/dashboard").status_code for each in others] == [303, 303]
    assert Session.of(PasswordSignIn.get().account, clock.now()).count() == 1


def test_a25_a_merge_on_its_way_does_not_overrule_whoever_ended_its_session(
    two_accounts: Visitor, portal: RunningPortal
) -> None:
    prove_the_other(two_accounts)
    form = two_accounts.page(MERGE).form(MERGE).fields
    end_sessions_on_the_way(portal)
    answer = two_accounts.client.post(MERGE, data=form)

    assert answer.headers["location"] == "/account"
    assert (Merge.select().count(), Session.select().count()) == (0, 0)


def test_an_account_that_is_not_proved_is_not_touched(two_accounts: Visitor) -> None:
    assert prove_the_other(two_accounts, "not the one") == "422"
    assert two_accounts.get(MERGE).headers["location"] == OTHER
    assert two_accounts.post(MERGE).headers["location"] == OTHER
    assert Merge.select().count() == 0


def test_a36_a_proof_of_the_other_account_lasts_ten_minutes(two_accounts: Visitor) -> None:
    """Whoever shows anew who they are has not shown that the other one is theirs."""
    prove_the_other(two_accounts)
    form, row = two_accounts.page(MERGE).form(MERGE).fields, Session.get()
    values = json.loads(row.values)
    values[proofs.KEY]["at"] = to_microseconds(clock.now() - FRESH_FOR - timedelta(seconds=1))
    Session.update(values=json.dumps(values)).execute()

    assert two_accounts.get(MERGE).headers["location"] == OTHER
    assert two_accounts.client.post(MERGE, data=form).headers["location"] == OTHER
    assert Merge.select().count() == 0


def test_a33_a_students_account_stays_a_students(two_accounts: Visitor) -> None:
    Account.update(kind="student").where(Account.given_name == "Tunde").execute()
    prove_the_other(two_accounts)

    assert "They stay two." in two_accounts.page(MERGE).text
    assert two_accounts.post(MERGE).status_code == 422


def test_pressing_twice_makes_one_merge(two_accounts: Visitor) -> None:
    prove_the_other(two_accounts)
    form = two_accounts.page(MERGE).form(MERGE).fields
    answers = [two_accounts.client.post(MERGE, data=form).status_code for _ in range(2)]

    assert answers[0] == 303
    assert Merge.select().count() == 1


def test_undo_gives_two_accounts_again_and_signs_out(two_accounts: Visitor) -> None:
    before = tables()
    address = bring_together(two_accounts)
    answer = two_accounts.submit(address, f"{address}/undo")

    assert answer.headers["location"] == "/sign-in?problem=taken_apart"
    assert "You have two accounts again" in two_accounts.page("/sign-in?problem=taken_apart").text
    assert tables() == before


def tables() -> list[tuple[str, int, int]]:
    """Which account each way in and each taught section belongs to."""
    return [
        (model.__name__, row.id, row.account_id)
        for model in (LinkedAccount, PasswordSignIn, SectionTeacher)
        for row in model.select().order_by(model.id)
    ]


def test_after_180_days_the_page_says_that_it_stays(two_accounts: Visitor) -> None:
    address = bring_together(two_accounts)
    Merge.update(made_at=clock.now() - UNDO_LASTS - timedelta(minutes=1)).execute()
    csrf = two_accounts.csrf_token()
    answer = two_accounts.client.post(f"{address}/undo", data={"csrf_token": csrf})

    assert "more than 180 days have passed" in two_accounts.page(address).text
    assert answer.status_code == 422


def test_connecting_an_identity_that_has_an_account_leads_to_bringing_both_together(
    new_visitor: NewVisitor, two_accounts: Visitor, cast: Cast
) -> None:
    """Never a dead end: who just signed in at Clever has proved that account too (AC4)."""
    teacher = new_visitor()
    sign_in(teacher)
    teacher.arrive_at_clever(cast.teachers["Maria Rivera"])
    at_clever = teacher.submit("/account", "/account/clever").headers["location"]
    answer = teacher.get(teacher.get(at_clever).headers["location"])

    assert answer.headers["location"].startswith(MERGE)
    page = teacher.page(answer.headers["location"]).text
    assert "This Clever account already belongs to another Rosterly account." in page
    assert teacher.submit(MERGE, MERGE).status_code == 303
    assert LinkedAccount.get().account == PasswordSignIn.get().account
