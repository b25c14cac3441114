"""A student who has used Rosterly before asks, the teacher answers, the work is there (AC7)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.account_rows import give_identity
from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.own_classes import (
    PICTURES,
    class_address,
    do_first_lesson,
    make_class,
    secret_on_card,
    sign_in_with_pictures,
)
from tests.browser.teaching import ALGEBRA, COURSE, create_section
from tests.portal_stack import RunningPortal

USED_BEFORE = "I have used Rosterly before"


def an_old_account_and_a_new_one(maria: Device, ada: Device) -> None:
    """Ada did a lesson in a class with pictures; now her class is synced, and she uses Clever."""
    make_class(maria, PICTURES, "Ada Byrne\nBen Cole", course=COURSE)
    address = class_address(maria)
    sign_in_with_pictures(ada, address, "Ada B.", secret_on_card(maria, "Ada Byrne"))
    ada.follow("Sunflowers")
    do_first_lesson(ada)
    maria.open("/dashboard")
    create_section(maria)
    ada.sign_in("Ada Byrne")


def ask(ada: Device) -> None:
    ada.follow(USED_BEFORE)
    ada.press("Ask my teacher")


def look_at_the_claim(maria: Device) -> None:
    maria.open("/dashboard")
    maria.page.get_by_role("link", name="has used Rosterly before").click()
    maria.follow("Look for the old account of Ada B.")
    maria.page.get_by_role("heading", name="Which account did Ada Byrne use before?").wait_for()


def test_a_claim_is_approved_and_the_progress_is_there(
    maria: Device, new_device: NewDevice
) -> None:
    ada = new_device()
    an_old_account_and_a_new_one(maria, ada)
    expect(ada.page.get_by_text("Sunflowers")).to_have_count(0)
    ask(ada)
    look_at_the_claim(maria)
    maria.follow("See what moves of Ada Byrne")
    assert "Class Sunflowers" in maria.text
    maria.press("Bring together")

    assert maria.title == "The two accounts are one"
    ada.sign_in("Ada Byrne")
    for name in (ALGEBRA, "Sunflowers"):
        expect(ada.page.get_by_role("link", name=name)).to_be_visible()
    ada.follow("Sunflowers")
    assert "1 of 6 lessons done" in ada.text


def test_a_claim_is_declined_and_nothing_changes(maria: Device, new_device: NewDevice) -> None:
    ada = new_device()
    an_old_account_and_a_new_one(maria, ada)
    ask(ada)
    look_at_the_claim(maria)
    maria.press("Decline")

    assert "Nothing was changed." in maria.text
    ada.open("/home")
    expect(ada.page.get_by_text("Sunflowers")).to_have_count(0)


def test_the_pages_of_a_claim(maria: Device, new_device: NewDevice, gates: Gates) -> None:
    ada = new_device()
    an_old_account_and_a_new_one(maria, ada)
    ada.follow(USED_BEFORE)
    gates.visit(ada, "asking")
    ada.press("Ask my teacher")
    gates.visit(ada, "asked")
    ada.open("/claims/new")
    gates.visit(ada, "asking twice")
    maria.open("/dashboard")
    gates.visit(maria, "dashboard with a claim")
    maria.page.get_by_role("link", name="has used Rosterly before").click()
    gates.visit(maria, "section with a claim")
    maria.follow("Look for the old account of Ada B.")
    claim = maria.path
    gates.visit(maria, "claim")
    maria.follow("See what moves of Ada Byrne")
    gates.visit(maria, "what moves")
    maria.open(claim)
    maria.press("Decline")
    gates.visit(maria, "declined")
    ada.open("/home")
    gates.visit(ada, "declined, as the student reads it")

    assert gates.passed()


def test_the_pages_of_a_claim_that_is_approved(
    maria: Device, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    ada = new_device()
    an_old_account_and_a_new_one(maria, ada)
    ask(ada)
    look_at_the_claim(maria)
    claim = maria.path
    maria.follow("See what moves of Ben Cole")
    give_identity(portal, "another", "another district", "Ben")
    maria.press("Bring together")
    gates.visit(maria, "not Ben's, who is of another district", status=422)
    maria.open(claim)
    maria.follow("See what moves of Ada Byrne")
    maria.press("Bring together")
    portal.execute("UPDATE merges SET made_at = 0")
    maria.press("Undo: make them two again")
    gates.visit(maria, "too late for an undo", status=422)
    maria.open(claim)
    gates.visit(maria, "approved")
    ada.sign_in("Ada Byrne")
    gates.visit(ada, "approved, as the student reads it")

    assert gates.passed()


def test_looking_for_the_old_account_among_many(
    maria: Device, new_device: NewDevice, gates: Gates
) -> None:
    ada, others = new_device(), [f"Child {number}" for number in range(16)]
    make_class(maria, PICTURES, "\n".join(["Ada Byrne", *others]))
    way_in = class_address(maria)
    sign_in_with_pictures(ada, way_in, "Ada B.", secret_on_card(maria, "Ada Byrne"))
    ask(ada)
    look_at_the_claim(maria)
    gates.visit(maria, "many accounts it may be")
    maria.page.get_by_label("Find a student").fill("zzz")
    maria.press("Find")
    gates.visit(maria, "no account of that name")

    assert gates.passed()


def test_the_pages_of_two_accounts_that_look_alike(
    maria: Device, new_device: NewDevice, gates: Gates
) -> None:
    ada = new_device()
    an_old_account_and_a_new_one(maria, ada)
    maria.open("/duplicates")
    gates.visit(maria, "look-alikes")
    maria.page.get_by_role("link", name="Look at both").first.click()
    gates.visit(maria, "one or two")
    maria.press("Bring together")
    gates.visit(maria, "one")
    maria.press("Undo: make them two again")
    gates.visit(maria, "two again")
    maria.open("/duplicates")
    maria.page.get_by_role("link", name="Look at both").first.click()
    maria.press("These are two students")
    gates.visit(maria, "told apart")

    assert gates.passed()


def test_an_admin_takes_apart_what_a_teacher_brought_together(
    maria: Device, new_device: NewDevice, gates: Gates
) -> None:
    ada, kim = new_device(), new_device()
    an_old_account_and_a_new_one(maria, ada)
    maria.open("/duplicates")
    maria.page.get_by_role("link", name="Look at both").first.click()
    maria.press("Bring together")
    ada.open("/home")
    gates.visit(ada, "signed out by it")
    assert "You were signed out here" in ada.text
    kim.sign_in("Ruth Kim")
    kim.follow("Two accounts")
    kim.page.get_by_text("Brought together: 1 student").click()
    gates.visit(kim, "brought together, as an admin reads it")
    kim.page.get_by_role("link", name="Ada Byrne").click()
    gates.visit(kim, "one, as an admin reads it")
    kim.press("Undo: make them two again")
    gates.visit(kim, "two again, as an admin reads it")
    maria.page.reload()
    gates.visit(maria, "two again, as who vouched reads it")

    assert "Ruth Kim undid it." in maria.text
    assert gates.passed()
