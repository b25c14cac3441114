"""Manage Linked Accounts: Connect, and two accounts that become one and two again (AC1 to AC5)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.linking import connect_clever, old_account, prove, sign_in_with_password
from tests.browser.mailing import sign_up
from tests.browser.own_classes import PICTURES, make_class
from tests.browser.teaching import ALGEBRA, create_section
from tests.portal_stack import RunningPortal

TOGETHER = "Bring them together"


def test_a_teacher_connects_clever_from_account_settings_and_keeps_everything(
    new_device: NewDevice,
) -> None:
    old, maria = old_account(new_device, "connect@school.example"), new_device()
    sign_in_with_password(maria, old.address)
    connect_clever(maria, "Maria Rivera")

    assert "Connected. From now on you can use Continue with Clever." in maria.text
    expect(maria.page.get_by_role("link", name="Disconnect Clever")).to_be_visible()
    old.is_whole(maria)
    maria.press("Sign out")
    maria.sign_in("Maria Rivera")
    old.is_whole(maria)


def test_an_identity_that_has_an_account_leads_to_one_account_and_back_to_two(
    maria: Device, new_device: NewDevice, portal: RunningPortal
) -> None:
    create_section(maria)
    teacher = new_device()
    sign_up(teacher, "two@school.example")
    make_class(teacher, PICTURES)
    before = sections_by_teacher(portal)

    connect_clever(teacher, "Maria Rivera")
    the_preview_tells_what_comes_along(teacher)
    both_are_one(teacher)
    clever_opens_it_too(maria)
    undone_they_are_two_again(teacher)
    each_has_its_own_section(maria, teacher)

    assert sections_by_teacher(portal) == before


def the_preview_tells_what_comes_along(teacher: Device) -> None:
    assert "This Clever account already belongs to another Rosterly account." in teacher.text
    assert "Nothing has changed yet." in teacher.text
    assert "Sunflowers, 0 students" in teacher.text


def both_are_one(teacher: Device) -> None:
    teacher.press(TOGETHER)
    assert teacher.title == "Your two accounts are one"
    teacher.follow("Go to My Dashboard")
    for name in ("Sunflowers", ALGEBRA):
        expect(teacher.page.get_by_role("article", name=name)).to_be_visible()


def clever_opens_it_too(maria: Device) -> None:
    maria.sign_in("Maria Rivera")
    expect(maria.page.get_by_role("article", name="Sunflowers")).to_be_visible()


def undone_they_are_two_again(teacher: Device) -> None:
    teacher.follow("Account")
    teacher.follow("See or undo")
    teacher.press("Undo: make them two again")
    assert "You have two accounts again, as they were." in teacher.text


def each_has_its_own_section(maria: Device, teacher: Device) -> None:
    for device, own, others in ((maria, ALGEBRA, "Sunflowers"), (teacher, "Sunflowers", ALGEBRA)):
        if device is maria:
            device.sign_in("Maria Rivera")
        else:
            sign_in_with_password(device, "two@school.example")
        expect(device.page.get_by_role("article", name=own)).to_be_visible()
        expect(device.page.get_by_role("article", name=others)).to_have_count(0)


def test_a_second_account_made_by_mistake_is_brought_home(
    maria: Device, new_device: NewDevice
) -> None:
    """Somebody who answered the question wrong: Account Settings is where it is put right."""
    sign_up(new_device(), "mistake@school.example")
    maria.follow("Account")
    maria.follow("I made a second account by mistake")
    prove(maria, "mistake@school.example", "Continue")
    maria.press(TOGETHER)

    assert maria.title == "Your two accounts are one"


def test_the_table_is_in_view_without_scrolling(maria: Device) -> None:
    maria.follow("Account")

    expect(maria.page.get_by_role("table", name="Ways to sign in")).to_be_in_viewport(ratio=1)


def sections_by_teacher(portal: RunningPortal) -> list[object]:
    """Who teaches what, and which identity is whose, by opaque id."""
    held = portal.inspect()
    return [held["linked_accounts"], [each["teachers"] for each in held["sections"]]]
