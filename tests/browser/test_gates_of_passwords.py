"""Every page of email and password accounts passes every gate (experience.md 3.1)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.browser.account_rows import give_identity, give_password
from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.mailing import OTHER_PASSWORD, PASSWORD, fill, open_newest_mail, sign_up
from tests.portal_stack import RunningPortal
from tests.servers import free_port

LONG = "guadalupe.maximiliana.featherstonehaugh-villanueva@cedar-valley-middle-school.example"


def test_the_way_to_an_account(new_device: NewDevice, gates: Gates) -> None:
    visitor = new_device()
    visitor.open("/sign-up")
    gates.visit(visitor, "sign-up")
    fill(visitor, email="nobody")
    visitor.press("Send the link")
    gates.visit(visitor, "sign-up, no address", status=422)
    fill(visitor, email="gates@school.example")
    visitor.press("Send the link")
    gates.visit(visitor, "message sent")
    open_newest_mail(visitor, "gates@school.example", "Make your Rosterly account")
    gates.visit(visitor, "name and password")
    visitor.press("Make my account")
    gates.visit(visitor, "name and password, both missing", status=422)
    visitor.open("/mail")
    gates.visit(visitor, "messages")
    visitor.open("/links/made-up")
    gates.visit(visitor, "a link that is gone", status=404)

    assert gates.passed()


def test_signing_in_and_choosing_a_new_password(
    new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    tunde, address = new_device(), "reset@school.example"
    sign_up(tunde, address)
    tunde.press("Sign out")
    tunde.open("/sign-in/password")
    gates.visit(tunde, "sign-in with a password")
    fill(tunde, email=address, password="wrong")
    tunde.press("Sign in")
    gates.visit(tunde, "a wrong password", status=422)
    tunde.follow("Choose a new password")
    gates.visit(tunde, "reset")
    fill(tunde, email=address)
    tunde.press("Send the link")
    open_newest_mail(tunde, address, "Choose a new Rosterly password")
    gates.visit(tunde, "new password")
    fill(tunde, password="password")
    tunde.press("Save the password")
    gates.visit(tunde, "new password, too common", status=422)
    give_identity(portal, "another", tunde.sandbox.cast().id, "Tunde")
    fill(tunde, password=OTHER_PASSWORD)
    tunde.press("Save the password")
    gates.visit(tunde, "every way in")

    assert gates.passed()


def test_ones_own_password(new_device: NewDevice, gates: Gates) -> None:
    tunde = new_device()
    sign_up(tunde, "own@school.example")
    tunde.open("/account")
    gates.visit(tunde, "account with a password")
    tunde.open("/account/password")
    gates.visit(tunde, "change")
    fill(tunde, current="wrong", password=OTHER_PASSWORD)
    tunde.press("Save the password")
    gates.visit(tunde, "change, wrong password", status=422)
    fill(tunde, current=PASSWORD, password=OTHER_PASSWORD)
    tunde.press("Save the password")
    gates.visit(tunde, "changed")
    tunde.open("/account/password/removal")
    gates.visit(tunde, "the last way in stays")

    assert gates.passed()


def test_two_passwords_of_one_account(
    new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    tunde = new_device()
    sign_up(tunde, "first-of-two@school.example")
    gates.visit(tunde, "dashboard without Clever")
    give_password(portal, LONG, "Tunde")
    tunde.open("/account/password")
    gates.visit(tunde, "change one of two")
    tunde.open("/account/password/removal")
    gates.visit(tunde, "remove one of two")

    assert gates.passed()


def test_where_no_mail_is_sent(new_device: NewDevice, portal: RunningPortal, gates: Gates) -> None:
    visitor = new_device()
    with without_mail(portal) as visitor.portal:
        visitor.open("/sign-up")
        assert visitor.title == "Mail is not set up here"
        gates.visit(visitor, "no mail is sent")

    assert gates.passed()


@contextmanager
def without_mail(portal: RunningPortal) -> Iterator[RunningPortal]:
    """A second web server on the same tables, whose operator has not set up mail yet."""
    port = free_port()
    production = {"PORTAL_ENV": "production", "PORTAL_URL": f"https://localhost:{port}"}
    demo = dict.fromkeys(("SANDBOX_URL", "MAIL_FOLDER"), "")
    env = portal.env | production | demo
    quiet = RunningPortal(f"http://localhost:{port}", portal.sandbox, env)
    quiet.start("web")
    try:
        yield quiet
    finally:
        quiet.kill_all()


def test_a_first_password_for_somebody_of_clever(maria: Device, gates: Gates) -> None:
    address = "first@school.example"
    maria.open("/account")
    maria.follow("Set a password")
    gates.visit(maria, "set a password")
    maria.press("Send the link")
    gates.visit(maria, "set a password, no address", status=422)
    fill(maria, email=address)
    maria.press("Send the link")
    gates.visit(maria, "message sent to set a password")
    open_newest_mail(maria, address, "Set a password for Rosterly")
    gates.visit(maria, "first password")
    fill(maria, password=PASSWORD)
    maria.press("Save the password")
    maria.open("/account/password/removal")
    gates.visit(maria, "remove the password")
    maria.press("Remove the password")
    gates.visit(maria, "removed")

    assert gates.passed()
