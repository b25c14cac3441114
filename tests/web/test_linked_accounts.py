"""Manage Linked Accounts: Connect, Disconnect, and who must show that it is them (AC1 to AC3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from portal import clock
from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import FRESH_FOR, Session
from portal.models.sections import Section
from portal.models.syncs.sync_runs import SyncRun
from tests.rosters import RIVERA, account_of, algebra, reading, section_of, students, synced
from tests.sandbox_clever import Cast
from tests.web.accounts import ADDRESS, HASH, PASSWORD, oduya, sign_in
from tests.web.browsing import RunningPortal, Visitor
from tests.web.own_classes import PICTURES, makes, opens_class, secret_of, student, tries

ACCOUNT, CONNECT, CONFIRM = "/account", "/account/clever", "/account/confirm"


@pytest.fixture
def tunde(visitor: Visitor) -> Visitor:
    """A teacher with a password and without Clever."""
    oduya()
    sign_in(visitor)
    return visitor


def connect(visitor: Visitor, person_id: str) -> str:
    """Press Connect as somebody who is signed in at Clever as this person; where it ends."""
    visitor.arrive_at_clever(person_id)
    at_clever = visitor.submit(ACCOUNT, CONNECT).headers["location"]
    return str(visitor.get(visitor.get(at_clever).headers["location"]).headers["location"])


def rests(by: timedelta = FRESH_FOR + timedelta(seconds=1)) -> None:
    """Time passes since everybody last showed who they are."""
    Session.update(confirmed_at=clock.now() - by).execute()


def test_the_table_says_what_is_connected_since_when_and_last_used(maria: Visitor) -> None:
    text = maria.page(ACCOUNT).text

    assert "Manage Linked Accounts" in text
    assert "Clever Maria Rivera" in text
    assert "last used today at" in text
    assert "Password – Not set Set a password" in text


def test_an_identity_is_connected_and_its_sections_come_with_it(tunde: Visitor, cast: Cast) -> None:
    section = section_of(algebra(teachers=(cast.teachers["Maria Rivera"],)), Account.get())

    assert connect(tunde, cast.teachers["Maria Rivera"]) == "/account?done=connected"
    assert LinkedAccount.get().account == Account.get()
    assert section in Section.visible_to(Account.get())
    assert "Connected. From now on" in tunde.page("/account?done=connected").text


def test_connecting_again_changes_nothing(tunde: Visitor, cast: Cast) -> None:
    connect(tunde, cast.teachers["Maria Rivera"])
    tunde.arrive_at_clever(cast.teachers["Maria Rivera"])
    csrf = tunde.csrf_token()
    at_clever = tunde.client.post(CONNECT, data={"csrf_token": csrf}).headers["location"]
    tunde.get(tunde.get(at_clever).headers["location"])

    assert LinkedAccount.select().count() == 1
    assert AccountNotice.select().count() == 1


def test_a_student_connects_clever_too(visitor: Visitor, cast: Cast) -> None:
    oduya(kind=AccountKind.STUDENT)
    sign_in(visitor)

    assert connect(visitor, cast.students["Ada Byrne"]) == "/account?done=connected"


def test_pictures_are_not_enough_to_connect_clever_or_to_bring_accounts_together(
    maria: Visitor, new_visitor: Callable[[], Visitor], portal: RunningPortal
) -> None:
    """A classmate may have seen them: whose account it is, its teacher says (AC7)."""
    child = new_visitor()
    opens_class(child, makes(maria, PICTURES, "Ada Byrne"))
    tries(child, "Ada", secret_of(portal, "Ada"))
    token = child.csrf_token()
    for path in (CONNECT, "/account/other", "/account/other/clever", "/account/merge"):
        answer = child.client.post(path, data={"csrf_token": token})
        assert answer.headers["location"] == "/account?problem=teacher_looks_after_it"

    assert CONNECT not in [form.action for form in child.page(ACCOUNT).forms]
    assert "Your teacher looks after how you sign in" in child.page(ACCOUNT).text


def test_a36_pictures_change_nothing_of_an_account_that_has_a_password_of_its_own(
    maria: Visitor, new_visitor: Callable[[], Visitor], portal: RunningPortal
) -> None:
    """As two accounts of one student do that a teacher has brought together."""
    child = new_visitor()
    opens_class(child, makes(maria, PICTURES, "Ada Byrne"))
    tries(child, "Ada", secret_of(portal, "Ada"))
    PasswordSignIn.add(student("Ada"), ADDRESS, HASH, clock.now())
    answer = child.post("/account/password/removal")

    assert answer.headers["location"] == f"{CONFIRM}?to=/account"
    assert PasswordSignIn.select().count() == 1
    child.submit(CONFIRM, CONFIRM, email=ADDRESS, password=PASSWORD)
    assert child.get("/account/password/removal").status_code == 200


def test_a_student_who_comes_upon_another_account_is_led_to_their_teacher(
    visitor: Visitor, new_visitor: Callable[[], Visitor], cast: Cast
) -> None:
    """Clever's session may be a classmate's: no student brings two accounts together alone."""
    new_visitor().sign_in(cast.students["Ada Byrne"])
    oduya(kind=AccountKind.STUDENT)
    sign_in(visitor)

    assert connect(visitor, cast.students["Ada Byrne"]) == "/account?problem=elsewhere"
    assert "I have used Rosterly before" in visitor.page("/account?problem=elsewhere").text
    for path in ("/account/other", "/account/merge"):
        location = visitor.get(path).headers["location"]
        assert location == "/account?problem=teacher_looks_after_it"


def test_a_second_identity_of_another_district_is_not_connected(tunde: Visitor, cast: Cast) -> None:
    there = tunde.sandbox.cast("Cedar Valley ISD").teachers["Nina Alvarez"]
    connect(tunde, cast.teachers["Maria Rivera"])
    tunde.arrive_at_clever(there)
    csrf = tunde.csrf_token()
    at_clever = tunde.client.post(CONNECT, data={"csrf_token": csrf}).headers["location"]
    answer = tunde.get(tunde.get(at_clever).headers["location"])

    assert answer.headers["location"] == "/account?problem=district"
    assert LinkedAccount.select().count() == 1


def test_a_colleagues_sign_in_connected_by_mistake_goes_with_her_sections(
    tunde: Visitor, cast: Cast
) -> None:
    """On a shared device Clever may know somebody else: the page says whom, and it can go back."""
    sofia = cast.teachers["Sofia Lindqvist"]
    section = section_of(algebra(teachers=(sofia,)), account_of(replace(RIVERA, sourced_id="t9")))
    tunde_oduya = Account.get(Account.given_name == "Tunde")
    connect(tunde, sofia)
    told = tunde.page("/account?done=connected").text
    assert section in Section.visible_to(tunde_oduya)
    address = f"/account/clever/{sofia}/disconnect"
    tunde.submit(address, address)

    assert "Clever knows you as Sofia Lindqvist" in told
    assert section not in Section.visible_to(tunde_oduya)
    assert Account.get_by_id(tunde_oduya.id).given_name == "Tunde"


def test_a36_the_only_way_in_stays_and_the_row_says_why(maria: Visitor) -> None:
    linked = LinkedAccount.get()
    page = maria.page(ACCOUNT)
    answer = maria.post(f"/account/clever/{linked.sourced_id}/disconnect")

    assert "This is your only way to sign in. Set a password first." in page.text
    assert answer.headers["location"] == "/account?problem=last_way_in"
    assert LinkedAccount.select().count() == 1


def test_a_student_of_a_clever_section_keeps_clever(visitor: Visitor, cast: Cast) -> None:
    oduya(kind=AccountKind.STUDENT)
    sign_in(visitor)
    connect(visitor, cast.students["Ada Byrne"])
    section = section_of(algebra(), Account.get())
    record = students(1)[0]
    LinkedAccount.update(sourced_id=record.sourced_id).execute()
    synced(section, reading(record))

    assert "Your class uses Clever, so this stays on." in visitor.page(ACCOUNT).text


def test_disconnecting_says_what_stops_and_keeps_the_sections(tunde: Visitor, cast: Cast) -> None:
    section_of(algebra(teachers=(cast.teachers["Maria Rivera"],)), Account.get())
    connect(tunde, cast.teachers["Maria Rivera"])
    address = f"/account/clever/{LinkedAccount.get().sourced_id}/disconnect"
    asked = tunde.page(address).text
    answer = tunde.submit(address, address)

    assert "Your 1 section keeps its students but stops updating." in asked
    assert answer.headers["location"] == "/account?done=disconnected"
    assert LinkedAccount.select().count() == 0
    assert Section.visible_to(Account.get()).count() == 1


def test_who_disconnected_clever_reads_that_the_list_does_not_update_and_starts_no_sync(
    tunde: Visitor, cast: Cast
) -> None:
    section = section_of(algebra(teachers=(cast.teachers["Maria Rivera"],)), Account.get())
    connect(tunde, cast.teachers["Maria Rivera"])
    address = f"/account/clever/{LinkedAccount.get().sourced_id}/disconnect"
    tunde.submit(address, address)
    page, sync = f"/sections/{section.public_id}", f"/sections/{section.public_id}/roster-syncs"

    assert "does not update" in tunde.page(page).text
    assert tunde.submit(page, sync).headers["location"] == "/account?problem=not_connected"
    assert SyncRun.select().count() == 0
    connect(tunde, cast.teachers["Maria Rivera"])
    assert "does not update" not in tunde.page(page).text


def test_a33_who_disconnects_an_admins_sign_in_is_no_admin_from_that_moment(
    visitor: Visitor, cast: Cast
) -> None:
    visitor.sign_in(cast.district_admins["Pat Lowell"])
    linked = LinkedAccount.get()
    PasswordSignIn.add(linked.account, ADDRESS, HASH, clock.now())
    assert visitor.get("/district").status_code == 200
    address = f"{ACCOUNT}/clever/{linked.sourced_id}/disconnect"
    visitor.submit(address, address)

    assert visitor.get("/district").status_code == 404
    assert visitor.get("/").headers["location"] == "/dashboard"
    assert visitor.get("/dashboard").status_code == 200


def test_a58_an_admin_who_also_teaches_elsewhere_sees_the_schools_of_the_admin_alone(
    maria: Visitor, cast: Cast
) -> None:
    """Two Clever identities, one account: which one counts is the role's to say."""
    teaching = LinkedAccount.get()
    teaching.school_sourced_ids = "another-school"
    teaching.save()
    section_of(algebra(teachers=(teaching.sourced_id,)), teaching.account)
    Section.update(
        school_sourced_id="another-school", district_sourced_id=cast.id, issuer=teaching.issuer
    ).execute()
    maria.sign_in(cast.staffs["Ruth Kim"])
    LinkedAccount.update(account=LinkedAccount.get().account).execute()
    maria.sign_in(cast.staffs["Ruth Kim"])

    assert "match Clever" not in maria.page("/school").text


