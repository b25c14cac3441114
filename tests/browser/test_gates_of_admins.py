"""Every page and state of the admins' passes every gate (experience.md 3.1)."""

from __future__ import annotations

import pytest

from tests.browser.clever_page import read_district
from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.teaching import create_section, finished, panel
from tests.portal_stack import RunningPortal

MIDDLE = "Lincoln Middle School"
REASONS = ("not_answering", "reconnect", "district_paused", "unexpected")
STATES = {
    "success": "state = 'success'",
    "running": "state = 'running'",
    "pending": "state = 'pending'",
    "error": "state = 'error'",
    "on hold at Clever": "state = 'on_hold'",
    "paused": "state = 'paused', pause_starts_on = '2020-06-15', pause_ends_on = '2999-08-10'",
    "left": "revoked_at = 1700000000000000",
}


@pytest.fixture
def read(portal: RunningPortal) -> str:
    """Lincoln, read whole: its id."""
    district = portal.sandbox.cast().id
    read_district(portal, district)
    return district


@pytest.fixture
def lowell(new_device: NewDevice, read: str) -> Device:
    """Pat Lowell, the district's admin, on the overview."""
    admin = new_device()
    admin.sign_in("Pat Lowell")
    return admin


@pytest.fixture
def held(maria: Device) -> Device:
    """Ms Rivera's section waits: eleven of its students have left the class."""
    create_section(maria)
    clever = maria.sandbox
    class_id = next(iter(maria.portal.inspect()["sections"]))["class"]
    clever.withdraw(class_id, *clever.student_ids(class_id)[-11:])
    maria.open("/dashboard")
    maria.page.locator(".section-card h2 a").first.click()
    maria.press("Sync students from Clever")
    finished(maria.page)
    panel(maria.page).get_by_text("Check before we remove").wait_for()
    return maria


def goes_on(device: Device, words: str, to: str) -> None:
    """Follow the first link that begins so; what else it says is for who cannot see the row."""
    device.page.get_by_role("link", name=words).first.click()
    device.page.wait_for_url(f"**/overview/{to}/*")


def test_an_overview_with_nothing_to_do(lowell: Device, gates: Gates) -> None:
    gates.visit(lowell, "no sections yet")
    lowell.open("/overview/failing/class_gone")
    gates.visit(lowell, "none fails")
    school = lowell.sandbox.cast().schools[MIDDLE]
    lowell.open(f"/overview/schools/{school}/holds")
    gates.visit(lowell, "no list waits")
    lowell.open("/overview/failing/nonsense")
    gates.visit(lowell, "no such cause", status=404)

    assert gates.passed()


def test_how_the_district_is_doing(lowell: Device, portal: RunningPortal, gates: Gates) -> None:
    for name, columns in STATES.items():
        portal.execute(f"UPDATE district_connections SET {columns}")
        lowell.open("/district")
        gates.visit(lowell, f"district, {name}")
    portal.execute("UPDATE district_connections SET revoked_at = NULL")
    lowell.open("/district")
    lowell.sandbox.fail_next("slow", path_contains="/schools", seconds=3)
    lowell.press("Check Clever now")
    gates.visit(lowell, "district, it is read")
    lowell.page.get_by_role("button", name="Check Clever now").wait_for(timeout=30_000)
    portal.execute("UPDATE district_runs SET state = 'failed', reason = 'not_answering'")
    lowell.page.reload()
    gates.visit(lowell, "district, its read failed")
    portal.execute("DELETE FROM district_connections")
    lowell.open("/district")
    gates.visit(lowell, "district, not connected")

    assert gates.passed()


def test_lists_that_wait_for_an_answer(held: Device, lowell: Device, gates: Gates) -> None:
    lowell.open("/district")
    gates.visit(lowell, "a list waits")
    school = lowell.sandbox.cast().schools[MIDDLE]
    lowell.open(f"/overview/schools/{school}/holds")
    gates.visit(lowell, "a school's lists")
    lowell.page.evaluate("document.querySelector('[name=asked]').value = 'another'")
    lowell.press("Remove 11 students")
    gates.visit(lowell, "a stale answer", status=422)
    goes_on(lowell, "Answer this one", "holds")
    gates.visit(lowell, "one list")
    lowell.press("Keep the list as it is")
    gates.visit(lowell, "one list, answered")
    held.page.reload()
    gates.visit(held, "the teacher reads who answered")

    assert gates.passed()


