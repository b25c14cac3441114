"""Sections without Clever in Chromium: every page passes the gates, and children get in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.account_rows import give_password
from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import PHONE, Gates
from tests.browser.mailing import PASSWORD, fill, open_newest_mail
from tests.browser.own_classes import PICTURES, class_address, make_class, secret_on_card
from tests.browser.test_keyboard import tab_to
from tests.portal_stack import RunningPortal

PRINTED_BESIDE_CARDS = """
    () => [...document.querySelectorAll('body *')].filter(
      (each) => each.checkVisibility() && each.innerText?.trim()
        && !each.closest('.login-cards') && !each.querySelector('.login-cards')
    ).map((each) => each.outerHTML)
"""
TOUCHED = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
NAMES = "Ada Byrne\nBen Cole\nAna Lopez\nAna Lima"
MANY_NAMES = "\n".join([NAMES, *(f"Child {number}" for number in range(1, 13))])
LOST_KEY = (
    "UPDATE student_secrets SET sealed_secret = '' WHERE id = (SELECT MAX(id) FROM student_secrets)"
)


def test_the_pages_of_a_teacher(maria: Device, gates: Gates) -> None:
    make_class(maria, PICTURES)
    gates.visit(maria, "own section, nobody yet")
    maria.press("Add students")
    gates.visit(maria, "own section, no names typed", status=422)
    maria.page.get_by_label("Add students").fill(NAMES)
    maria.press("Add students")
    gates.visit(maria, "own section")
    maria.page.get_by_label("Add students").fill("Ada Byrne")
    maria.press("Add students")
    gates.visit(maria, "own section, a name twice", status=422)
    maria.follow("Change Ada Byrne")
    gates.visit(maria, "a student")
    maria.page.get_by_label("First name").fill("Ben")
    maria.page.get_by_label("Last name").fill("Cole")
    maria.press("Save")
    gates.visit(maria, "a student with a name that is taken", status=422)
    maria.press("Remove this student")
    maria.page.locator("summary", has_text="former").click()
    gates.visit(maria, "own section, one left")
    maria.follow("Print sign-in cards")
    gates.visit(maria, "cards with pictures")
    maria.open("/dashboard")
    gates.visit(maria, "dashboard with an own section")

    assert gates.passed()


def test_the_other_pages_of_a_teacher(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    maria.open("/sections/new/own?login_type=secret_words")
    gates.visit(maria, "own details")
    maria.press("Save")
    gates.visit(maria, "own details without a name", status=422)
    make_class(maria, "Secret words")
    cards = f"{maria.path}/cards"
    maria.open(cards)
    gates.visit(maria, "no cards")
    maria.follow("Add students")
    maria.page.get_by_label("Add students").fill(MANY_NAMES)
    maria.press("Add students")
    maria.page.get_by_label("Find a student").fill("zzz")
    maria.press("Find")
    gates.visit(maria, "own section, nobody found")
    give_password(portal, "ada@school.example", "Ada")
    portal.execute(LOST_KEY)
    maria.open(cards)
    gates.visit(maria, "cards with words, with none, and with what cannot be read")

    assert gates.passed()


def test_the_pages_of_a_class(maria: Device, new_device: NewDevice, gates: Gates) -> None:
    child = new_device()
    child.open("/join")
    gates.visit(child, "class code")
    child.page.get_by_label("Class code").fill("nonsense")
    child.press("Go on")
    gates.visit(child, "class code, wrong", status=422)
    make_class(maria, PICTURES)
    child.open(class_address(maria))
    gates.visit(child, "class list, nobody yet")
    for tile in (PICTURES, "Secret words"):
        make_class(maria, tile, NAMES)
        child.open(class_address(maria))
        gates.visit(child, f"class list, {tile}")
        child.follow("Ana Li.")
        gates.visit(child, f"secret, {tile}")
    child.page.get_by_label("Your two words").fill("no idea")
    child.press("Sign in")
    gates.visit(child, "secret, wrong", status=422)

    assert gates.passed()


def test_a_child_with_a_sign_in_of_their_own(
    maria: Device, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    make_class(maria, PICTURES, NAMES)
    way_in = class_address(maria)
    give_password(portal, "ada@school.example", "Ada")
    child = new_device()
    child.open(way_in)
    child.follow("Ada B.")
    gates.visit(child, "hello, and no pictures")

    assert gates.passed()


def test_the_pages_of_a_class_with_email(
    maria: Device, new_device: NewDevice, gates: Gates
) -> None:
    child, address = new_device(), "child@school.example"
    make_class(maria, "Email")
    section, way_in = maria.path, class_address(maria)
    child.open(way_in)
    gates.visit(child, "join with email")
    child.press("Go on")
    gates.visit(child, "join with email, age not said", status=422)
    child.page.get_by_label("I am 13 or older").check()
    child.press("Go on")
    gates.visit(child, "sign-up for a class")
    fill(child, email=address)
    child.press("Send the link")
    open_newest_mail(child, address, "Make your Rosterly account")
    gates.visit(child, "name and password for a class")
    fill(child, given_name="Sam", password=PASSWORD)
    child.press("Make my account")
    child.open("/home")
    gates.visit(child, "home of a student with email")
    child.open(way_in)
    gates.visit(child, "join, signed in")
    maria.open(way_in)
    gates.visit(maria, "join, as a teacher")
    maria.open(section)
    gates.visit(maria, "email section")
    maria.follow("Change Sam")
    gates.visit(maria, "a student with a name of their own")

    assert gates.passed()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_child_signs_in_with_pictures_by_touch(
    maria: Device, new_device: NewDevice, javascript: bool
) -> None:
    make_class(maria, PICTURES, NAMES)
    address, secret = class_address(maria), secret_on_card(maria, "Ada Byrne")
    child = new_device(**TOUCHED, java_script_enabled=javascript)
    child.open(address)
    child.page.get_by_role("link", name="Ada B.").tap()
    for group, picture in zip(groups_of_pictures(child), secret, strict=True):
        group.get_by_text(picture, exact=True).locator("..").tap()
    child.page.get_by_role("button", name="Sign in").tap()

    expect(child.page.get_by_role("heading", level=1)).to_have_text("Hi, Ada. Pick your class.")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_child_signs_in_with_pictures_by_keyboard_alone(
    maria: Device, new_device: NewDevice, javascript: bool
) -> None:
    make_class(maria, PICTURES, NAMES)
    address, secret = class_address(maria), secret_on_card(maria, "Ada Byrne")
    child = new_device(java_script_enabled=javascript)
    child.open(address)
    tab_to(child, child.page.get_by_role("link", name="Ada B."))
    child.page.keyboard.press("Enter")
    for group, picture in zip(groups_of_pictures(child), secret, strict=True):
        choose_with_arrows(child, group, picture)
    child.page.keyboard.press("Enter")

    expect(child.page.get_by_role("heading", level=1)).to_have_text("Hi, Ada. Pick your class.")


def groups_of_pictures(child: Device) -> list[Locator]:
    names = ("First picture", "Second picture")
    return [child.page.get_by_role("group", name=name) for name in names]


def choose_with_arrows(child: Device, group: Locator, picture: str) -> None:
    """Tab enters the group, the space bar takes the first picture, arrows move on."""
    tab_to(child, group.get_by_role("radio").first)
    child.page.keyboard.press("Space")
    for _ in range(group.get_by_role("radio").count()):
        if group.get_by_label(picture, exact=True).is_checked():
            return
        child.page.keyboard.press("ArrowRight")


def test_a_picture_is_as_large_as_a_small_finger_needs(
    maria: Device, new_device: NewDevice
) -> None:
    make_class(maria, PICTURES, NAMES)
    child = new_device(viewport=PHONE)
    child.open(class_address(maria))
    child.follow("Ada B.")
    for box in child.page.locator(".picture-choice").all():
        size = box.bounding_box()
        assert size
        assert min(size["width"], size["height"]) >= 48


@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_cards_alone_are_printed_and_none_is_split(maria: Device, paper: str) -> None:
    make_class(maria, PICTURES, "\n".join(f"Child {number}" for number in range(1, 24)))
    maria.follow("Print sign-in cards")
    maria.page.emulate_media(media="print")

    assert maria.page.evaluate(PRINTED_BESIDE_CARDS) == []
    assert pages_of(maria.page.pdf(format=paper)) == 4  # Six whole cards on each.
    breaks = maria.page.locator(".login-card").evaluate_all(
        "cards => [...new Set(cards.map(card => getComputedStyle(card).breakInside))]"
    )
    assert breaks == ["avoid"]


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))
