"""The five pre-hijacking attacks (Sudhodanan and Paverd, USENIX Security 2022; A24 to A28).

In each the attacker prepares an account, the victim comes later and uses it, and the attacker
wants to be in it still. Here somebody's name is Oduya, and the attacker knows the address.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.models.accounts import Account, LinkedAccount
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.merging.merges import Merge
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.accounts import ADDRESS, HASH, OTHER_PASSWORD, PASSWORD, oduya, sign_in
from tests.web.browsing import QUESTION, Visitor
from tests.web.mail import Mailbox, fill_in

NEW, FIRST = "/account/password/new", "/account/password/first"
SIGNED_OUT = "/sign-in?to=/dashboard"


@pytest.fixture
def attacker(new_visitor: Callable[[], Visitor]) -> Visitor:
    return new_visitor()


@pytest.fixture
def victim(new_visitor: Callable[[], Visitor]) -> Visitor:
    return new_visitor()


@pytest.fixture
def maria_id(sandbox: RunningSandbox, cast: Cast) -> str:
    """Clever's id of the victim; Clever says that the address is theirs."""
    maria_id = cast.teachers["Maria Rivera"]
    sandbox.edit(maria_id, email=ADDRESS)
    return maria_id


def take_back(person: Visitor, mailbox: Mailbox, password: str = OTHER_PASSWORD) -> None:
    """Forget the password, read the mail, choose another one."""
    fill_in(person, "/reset", email=ADDRESS)
    person.get(mailbox.link_to(ADDRESS))
    assert fill_in(person, "/reset/password", password=password) == "/reset/done"


def whose(visitor: Visitor) -> str:
    """Where the dashboard of this browser sends it, or its status."""
    answer = visitor.get("/dashboard")
    return str(answer.headers.get("location", answer.status_code))


def test_a24_classic_federated_merge(attacker: Visitor, victim: Visitor, maria_id: str) -> None:
    """An account of the victim's address waits for the victim to come by Clever."""
    waiting = oduya()
    victim.arrive(maria_id)
    assert "t.oduya" not in victim.page(QUESTION).text
    victim.answer_question("new")

    theirs = LinkedAccount.get(LinkedAccount.sourced_id == maria_id).account
    assert theirs != waiting
    assert sign_in(attacker) == "/dashboard"
    assert "Maria" not in attacker.page("/dashboard").text


def test_a24_an_account_of_the_victims_address_cannot_even_be_made(
    attacker: Visitor, mailbox: Mailbox
) -> None:
    """The link goes to the victim, who alone can choose the password."""
    fill_in(attacker, "/sign-up", email=ADDRESS)

    assert mailbox.link_to(ADDRESS) not in attacker.get("/message-sent").text
    assert attacker.get("/sign-up/name").status_code == 404
    assert Account.select().count() == 0


def test_a25_unexpired_session_when_the_victim_takes_the_account_back(
    attacker: Visitor, victim: Visitor, mailbox: Mailbox
) -> None:
    oduya()
    sign_in(attacker)
    take_back(victim, mailbox)

    assert (whose(attacker), whose(victim)) == (SIGNED_OUT, "200")
    assert "do not go together" in sign_in(attacker)


def test_a25_unexpired_session_when_the_victim_connects_clever(
    attacker: Visitor, victim: Visitor, maria_id: str
) -> None:
    oduya()
    sign_in(attacker)
    sign_in(victim)
    connect(victim, maria_id)

    assert LinkedAccount.select().where(LinkedAccount.sourced_id == maria_id).exists()
    assert (whose(attacker), whose(victim)) == (SIGNED_OUT, "200")


def test_a25_a_proof_ends_when_the_victim_takes_the_account_back(
    attacker: Visitor, victim: Visitor, mailbox: Mailbox
) -> None:
    """Shown before, it would bring the victim's account into the attacker's ten minutes long."""
    oduya()
    oduya("thief@elsewhere.example")
    sign_in(attacker, "thief@elsewhere.example")
    attacker.submit("/account/other", "/account/other", email=ADDRESS, password=PASSWORD)
    take_back(victim, mailbox)

    answer = attacker.post("/account/merge")
    assert answer.headers["location"] == "/account/other"
    assert Merge.select().count() == 0


def test_a26_trojan_identifier_by_mail(
    attacker: Visitor, victim: Visitor, mailbox: Mailbox, cast: Cast
) -> None:
    """The attacker adds the victim's address, and the victim opens the link of that mail."""
    attacker.sign_in(cast.teachers["Daniel Okafor"])
    fill_in(attacker, NEW, email=ADDRESS)
    victim.sign_in(cast.teachers["Maria Rivera"])
    link = mailbox.link_to(ADDRESS)

    assert victim.get(link).status_code == 404
    assert [victim.get(FIRST).status_code, attacker.get(FIRST).status_code] == [404, 404]
    assert PasswordSignIn.select().count() == 0


def test_a26_trojan_identifier_left_behind_is_shown_and_taken_off(
    attacker: Visitor, victim: Visitor, mailbox: Mailbox, cast: Cast
) -> None:
    """The attacker's Clever is connected already: recovery shows it, and it can go."""
    oduya()
    sign_in(attacker)
    connect(attacker, cast.teachers["Daniel Okafor"])
    take_back(victim, mailbox)
    page = victim.page("/reset/done")
    assert page.links["Disconnect it"] == "/account"

    action = victim.page("/account").links["Disconnect Clever"]
    victim.submit(action, action)
    assert LinkedAccount.select().count() == 0


def test_a27_unexpired_email_change(
    attacker: Visitor, victim: Visitor, mailbox: Mailbox, maria_id: str
) -> None:
    """The attacker's own link waits in the attacker's mail until the victim uses the account."""
    victim.sign_in(maria_id)
    attacker.client.cookies.set("rosterly", victim.token or "", domain="127.0.0.1")
    fill_in(attacker, NEW, email="attacker@school.example")
    link = mailbox.link_to("attacker@school.example")
    victim.sign_in(maria_id)

    assert [each.get(link).status_code for each in (attacker, victim)] == [404, 404]
    assert PasswordSignIn.select().count() == 0


def test_a27_unexpired_links_of_a_reset_end_with_the_next_change(
    attacker: Visitor, victim: Visitor, mailbox: Mailbox
) -> None:
    """Whoever could read the mail once has kept a link; the victim changes the password."""
    oduya()
    fill_in(attacker, "/reset", email=ADDRESS)
    attacker.get(mailbox.link_to(ADDRESS))
    sign_in(victim)
    fill_in(victim, "/account/password", current=PASSWORD, password=OTHER_PASSWORD)

    assert attacker.get("/reset/password").status_code == 404


def test_a28_non_verifying_idp(attacker: Visitor, maria_id: str) -> None:
    """Clever proves no address: who is given the victim's there is nobody here yet."""
    theirs = oduya()
    attacker.arrive(maria_id)
    page = attacker.page(QUESTION)
    attacker.answer_question("new")

    assert "Oduya" not in page.text + attacker.page("/dashboard").text
    assert LinkedAccount.get().account != theirs
    assert PasswordSignIn.get().password_hash == HASH


def connect(visitor: Visitor, person_id: str) -> None:
    """Connect the Clever identity of this person on the account page."""
    visitor.arrive_at_clever(person_id)
    at_clever = visitor.submit("/account", "/account/clever").headers["location"]
    visitor.get(visitor.get(at_clever).headers["location"])
