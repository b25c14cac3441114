"""Old accounts and new sign-ins: what a teacher with two of them does on the pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import expect

from tests.browser.device import Device
from tests.browser.mailing import PASSWORD, fill, sign_up
from tests.browser.own_classes import (
    PICTURES,
    class_address,
    do_first_lesson,
    make_class,
    secret_on_card,
    sign_in_with_pictures,
)
from tests.browser.teaching import COURSE

NEW = "No. Make a new account for me"
MINE = "Yes. Link my account"


@dataclass(frozen=True)
class OldAccount:
    """A teacher's, from before Clever: two sections, and a child who has done a lesson in one."""

    address: str
    child: Device

    def is_whole(self, teacher: Device) -> None:
        """Both sections are on the dashboard, and what the child has done is still done."""
        teacher.open("/dashboard")
        for name in ("Sunflowers", "Robots"):
            expect(teacher.page.get_by_role("article", name=name)).to_be_visible()
        self.child.page.reload()
        assert "1 of 6 lessons done" in self.child.text


def old_account(new_device: Callable[..., Device], address: str) -> OldAccount:
    """Made as everybody makes one: by mail, on the pages; its teacher is signed out again."""
    teacher, child = new_device(), new_device()
    sign_up(teacher, address)
    make_class(teacher, PICTURES, name="Robots")
    make_class(teacher, PICTURES, "Ada Byrne\nBen Cole", course=COURSE)
    way_in = class_address(teacher)
    sign_in_with_pictures(child, way_in, "Ada B.", secret_on_card(teacher, "Ada Byrne"))
    child.follow("Sunflowers")
    do_first_lesson(child)
    teacher.press("Sign out")
    return OldAccount(address, child)


def answer(device: Device, choice: str) -> None:
    device.page.get_by_label(choice).check()
    device.press("Continue")


def prove(device: Device, address: str, button: str = "Link my account") -> None:
    fill(device, email=address, password=PASSWORD)
    device.press(button)


def sign_in_with_password(device: Device, address: str) -> None:
    """From the sign-in page, as somebody who has no Clever yet."""
    device.open("/sign-in")
    device.page.get_by_text("Email and password", exact=True).click()
    device.follow("Sign in with email and password")
    prove(device, address, "Sign in")


def connect_clever(device: Device, name: str) -> None:
    """From the header to Connect, to Clever's own sign-in, and back."""
    device.follow("Account")
    device.press("Connect Clever")
    sign_in_at_clever(device, name)


def sign_in_at_clever(device: Device, name: str) -> None:
    """Pick the school and the person, where nobody is signed in to Clever yet."""
    device.follow("Lincoln Middle School")
    device.press(name)
    device.page.wait_for_url(f"{device.portal.url}/**")
