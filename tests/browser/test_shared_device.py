"""Children share devices: whoever comes next sees nothing of whoever was there before (S6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.teaching import ALGEBRA, create_section


@pytest.fixture
def classroom(maria: Device, new_device: NewDevice) -> Device:
    """A device of the classroom on which Ada has just looked at her class."""
    create_section(maria)
    device = new_device()
    device.sign_in("Ada Byrne")
    device.follow(ALGEBRA)
    expect(device.page.get_by_role("heading", name=ALGEBRA)).to_be_visible()
    return device


def test_a_student_signs_in_over_another_and_back_shows_nothing_of_the_first(
    classroom: Device,
) -> None:
    classroom.sign_in("Nowhere Yet")
    assert "Hi, Nowhere. You are signed in." in classroom.text

    for shown in pages_of_ours_on_the_way_back(classroom):
        assert "Ada" not in shown
        assert ALGEBRA not in shown


def test_after_signing_out_back_shows_nothing(classroom: Device) -> None:
    classroom.press("Sign out")
    assert "You are signed out. Your work is saved." in classroom.text

    for shown in pages_of_ours_on_the_way_back(classroom):
        assert "Ada" not in shown
        assert "Sign in to Rosterly" in shown


def pages_of_ours_on_the_way_back(device: Device) -> list[str]:
    """Everything that Back shows, as far as it goes; Clever's own pages are not ours to empty."""
    shown: list[str] = []
    while device.page.go_back() is not None:
        if device.page.url.startswith(device.portal.url):
            shown.append(device.page.locator("body").inner_text())
    assert shown
    return shown


def test_a_class_passes_one_device_on_as_fast_as_it_can(classroom: Device) -> None:
    for name in ("Nowhere Yet", "Grace Nakamura", "Pelé", "Ada Byrne", "Grace Nakamura"):
        classroom.sign_in(name)

        assert classroom.title.startswith(f"Hi, {name.split()[0]}.")


def test_the_browser_stores_nothing_but_three_cookies(classroom: Device) -> None:
    storage = classroom.page.evaluate(
        "async () => [localStorage.length, sessionStorage.length,"
        " (await indexedDB.databases()).length, (await caches.keys()).length]"
    )
    ours = [each for each in classroom.context.cookies() if each["domain"] == "localhost"]

    assert storage == [0, 0, 0, 0]
    assert all(each["httpOnly"] and each["sameSite"] == "Lax" for each in ours)
    assert len(ours) == 3
