"""The pages about numbers, pauses and the days after them pass every gate (experience.md 3.1)."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal import clock
from tests.browser.clever_page import read_district
from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.teaching import create_section
from tests.portal_stack import RunningPortal

MIDDLE = "Lincoln Middle School"
A_DAY = timedelta(days=1)
SCHOOLS = ZoneInfo("America/New_York")  # The zone of a portal that is told of none.


@pytest.fixture
def lowell(new_device: NewDevice, portal: RunningPortal) -> Device:
    """Pat Lowell, the admin of a district that was read."""
    read_district(portal, portal.sandbox.cast().id)
    admin = new_device()
    admin.sign_in("Pat Lowell")
    return admin


def plans(admin: Device, starts_on: date, ends_on: date) -> None:
    admin.open("/district/pauses")
    admin.page.get_by_label("First day").fill(starts_on.isoformat())
    admin.page.get_by_label("Last day").fill(ends_on.isoformat())
    admin.press("Save pause")


def test_from_when_on_people_are_asked(lowell: Device, new_device: NewDevice, gates: Gates) -> None:
    lowell.open("/overview/numbers")
    gates.visit(lowell, "the usual numbers")
    lowell.page.locator("#few_removals").fill("lots")
    lowell.page.locator("#renames_percent").fill("101")
    lowell.press("Save these numbers")
    gates.visit(lowell, "numbers that cannot be", status=422)
    school = lowell.sandbox.cast().schools[MIDDLE]
    lowell.open(f"/overview/schools/{school}/numbers")
    gates.visit(lowell, "a school without its own")
    lowell.page.locator("#few_percent").fill("100")
    lowell.press("Save these numbers")
    gates.visit(lowell, "a school's own numbers")
    lowell.open("/overview/numbers")
    gates.visit(lowell, "a school has its own")
    kim = new_device()
    kim.sign_in("Ruth Kim")
    kim.open(f"/overview/schools/{school}/numbers")
    gates.visit(kim, "numbers to be read")

    assert gates.passed()


def test_pauses_are_planned(lowell: Device, gates: Gates) -> None:
    today = clock.today(SCHOOLS)
    lowell.open("/district/pauses")
    gates.visit(lowell, "no pause")
    plans(lowell, today + 9 * A_DAY, today + 5 * A_DAY)
    gates.visit(lowell, "days in the wrong order", status=422)
    plans(lowell, today + 5 * A_DAY, today + 9 * A_DAY)
    gates.visit(lowell, "a pause to come")
    lowell.page.get_by_role("link", name="Change").click()
    lowell.page.get_by_label("Last day").fill("")
    lowell.press("Save days")
    gates.visit(lowell, "a pause without a last day", status=422)

    assert gates.passed()


def test_a_pause_from_its_first_day_to_the_lists_after_it(
    maria: Device, lowell: Device, gates: Gates
) -> None:
    create_section(maria)
    clever, today = lowell.sandbox, clock.today(SCHOOLS)
    class_id = next(iter(lowell.portal.inspect()["sections"]))["class"]
    plans(lowell, today, today + A_DAY)
    for place in ("/district/pauses", "/district"):
        lowell.open(place)
        gates.visit(lowell, f"paused, {place}")
    maria.open("/dashboard")
    gates.visit(maria, "the dashboard, paused")
    maria.page.locator(".section-card h2 a").first.click()
    gates.visit(maria, "a section, paused")

    clever.withdraw(class_id, *clever.student_ids(class_id)[-1:])
    lowell.open("/district/pauses")
    lowell.page.get_by_role("button", name="End now and see changes").click()
    gates.visit(lowell, "the district is read after a pause")
    lowell.page.wait_for_function(
        "async () => (await (await fetch('/overview/restart')).text()).includes('See names')",
        timeout=30_000,
        polling=500,
    )
    shows_plans(lowell, maria, gates)

    assert gates.passed()


def shows_plans(lowell: Device, maria: Device, gates: Gates) -> None:
    lowell.open("/overview/restart")
    lowell.page.get_by_text("1 list would change").wait_for()
    gates.visit(lowell, "lists that would change")
    lowell.open("/district")
    gates.visit(lowell, "the overview after a pause")
    maria.page.reload()
    gates.visit(maria, "a teacher after a pause")
    lowell.open("/overview/restart")
    lowell.page.evaluate("document.querySelector('[name=asked]').value = 'another'")
    lowell.page.get_by_role("button", name="Save 1 list").click()
    gates.visit(lowell, "a stale answer after a pause", status=422)
    lowell.page.get_by_role("link", name="See names").click()
    gates.visit(lowell, "the names of a plan")
    lowell.press("Save this list")
    gates.visit(lowell, "a list is being saved")


def test_what_was_answered_lately(maria: Device, lowell: Device, gates: Gates) -> None:
    create_section(maria)
    clever = lowell.sandbox
    class_id = next(iter(lowell.portal.inspect()["sections"]))["class"]
    clever.withdraw(class_id, *clever.student_ids(class_id)[-11:])
    maria.open("/dashboard")
    maria.page.locator(".section-card h2 a").first.click()
    maria.press("Sync students from Clever")
    maria.page.get_by_text("Check before we remove").wait_for()
    lowell.open("/overview/holds")
    gates.visit(lowell, "nothing was answered")
    maria.press("Keep my list as it is")
    maria.page.get_by_text("Your list stays as it is").wait_for()
    lowell.open("/district")
    gates.visit(lowell, "an answer on the overview")
    lowell.page.get_by_role("link", name="See names").click()
    gates.visit(lowell, "a question that was answered")

    assert gates.passed()
