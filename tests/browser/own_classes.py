"""Sections without Clever, as their teacher makes them and a child of theirs signs in."""

from __future__ import annotations

import re

from tests.browser.device import Device

PICTURES = "Picture password"


def make_class(teacher: Device, tile: str, names: str = "", **details: str) -> None:
    """From the question of login types to the page of a section with these students."""
    teacher.open("/sections/new")
    teacher.page.get_by_label(tile, exact=True).check()
    teacher.press("Continue")
    teacher.page.get_by_label("Section name").fill(details.get("name", "Sunflowers"))
    teacher.page.get_by_label("Course (optional)").select_option(details.get("course", ""))
    teacher.press("Save")
    if names:
        teacher.page.get_by_label("Add students").fill(names)
        teacher.press("Add students")


def class_address(teacher: Device) -> str:
    """Where the class signs in, as its teacher reads it."""
    found = teacher.page.locator("a[href*='/class/']").first.get_attribute("href")
    return (found or "").removeprefix(teacher.portal.url)


def secret_on_card(teacher: Device, name: str) -> list[str]:
    """The names of the two pictures, or the two words, from the section's page."""
    teacher.follow("Print sign-in cards")
    card = teacher.page.locator(".login-card", has_text=name)
    words = card.locator(".login-card-words")
    if words.count():
        return words.inner_text().split()
    return re.findall(r"\d\. (\w+)", card.locator(".login-card-pictures").inner_text())


def pick(child: Device, pictures: list[str]) -> None:
    for legend, picture in zip(("First picture", "Second picture"), pictures, strict=True):
        group = child.page.get_by_role("group", name=legend)
        group.get_by_label(picture, exact=True).check()


def sign_in_with_pictures(child: Device, address: str, name: str, pictures: list[str]) -> None:
    child.open(address)
    child.follow(name)
    pick(child, pictures)
    child.press("Sign in")


def do_first_lesson(child: Device) -> None:
    child.page.get_by_role("button", name="I did it").first.click()
    child.page.get_by_text("1 of 6 lessons done").wait_for()
