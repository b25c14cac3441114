"""Update class rosters in a browser: live, from two tabs, over a reload, with one result (Y2)."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.teaching import ALGEBRA, class_id, create_section, slow_down
from tests.portal_stack import RunningPortal

MATH = "Math 7 - Period 1"
BUTTON = "Update class rosters"


@pytest.fixture
def teaching(maria: Device) -> Device:
    """Ms Rivera on My Dashboard, with two sections in step."""
    for name in (ALGEBRA, MATH):
        add(maria, name)
    maria.open("/dashboard")
    return maria


def add(device: Device, name: str) -> None:
    device.open(f"/sections/new/clever/details?class={class_id(device, name)}")
    device.press("Save")
    device.page.locator("#roster-sync[data-state=done]").wait_for()


def panel(page: Page) -> Locator:
    return page.locator("#roster-update")


def ended(page: Page) -> Locator:
    page.locator("#roster-update[data-state=done]").wait_for(timeout=20_000)
    return panel(page)


def test_all_classes_are_counted_to_one_result(teaching: Device) -> None:
    slow_down(teaching, seconds=3)
    teaching.press(BUTTON)

    status = teaching.page.locator("#roster-update-status")
    expect(status).to_have_text("Update started.")
    expect(panel(teaching.page)).to_contain_text("Checking class 2 of 2")
    assert teaching.page.title().startswith("(2 of 2) My Dashboard")
    bar = panel(teaching.page).locator("progress")
    assert (bar.get_attribute("value"), bar.get_attribute("max")) == ("1", "2")
    expect(ended(teaching.page)).to_contain_text("All 2 classes match Clever")
    expect(status).to_have_text("Update finished: All 2 classes match Clever.")
    assert teaching.page.title().startswith("My Dashboard")


def test_another_tab_and_a_reload_follow_the_same_update(
    teaching: Device, portal: RunningPortal
) -> None:
    other = teaching.new_tab()
    other.goto(teaching.page.url)
    slow_down(teaching, seconds=3)
    teaching.press(BUTTON)
    other.get_by_role("button", name=BUTTON).click()
    teaching.page.reload()

    for tab in (teaching.page, other):
        expect(ended(tab)).to_contain_text("All 2 classes match Clever")
    runs = [run["source"] for run in portal.inspect()["sync_runs"]]
    assert sorted(runs) == ["first", "first", "teacher", "teacher"]


def test_the_cards_become_what_the_update_found(teaching: Device) -> None:
    teaching.sandbox.enrol_new(class_id(teaching, MATH), "Nia", "Newcomer")
    teaching.press(BUTTON)
    ended(teaching.page)

    card = teaching.page.locator(".section-card").filter(has_text=MATH)
    expect(card).to_contain_text("25 students · matches Clever")
    expect(panel(teaching.page).locator(".counts")).to_contain_text("added")


def test_it_works_on_the_clever_page_and_shows_what_was_read(maria: Device) -> None:
    create_section(maria)
    maria.open("/dashboard")
    maria.press(BUTTON)
    ended(maria.page)
    maria.open("/clever/classes")
    maria.sandbox.edit(class_id(maria, MATH), name="Math 7 - Renamed")
    maria.press(BUTTON)

    expect(maria.page.locator("#roster-update-status")).to_contain_text("Update finished")
    expect(panel(maria.page)).to_contain_text("Your class matches Clever")
    maria.open("/clever/classes")
    expect(maria.page.locator("main")).to_contain_text("Math 7 - Renamed")


def test_it_works_without_javascript(new_device: NewDevice, maria: Device) -> None:
    add(maria, ALGEBRA)
    plain = new_device(java_script_enabled=False)
    plain.sign_in("Maria Rivera")
    slow_down(plain, seconds=2)
    plain.press(BUTTON)
    while plain.page.get_by_role("link", name="Check progress").count():
        plain.follow("Check progress")

    expect(panel(plain.page)).to_contain_text("Your class matches Clever")
