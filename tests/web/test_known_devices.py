"""Neighbours behind one address, and strangers who guess, keep nobody out for good (A77, L2)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from itsdangerous import URLSafeTimedSerializer

from portal import clock
from portal.addresses import address_key
from portal.models.entrance.sessions import Session
from portal.models.sections import Section
from portal.web.ground.current import KEY, Ground, current_counters
from portal.web.ground.device_marks import ACCOUNTS_KEPT, DeviceMark, held_mark
from portal.web.ground.limits import NEW_FOR, Limit, address
from tests.sandbox_clever import Cast
from tests.web.accounts import ADDRESS, PASSWORD, oduya, sign_in
from tests.web.browsing import RunningPortal, Visitor
from tests.web.mail import Mailbox
from tests.web.own_classes import PICTURES, makes

NewVisitor = Callable[[], Visitor]

MARK = "rosterly-device"
BREAK = "Take a short break"


def exhaust(portal: RunningPortal, limit: Limit, *key: str) -> None:
    """As if somebody had done it as often as it may be; by default everybody at this address."""
    with portal.app.test_request_context(environ_base={"REMOTE_ADDR": "127.0.0.1"}):
        spent = key or (address(),)
        while current_counters().spend(limit.value, *spent):
            pass


def open_class(visitor: Visitor, section: Section) -> str:
    answer = visitor.get(f"/class/{section.join_code}")
    return str(answer.headers.get("location", answer.status_code))


@pytest.fixture
def known(new_visitor: NewVisitor) -> Visitor:
    """The browser of somebody who has signed in here before, and is signed out."""
    oduya()
    browser = new_visitor()
    sign_in(browser)
    browser.post("/sign-out")
    return browser


def mark_of(visitor: Visitor) -> dict[str, str]:
    """The header with which its browser sends the mark."""
    return {"Cookie": f"{MARK}={visitor.client.cookies[MARK]}"}


def test_l2_a_known_device_takes_a_password_while_its_address_is_flooded(
    portal: RunningPortal, known: Visitor, new_visitor: NewVisitor
) -> None:
    exhaust(portal, Limit.PASSWORD_TRIES_HERE)

    assert BREAK in sign_in(new_visitor())
    assert sign_in(known) == "/dashboard"


def test_l2_nobody_waits_longer_for_neighbours_than_a_browser_is_new(
    portal: RunningPortal, visitor: Visitor
) -> None:
    oduya()
    exhaust(portal, Limit.PASSWORD_TRIES_HERE)
    form = visitor.page("/sign-in/password").form("/sign-in/password").fields
    sent = form | {"email": ADDRESS, "password": PASSWORD}
    refused = visitor.client.post("/sign-in/password", data=sent)
    Session.update(created_at=clock.now() - NEW_FOR).execute()

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "300")
    assert visitor.client.post("/sign-in/password", data=sent).status_code == 303


def test_l2_a_known_device_takes_a_class_code_while_its_address_is_flooded(
    portal: RunningPortal, maria: Visitor, known: Visitor, new_visitor: NewVisitor
) -> None:
    section = makes(maria, PICTURES, "Ada Byrne")
    exhaust(portal, Limit.CODE_TRIES_HERE)

    assert open_class(new_visitor(), section) == "429"
    assert open_class(known, section) == "/join/class"


def test_l2_a_known_device_asks_for_mail_while_its_address_is_flooded(
    portal: RunningPortal, known: Visitor, new_visitor: NewVisitor
) -> None:
    exhaust(portal, Limit.MAILS_HERE)

    assert new_visitor().submit("/reset", "/reset", email=ADDRESS).status_code == 429
    assert known.submit("/reset", "/reset", email=ADDRESS).status_code == 303


def test_a77_a_known_device_that_guesses_on_and_on_waits_for_itself(
    portal: RunningPortal, known: Visitor, new_visitor: NewVisitor
) -> None:
    with portal.app.test_request_context(headers=mark_of(known)):
        mark = held_mark()
    exhaust(portal, Limit.PASSWORD_TRIES_OF_DEVICE, mark.id if mark else "")

    assert BREAK in sign_in(known, "other@school.example")
    assert sign_in(new_visitor()) == "/dashboard"


@pytest.mark.parametrize("way", ["Clever", "password"])
def test_every_sign_in_marks_the_device_and_signing_out_leaves_the_mark(
    visitor: Visitor, cast: Cast, way: str
) -> None:
    oduya()
    if way == "Clever":
        visitor.sign_in(cast.teachers["Maria Rivera"])
    else:
        sign_in(visitor)
    mark = visitor.client.cookies[MARK]
    visitor.post("/sign-out")

    assert visitor.client.cookies[MARK] == mark


def test_a_mark_that_we_did_not_sign_is_none(portal: RunningPortal, visitor: Visitor) -> None:
    forged = URLSafeTimedSerializer("x" * 32, "rosterly: known device").dumps(["made-up", []])
    visitor.client.cookies.set(MARK, str(forged), domain="127.0.0.1")
    oduya()
    exhaust(portal, Limit.PASSWORD_TRIES_HERE)

    assert BREAK in sign_in(visitor)


def test_a_mark_outlives_a_new_key_while_the_old_one_is_named(
    portal: RunningPortal, known: Visitor
) -> None:
    old, new = portal.settings.secret_keys[0], "another-secret-that-is-long-enough"
    ground: Ground = portal.app.extensions[KEY]
    for keys, still_known in (((new, old), True), ((new,), False)):
        replace(ground, settings=replace(portal.settings, secret_keys=keys)).lay(portal.app)
        with portal.app.test_request_context(headers=mark_of(known)):
            assert (held_mark() is not None) is still_known


def test_a_mark_knows_the_last_five_accounts_and_two_marks_share_nothing(
    portal: RunningPortal,
) -> None:
    people = [oduya(f"t{number}@school.example") for number in range(ACCOUNTS_KEPT + 1)]
    with portal.app.test_request_context():
        first, second = DeviceMark.new(), DeviceMark.new()
        for person in people:
            first, second = first.with_account(person), second.with_account(person)
        assert [first.knows(person) for person in people] == [False] + [True] * ACCOUNTS_KEPT

    assert not {*first.accounts} & {*second.accounts}
    assert not any(person.public_id in str(first) for person in people)


def test_one_account_marks_twenty_devices_a_day_and_signs_in_on_more(
    portal: RunningPortal, visitor: Visitor
) -> None:
    exhaust(portal, Limit.MARKS, oduya().public_id)

    assert sign_in(visitor) == "/dashboard"
    assert MARK not in visitor.client.cookies


def test_a77_strangers_who_guess_at_an_address_keep_its_owner_out_of_no_device_of_theirs(
    portal: RunningPortal, known: Visitor, new_visitor: NewVisitor
) -> None:
    exhaust(portal, Limit.PASSWORD_TRIES_IN_ALL, address_key(ADDRESS))

    assert BREAK in sign_in(new_visitor())
    assert sign_in(known) == "/dashboard"


def test_a77_a_device_that_knows_somebody_else_is_a_stranger_to_this_account(
    portal: RunningPortal, known: Visitor
) -> None:
    oduya("other@school.example")
    exhaust(portal, Limit.PASSWORD_TRIES_IN_ALL, address_key("other@school.example"))

    assert BREAK in sign_in(known, "other@school.example")


def test_a77_the_owners_device_has_ten_wrong_tries_as_any_other(known: Visitor) -> None:
    for _ in range(10):
        sign_in(known, password="wrong")

    assert BREAK in sign_in(known)


def test_a77_whom_clever_has_just_named_proves_an_account_that_is_guessed_at(
    portal: RunningPortal, visitor: Visitor, cast: Cast
) -> None:
    oduya()
    exhaust(portal, Limit.PASSWORD_TRIES_IN_ALL, address_key(ADDRESS))
    exhaust(portal, Limit.PASSWORD_TRIES_HERE)
    visitor.arrive(cast.teachers["Maria Rivera"])
    visitor.answer_question("mine")
    proved = visitor.submit("/sign-in/proof", "/sign-in/proof", email=ADDRESS, password=PASSWORD)

    assert proved.headers["location"] == "/account/linked"


def test_a77_whom_clever_has_just_named_tries_no_passwords_of_everybody(
    portal: RunningPortal, visitor: Visitor, cast: Cast
) -> None:
    """A few guesses at each of many addresses are many guesses, in whichever browser."""
    exhaust(portal, Limit.PASSWORD_TRIES_OF_DEVICE, cast.teachers["Maria Rivera"])
    visitor.arrive(cast.teachers["Maria Rivera"])
    visitor.answer_question("mine")
    tried = visitor.submit("/sign-in/proof", "/sign-in/proof", email=ADDRESS, password="wrong")

    assert tried.status_code == 429


def test_a77_whoever_is_signed_in_confirms_while_strangers_guess(
    portal: RunningPortal, visitor: Visitor
) -> None:
    oduya()
    sign_in(visitor)
    visitor.client.cookies.delete(MARK)
    exhaust(portal, Limit.PASSWORD_TRIES_IN_ALL, address_key(ADDRESS))
    sent = {"email": ADDRESS, "password": PASSWORD}

    assert visitor.submit("/account/confirm", "/account/confirm", **sent).status_code == 303


def test_a77_strangers_who_ask_for_resets_leave_the_owners_device_its_own(
    portal: RunningPortal, known: Visitor, new_visitor: NewVisitor
) -> None:
    exhaust(portal, Limit.MAILS_TO, address_key(ADDRESS), "")
    asked = [known.submit("/reset", "/reset", email=ADDRESS).status_code for _ in range(6)]

    assert new_visitor().submit("/reset", "/reset", email=ADDRESS).status_code == 429
    assert asked == [303] * 5 + [429]


def test_a77_opening_ones_own_link_again_and_again_gives_no_new_tries(
    visitor: Visitor, mailbox: Mailbox
) -> None:
    """Each time the browser gets a new token (A38), and is the same browser."""
    oduya()
    visitor.submit("/reset", "/reset", email=ADDRESS)
    tried = [visitor.get("/class/WRONG").status_code for _ in range(21)]
    visitor.get(mailbox.link_to(ADDRESS))

    assert tried == [404] * 20 + [429]
    assert visitor.get("/class/WRONG").status_code == 429


@pytest.mark.parametrize("path", ["/sign-in/password", "/join", "/class/WRONG"])
def test_a77_who_takes_no_cookies_makes_no_rows_without_end(
    portal: RunningPortal, known: Visitor, new_visitor: NewVisitor, path: str
) -> None:
    exhaust(portal, Limit.VISITS_HERE)
    before = Session.select().count()

    assert new_visitor().get(path).status_code == 429
    assert Session.select().count() == before
    assert known.get(path).status_code != 429
