"""Section details, the modes and the page of a student pass every gate in each of their states."""

from __future__ import annotations

from datetime import date, timedelta

from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.teaching import create_section
from tests.portal_stack import RunningPortal

ADA = "Ada Byrne"
KEPT = "Keep on the list"


def chooses(device: Device, mode: str) -> None:
    device.page.get_by_role("radio", name=mode, exact=True).check()
    device.press("Save")


def to_student(device: Device, section_page: str) -> None:
    device.page.goto(section_page)
    device.page.get_by_role("link", name=ADA, exact=True).click()


def keeps(device: Device, kind: str, until: str) -> None:
    device.page.get_by_role("radio", name=kind, exact=True).check()
    device.page.get_by_label("Until the end of this day").fill(until)
    device.page.locator("form").filter(has_text=KEPT).get_by_role("button", name="Save").click()


def test_section_details_in_each_mode(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    create_section(maria)
    maria.follow("Manage students")
    here = maria.page.url
    maria.follow("Section details")
    gates.visit(maria, "section details")
    for mode in ("Only add students", "Only when I press Sync", "Paused"):
        chooses(maria, mode)
        gates.visit(maria, f"section details: {mode}")
    maria.page.goto(here)
    gates.visit(maria, "a paused section")
    maria.open("/dashboard")
    gates.visit(maria, "a card of a paused section")
    portal.execute("UPDATE sections SET mode = 'manual', outdated_at = checked_at + 1000000")
    maria.page.goto(here)
    gates.visit(maria, "Clever has changes for a section that waits")
    maria.follow("Section details")
    maria.page.get_by_label("Section name").fill("  ")
    maria.press("Save")
    gates.visit(maria, "section details with a problem", status=422)
    maria.page.get_by_label("Section name").fill("Mornings")
    maria.press("Save")
    gates.visit(maria, "section details with a name of its own")

    assert gates.passed()


def test_a_student_kept_on_and_off_the_list(maria: Device, gates: Gates) -> None:
    create_section(maria)
    maria.follow("Manage students")
    here = maria.page.url
    to_student(maria, here)
    gates.visit(maria, "a student of a section")
    keeps(maria, KEPT, (date.today() + timedelta(days=800)).isoformat())
    gates.visit(maria, "a student with a day too far", status=422)
    keeps(maria, KEPT, (date.today() + timedelta(days=80)).isoformat())
    gates.visit(maria, "a student kept on the list")
    maria.page.get_by_label("What you call this student").fill("Addie")
    maria.press("Save the name")
    gates.visit(maria, "a student with a name in this section")
    maria.page.goto(here)
    gates.visit(maria, "a list with a kept student")
    maria.page.get_by_role("link", name="Addie", exact=True).click()
    keeps(maria, "Keep off the list", (date.today() + timedelta(days=80)).isoformat())
    gates.visit(maria, "a student kept off the list")
    maria.page.goto(here)
    maria.page.get_by_text("1 student kept off the list").click()
    gates.visit(maria, "a list without a kept student")

    assert gates.passed()