def test_a_school_that_is_no_longer_shared(
    maria: Device, lowell: Device, portal: RunningPortal, read: str, gates: Gates
) -> None:
    create_section(maria)
    lowell.sandbox.unshare(lowell.sandbox.cast().schools[MIDDLE])
    read_district(portal, read)
    lowell.open("/district")
    gates.visit(lowell, "a school went")
    goes_on(lowell, "Review", "sharing-holds")
    gates.visit(lowell, "what went of a school")
    lowell.page.evaluate("document.querySelector('[name=asked]').value = 'another'")
    lowell.press("Keep everything")
    gates.visit(lowell, "a stale answer about a school", status=422)
    lowell.press("Keep everything")
    gates.visit(lowell, "a school is kept")
    portal.execute("UPDATE sharing_holds SET state = 'expired'")
    lowell.page.reload()
    gates.visit(lowell, "nobody answered about a school")

    assert gates.passed()


def test_sections_that_fail_and_one_by_itself(
    maria: Device, lowell: Device, portal: RunningPortal, gates: Gates
) -> None:
    create_section(maria)
    for reason in REASONS:
        portal.execute("UPDATE sync_runs SET state = 'failed', reason = ?", reason)
        lowell.open("/district")
        gates.visit(lowell, f"overview, {reason}")
        lowell.open(f"/overview/failing/{reason}")
        gates.visit(lowell, f"the sections that fail, {reason}")
        lowell.page.locator("tbody th a").first.click()
        lowell.page.wait_for_url("**/overview/sections/*")
        gates.visit(lowell, f"one section, {reason}")
    lowell.press("Sync now")
    lowell.page.get_by_text("Matches Clever").wait_for(timeout=20_000)
    lowell.page.reload()
    gates.visit(lowell, "one section, matching")
    lowell.page.locator("tbody th a").last.click()
    lowell.page.wait_for_url("**/overview/roster-syncs/*")
    gates.visit(lowell, "one sync of a section, by name")

    assert gates.passed()


def test_the_schools_table(
    held: Device, lowell: Device, portal: RunningPortal, gates: Gates
) -> None:
    lowell.open("/overview/schools")
    gates.visit(lowell, "schools by name")
    lowell.follow("Sections")
    gates.visit(lowell, "schools by sections")
    lowell.follow("Needs attention")
    gates.visit(lowell, "schools that need attention")
    portal.execute("UPDATE shared_schools SET unshared_at = 1")
    lowell.open("/overview/schools")
    gates.visit(lowell, "a school with sections that is not shared")
    lowell.open("/overview/schools?show=unused")
    gates.visit(lowell, "no school is like that")

    assert gates.passed()


def test_finding_a_person(held: Device, lowell: Device, gates: Gates) -> None:
    lowell.open("/overview/people")
    gates.visit(lowell, "find a person")
    lowell.press("Find")
    gates.visit(lowell, "nothing was typed", status=422)
    lowell.page.get_by_label("Name or student number").fill("a")
    lowell.press("Find")
    gates.visit(lowell, "many are found")
    lowell.page.get_by_label("Name or student number").fill("Nobody At All")
    lowell.press("Find")
    gates.visit(lowell, "nobody is found")
    for name in ("Maria Rivera", "Ada Byrne", "Pat Lowell"):
        lowell.open("/overview/people")
        lowell.page.get_by_label("Name or student number").fill(name)
        lowell.press("Find")
        lowell.follow(name)
        gates.visit(lowell, f"the page of {name}")
    lowell.open(f"/overview/people/{lowell.sandbox.cast().students['Ada Byrne']}")
    lowell.press("Sign out everywhere")
    gates.visit(lowell, "signed out everywhere")

    assert gates.passed()
