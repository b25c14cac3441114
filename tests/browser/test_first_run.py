"""A teacher's first sign-in with Clever: one question, and nothing is lost (S4)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import PHONE
from tests.browser.linking import MINE, NEW, answer, old_account, prove
from tests.browser.mailing import PASSWORD, sign_up
from tests.browser.test_keyboard import tab_to
from tests.portal_stack import RunningPortal

QUESTION = "Do you already have a Rosterly account?"
WAYS = {
    "laptop": {},
    "phone": {"viewport": PHONE, "has_touch": True, "is_mobile": True},
    "without JavaScript": {"java_script_enabled": False},
}


@pytest.fixture
def guest(new_device: NewDevice) -> Device:
    """Ms Rivera, back from Clever for the first time."""
    device = new_device()
    device.arrive("Maria Rivera")
    return device


def test_a_teacher_with_a_password_links_clever_and_finds_everything_there(
    new_device: NewDevice, portal: RunningPortal
) -> None:
    old, maria = old_account(new_device, "first-run@school.example"), new_device()
    maria.arrive("Maria Rivera")
    assert maria.title == QUESTION
    answer(maria, MINE)
    prove(maria, old.address)

    assert maria.title == "Linked"
    assert "From now on use Continue with Clever. Your 2 sections are here." in maria.text
    maria.follow("Go to My Dashboard")
    old.is_whole(maria)
    assert staff_accounts(portal) == 1


def test_from_then_on_clever_opens_that_account_without_a_question(new_device: NewDevice) -> None:
    old, maria = old_account(new_device, "from-then-on@school.example"), new_device()
    maria.arrive("Maria Rivera")
    answer(maria, MINE)
    prove(maria, old.address)
    maria.press("Sign out")
    maria.arrive("Maria Rivera")

    assert maria.path == "/dashboard"
    old.is_whole(maria)


@pytest.mark.parametrize("way", WAYS)
def test_the_question_is_answered_and_the_account_proved(way: str, new_device: NewDevice) -> None:
    address = f"{way.split()[0]}@school.example"
    sign_up(new_device(), address)
    maria = new_device(**WAYS[way])
    maria.arrive("Maria Rivera")
    maria.press("Continue")
    assert maria.page.title().startswith("Error:")
    answer(maria, MINE)
    prove(maria, address)

    assert maria.title == "Linked"


@pytest.mark.parametrize("way", WAYS)
def test_a_new_account_is_one_answer_away(way: str, new_device: NewDevice) -> None:
    maria = new_device(**WAYS[way])
    maria.arrive("Maria Rivera")
    answer(maria, NEW)

    assert maria.path == "/dashboard"


def test_the_question_is_answered_with_the_keyboard_alone(
    guest: Device, new_device: NewDevice
) -> None:
    sign_up(new_device(), "keyboard@school.example")
    page, keys = guest.page, guest.page.keyboard
    tab_to(guest, page.get_by_label(NEW))
    keys.press("ArrowDown")
    expect(page.get_by_label(MINE)).to_be_checked()
    keys.press("Enter")
    page.get_by_role("heading", name="Sign in to the account you have").wait_for()
    tab_to(guest, page.get_by_label("Email"))
    keys.type("keyboard@school.example")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")

    expect(page.get_by_role("heading", name="Linked")).to_be_visible()


def test_back_after_linking_shows_neither_the_question_nor_the_proof(
    guest: Device, new_device: NewDevice
) -> None:
    sign_up(new_device(), "back@school.example")
    answer(guest, MINE)
    prove(guest, "back@school.example")
    for _ in range(2):
        guest.page.go_back()

        assert guest.path == "/dashboard"


def test_a_second_tab_that_answers_too_makes_no_second_account(
    guest: Device, portal: RunningPortal
) -> None:
    tab = guest.new_tab()
    tab.goto(f"{portal.url}/sign-in/question")
    answer(guest, NEW)
    tab.get_by_label(NEW).check()
    tab.get_by_role("button", name="Continue").click()

    expect(tab.get_by_role("heading", level=1)).not_to_have_text(QUESTION)
    assert staff_accounts(portal) == 1
    tab.goto(f"{portal.url}/sign-in/question")
    expect(tab.get_by_role("heading", name="My Dashboard")).to_be_visible()


def test_not_you_leaves_the_door_closed(guest: Device, portal: RunningPortal) -> None:
    guest.press("Sign out")

    assert guest.path == "/sign-in"
    guest.page.go_back()
    assert "You signed in to Clever as" not in guest.text
    assert staff_accounts(portal) == 0


def staff_accounts(portal: RunningPortal) -> int:
    return sum(each["kind"] == "staff" for each in portal.inspect()["accounts"])
