"""Changes are taken back in a browser, asked about by the next sync, and saved after all (Y8)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.school_office import SchoolOffice
from tests.browser.teaching import ALGEBRA, create_section, finished, names_of, panel, sync
from tests.portal_stack import RunningPortal


def test_a_teacher_undoes_a_sync_is_asked_by_the_next_and_saves_it_after_all(
    maria: Device, gates: Gates
) -> None:
    create_section(maria)
    maria.follow("Manage students")
    before = students_of(maria)
    SchoolOffice(maria, ALGEBRA).changes_three_students()
    sync(maria)
    after = students_of(maria)

    maria.follow("Undo these changes")
    gates.visit(maria, "undo, asked")
    maria.press("Undo changes")
    expect(panel(maria.page)).to_contain_text("We put your list back as it was today at")
    assert students_of(maria) == before != after
    gates.visit(maria, "students, undone")

    sync(maria)
    expect(panel(maria.page)).to_contain_text("Check before we")
    assert students_of(maria) == before
    gates.visit(maria, "students, asked about what was undone")
    for answer in ("Remove 1 student", "Change 1 name"):
        maria.press(answer)
        expect(maria.page.get_by_role("button", name=answer)).to_have_count(0)
    gates.visit(maria, "students, asked about an addition")
    maria.press("Add 1 student")
    expect(panel(maria.page)).to_contain_text("1 student was added")
    assert students_of(maria) == after
    assert gates.passed()


def test_everything_is_saved_after_all_with_one_button(
    maria: Device, portal: RunningPortal, gates: Gates
) -> None:
    create_section(maria)
    maria.follow("Manage students")
    SchoolOffice(maria, ALGEBRA).changes_three_students()
    sync(maria)
    after = students_of(maria)
    run = maria.page.get_by_role("link", name="Undo these changes").get_attribute("href")
    maria.follow("Undo these changes")
    maria.page.get_by_label("Bring 1 student back").check()
    maria.press("Undo changes")
    expect(panel(maria.page)).to_contain_text("1 change was undone.")

    maria.press("Save them after all")
    expect(finished(maria.page)).to_contain_text("1 student was removed")
    assert students_of(maria) == after
    maria.open(run or "")
    gates.visit(maria, "undo, one changed since")
    maria.page.get_by_role("link", name="Put the list back as it was").click()
    gates.visit(maria, "restore, asked")
    maria.open(run or "")
    maria.press("Undo 2 changes")
    maria.open(run or "")
    gates.visit(maria, "undo, all changed since")
    portal.execute("UPDATE sync_runs SET finished_at = 0")
    maria.open(run or "")
    gates.visit(maria, "undo, too late")
    assert gates.passed()


def students_of(device: Device) -> list[str]:
    """The names of the page's table."""
    return names_of(device.page.locator("#students tbody th"))