def test_a36_a_change_asks_who_they_are_after_ten_minutes(tunde: Visitor) -> None:
    rests()
    answer = tunde.submit(ACCOUNT, CONNECT)

    assert answer.headers["location"] == f"{CONFIRM}?to=/account"


def test_the_password_confirms_and_leads_back(tunde: Visitor) -> None:
    rests()
    sent = {"email": ADDRESS, "password": PASSWORD}
    answer = tunde.submit(f"{CONFIRM}?to=/account/other", CONFIRM, **sent)

    assert answer.headers["location"] == "/account/other"
    assert tunde.get("/account/other").status_code == 200


def test_somebody_elses_password_confirms_nothing(tunde: Visitor) -> None:
    oduya("someone@else.example")
    rests()
    answer = tunde.submit(CONFIRM, CONFIRM, email="someone@else.example", password=PASSWORD)

    assert answer.status_code == 422
    assert tunde.get("/account/other").status_code == 303


def test_clever_confirms_its_own_person_and_nobody_else(maria: Visitor, cast: Cast) -> None:
    def confirm(person_id: str) -> str:
        maria.arrive_at_clever(person_id)
        at_clever = maria.submit(CONFIRM, f"{CONFIRM}/clever").headers["location"]
        return str(maria.get(maria.get(at_clever).headers["location"]).headers["location"])

    rests()
    assert "problem=somebody_else" in confirm(cast.teachers["Daniel Okafor"])
    assert maria.get("/account/other").status_code == 303
    assert confirm(cast.teachers["Maria Rivera"]) == "/account"
    assert maria.get("/account/other").status_code == 200
