"""What a sync would change is seen first in a browser, and saved exactly so (Y5)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.teaching import class_id, create_section, finished, names_of, panel, sync


def test_a_teacher_sees_changes_first_and_saves_what_she_saw(maria: Device, gates: Gates) -> None:
    create_section(maria)
    maria.follow("Manage students")
    section, clever, roster_class = maria.path, maria.sandbox, class_id(maria)
    students = clever.student_ids(roster_class)
    clever.withdraw(roster_class, students[3])
    clever.rename(students[4], "Nia", "Park")
    clever.enrol_new(roster_class, "Sam", "Field")

    sync(maria, "See changes first")
    expect(panel(maria.page)).to_contain_text("Clever has 3 changes. Nothing is saved yet.")
    expect(maria.page.locator("#students")).not_to_contain_text("Sam Field")
    gates.visit(maria, "students, three changes shown")
    maria.open("/dashboard")
    gates.visit(maria, "dashboard, changes not saved yet")
    maria.open(section)
    shown = names_of(panel(maria.page))

    clever.enrol_new(roster_class, "Lou", "Late")
    sync(maria, "Save 3 changes")
    expect(panel(maria.page)).to_contain_text("Clever has changed since you looked.")
    gates.visit(maria, "students, shown anew")
    sync(maria, "Save 4 changes")
    expect(panel(maria.page)).to_contain_text("Your list matches Clever")
    assert {*names_of(panel(maria.page).locator(".changes"))} == {*shown[:4], "Lou Late"}

    clever.withdraw(roster_class, *clever.student_ids(roster_class)[:11])
    sync(maria, "See changes first")
    gates.visit(maria, "students, a question shown")
    maria.press("Not now")
    expect(finished(maria.page)).to_contain_text("Your list matches Clever")
    assert gates.passed()
