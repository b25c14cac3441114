"""A school is unshared by mistake: held for its admin, and back as it was (issue 4, done when)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.clever_page import read_district
from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.teaching import ALGEBRA, create_section
from tests.portal_stack import RunningPortal

MIDDLE = "Lincoln Middle School"


@pytest.fixture
def taught(maria: Device, portal: RunningPortal) -> list[dict[str, Any]]:
    """The places in Ms Rivera's section, of a district that was read."""
    create_section(maria)
    read_district(portal, portal.sandbox.cast().id)
    return places(portal)


@pytest.fixture
def kim(new_device: NewDevice, taught: list[dict[str, Any]]) -> Device:
    """Ms Kim, the middle school's admin, on her overview."""
    admin = new_device()
    admin.sign_in("Ruth Kim")
    return admin


def places(portal: RunningPortal) -> list[dict[str, Any]]:
    """Which account has which place in a section, and whether it is there today."""
    return [place for section in portal.inspect()["sections"] for place in section["enrollments"]]


def office(device: Device, button: str) -> None:
    """Somebody at the district changes what the middle school shares, on the sandbox's page."""
    tab = device.new_tab()
    tab.goto(f"{device.sandbox.url}/sandbox/schools/{device.sandbox.cast().schools[MIDDLE]}")
    tab.get_by_role("button", name=button).first.click()
    tab.get_by_text("shared with the app").first.wait_for()
    tab.close()


def test_an_unshared_school_is_held_for_its_admin_and_comes_back_as_it_was(
    kim: Device, portal: RunningPortal, taught: list[dict[str, Any]]
) -> None:
    district = portal.sandbox.cast().id
    office(kim, "Stop sharing")
    read_district(portal, district)
    kim.open("/school")
    kim.page.get_by_role("link", name="Review").click()

    assert kim.title == f"Much of {MIDDLE} is no longer shared"
    assert "Nothing has been removed." in kim.text
    assert ALGEBRA in kim.text
    assert places(portal) == taught

    office(kim, "Share again")
    read_district(portal, district)
    kim.page.reload()
    assert "It is shared again." in kim.text
    kim.open("/school")
    assert "no longer shared" not in kim.text
    assert "1 of 1 sections match Clever" in kim.text
    assert places(portal) == taught


def test_an_admin_lets_a_school_go_and_the_list_stays_to_be_read(
    kim: Device, maria: Device, portal: RunningPortal, taught: list[dict[str, Any]]
) -> None:
    district = portal.sandbox.cast().id
    office(kim, "Stop sharing")
    read_district(portal, district)
    kim.open("/school")
    kim.page.get_by_role("link", name="Review").click()
    kim.page.get_by_role("button", name="Let them go").click()
    kim.page.get_by_role("status").filter(has_text="They may go.").wait_for()

    maria.open("/dashboard")
    maria.follow(ALGEBRA)
    assert "Clever no longer has this class." in maria.text
    assert "26 students" in maria.text
