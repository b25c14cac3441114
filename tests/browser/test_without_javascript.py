"""Every task of a teacher finishes with JavaScript off, by links and forms alone (gate 7)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.school_office import SchoolOffice
from tests.browser.teaching import ALGEBRA, TWIN, class_id, panel, pick, save, slow_down


@pytest.fixture
def plain(new_device: NewDevice) -> Device:
    """Ms Rivera in a browser without JavaScript."""
    device = new_device(java_script_enabled=False)
    device.sign_in("Maria Rivera")
    return device


def test_a_section_is_made_synced_and_held_without_javascript(plain: Device) -> None:
    office = SchoolOffice(plain, ALGEBRA)

    a_section_is_made(plain)
    office.changes_three_students()
    a_sync_is_followed_by_its_link(plain)
    office.withdraws(office.class_list()[:11])
    the_hold_is_answered(plain)


def a_section_is_made(plain: Device) -> None:
    plain.follow("Create a section")
    assert plain.path == "/sections/new"
    plain.press("Continue")
    pick(plain, TWIN)
    plain.follow(f"Use {ALGEBRA} with 26 students")
    slow_down(plain, seconds=2)
    save(plain)
    check_progress(plain)

    expect(panel(plain.page)).to_contain_text("26 students were added from Clever")


def a_sync_is_followed_by_its_link(plain: Device) -> None:
    plain.follow("Manage students")
    slow_down(plain, seconds=2)
    plain.press("Sync students from Clever")
    check_progress(plain)

    expect(panel(plain.page)).to_contain_text("Nia Park")
    expect(panel(plain.page)).to_contain_text("Zoë Núñez is now Zoë Marín")


def the_hold_is_answered(plain: Device) -> None:
    plain.press("Sync students from Clever")
    check_progress(plain)
    expect(panel(plain.page)).to_contain_text("Check before we remove 11 of 26 students")
    plain.press("Remove 11 students")

    expect(panel(plain.page)).to_contain_text("11 students were removed")
    assert "15 students" in plain.text


def check_progress(plain: Device) -> None:
    """Press the link until the sync has ended: there is nothing else that could tell."""
    link = plain.page.get_by_role("link", name="Check progress")
    while link.count():
        plain.follow("Check progress")


def test_a_sync_can_be_stopped_without_javascript(plain: Device) -> None:
    plain.follow("Create a section")
    plain.press("Continue")
    pick(plain, ALGEBRA)
    slow_down(plain)
    save(plain)
    plain.follow("Check progress")
    plain.press("Stop sync")

    expect(panel(plain.page)).to_contain_text("Sync stopped. Nothing was changed.")


@pytest.mark.parametrize("place", ["", "/ready", "/dashboard"])
def test_f44_a_teacher_who_lost_the_class_reads_so_at_the_end_of_their_sync(
    plain: Device, place: str
) -> None:
    a_section_of_algebra(plain)
    plain.open(place if place == "/dashboard" else plain.path.removesuffix("/ready") + place)
    plain.sandbox.set_teachers(class_id(plain), plain.sandbox.cast().teachers["Daniel Okafor"])
    plain.press("Sync students" if place == "/dashboard" else "Sync students from Clever")
    check_progress(plain)

    expect(panel(plain.page)).to_contain_text("Clever no longer lists you as a teacher")
    plain.follow("Go to My Dashboard")
    assert ALGEBRA not in plain.text


def a_section_of_algebra(plain: Device) -> None:
    plain.follow("Create a section")
    plain.press("Continue")
    pick(plain, ALGEBRA)
    save(plain)
    check_progress(plain)
