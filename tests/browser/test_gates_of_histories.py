"""The history of a list, of one run and of one student pass every gate in each of their states."""

from __future__ import annotations

from playwright.sync_api import Locator

from portal.models.sections import Section
from portal.models.syncs.sync_runs import RunSource, RunState
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.teaching import class_id, create_section, sync
from tests.portal_stack import RunningPortal
from tests.web.syncs import failed, quiet_runs

LONG = "Wilhelmina-Anastasia-Theodora"


def history_of_a_section(maria: Device) -> str:
    """A section whose second sync added, renamed and moved, and whose third asks; its address."""
    create_section(maria)
    maria.follow("Manage students")
    section, clever, roster_class = maria.path, maria.sandbox, class_id(maria)
    students = clever.student_ids(roster_class)
    clever.withdraw(roster_class, students[3])
    clever.rename(students[4], LONG, LONG)
    clever.enrol_new(roster_class, "Sam", "Field")
    sync(maria)
    clever.withdraw(roster_class, *clever.student_ids(roster_class)[:11])
    sync(maria)
    return f"{section}/history"


def test_the_history_of_a_list(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    history = history_of_a_section(maria)
    maria.open(history)
    gates.visit(maria, "history of three syncs")
    maria.page.get_by_role("link", name="Undo SYNC-").first.click()
    maria.page.locator("#undo").click()
    with portal.tables():
        section = Section.get()
        failed(section, "not_answering")
        quiet_runs(section, 30)
        quiet_runs(section, 30, source=RunSource.EVENTS, state=RunState.STOPPED)
    maria.open(history)
    gates.visit(maria, "history of many syncs")
    maria.follow("Older")
    gates.visit(maria, "history, older syncs")
    maria.follow("Only with changes")
    gates.visit(maria, "history, only with changes")
    portal.execute("UPDATE sync_runs SET added_count = 0, updated_count = 0, removed_count = 0")
    maria.open(f"{history}?show=changes")
    gates.visit(maria, "history, no sync with changes")

    assert gates.passed()


def test_one_sync_and_one_student(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    maria.open(history_of_a_section(maria))
    asked, changed, first = (each.get_attribute("href") or "" for each in runs(maria))
    maria.open(changed)
    gates.visit(maria, "a sync with each kind of change")
    maria.follow("Undo these changes")
    maria.page.locator("#undo").click()
    for path, name in ((asked, "that asked"), (changed, "that was undone"), (first, "the first")):
        maria.open(path)
        gates.visit(maria, f"a sync {name}")
    maria.open(changed)
    maria.follow(f"{LONG} {LONG}")
    gates.visit(maria, "history of a student")
    with portal.tables():
        broken = failed(Section.get(), "not_answering")
    maria.open(f"/roster-syncs/{broken.public_id}")
    gates.visit(maria, "a sync that failed")

    assert gates.passed()


def runs(maria: Device) -> list[Locator]:
    """The links to the syncs of a history, the newest first."""
    return maria.page.locator("tbody th a").all()
