"""The class behind a section, changed in a browser; and one put behind a section without (N7)."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from portal import database
from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.own_classes import make_class
from tests.browser.teaching import ALGEBRA, TWIN, choose_class, class_id, finished, panel, save
from tests.portal_stack import RunningPortal

FIRST_LESSONS = """
    INSERT INTO lesson_completions (account_id, course_slug, lesson_slug, completed_at)
    SELECT account_id, 'first-steps-in-code', 'following-directions', 1 FROM enrollments
"""
STILL_DONE = """
    SELECT COUNT(*) FROM enrollments e
    JOIN lesson_completions c ON c.account_id = e.account_id WHERE e.ended_at IS NULL
"""


def test_the_wrong_twin_is_corrected_in_four_clicks_and_the_change_taken_back(
    maria: Device, gates: Gates
) -> None:
    twin_by_mistake(maria)
    maria.follow("Manage students")
    before = listed(maria)

    maria.follow("Change Clever class")
    gates.visit(maria, "another class, the picker")
    maria.press("See changes")
    gates.visit(maria, "another class, nothing chosen", status=422)
    maria.page.get_by_role("radio", name=ALGEBRA, exact=True).check()
    maria.press("See changes")
    finished(maria.page)
    expect(panel(maria.page)).to_contain_text("0 of your 4 students are also in this class.")
    gates.visit(maria, "another class, its changes")
    saves(maria)

    expect(panel(maria.page)).to_contain_text(f"This section follows {ALGEBRA} now")
    assert f"Clever: {ALGEBRA}" in maria.text
    gates.visit(maria, "another class, saved")
    maria.follow("Undo these changes")
    gates.visit(maria, "another class, to be undone")
    maria.press("Undo changes")
    assert f"Clever: {TWIN}" in maria.text
    assert listed(maria) == before
    gates.visit(maria, "another class, undone")
    assert gates.passed()


def test_a_section_of_secret_words_becomes_a_clever_section_with_all_progress(
    maria: Device, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    make_class(maria, "Secret words", "\n".join(twenty_names(maria)), course="first-steps-in-code")
    portal.execute(FIRST_LESSONS)
    own_page = maria.path

    maria.follow("Use a Clever class")
    gates.visit(maria, "a class for an own section, the picker")
    maria.page.get_by_role("radio", name=ALGEBRA, exact=True).check()
    maria.press("See changes")
    finished(maria.page)
    gates.visit(maria, "a class for an own section, found")
    maria.follow("Match students")
    gates.visit(maria, "matches")
    she_says_who_is_who(maria, gates)
    gates.visit(maria, "a class for an own section, its changes")
    saves(maria)

    maria.open(own_page)
    assert f"Clever: {ALGEBRA}" in maria.text
    ada = new_device()
    ada.sign_in("Ada Byrne")
    ada.follow("Sunflowers")
    expect(ada.page.get_by_text("1 of 6 lessons done")).to_be_visible()
    assert finished_lessons(portal) == 20
    assert gates.passed()


def twin_by_mistake(maria: Device) -> None:
    choose_class(maria, TWIN)
    maria.page.get_by_role("link", name=f"Keep {TWIN}").click()
    save(maria)
    finished(maria.page)


def listed(maria: Device) -> list[str]:
    return maria.page.locator("#students tbody bdi").all_inner_texts()


def twenty_names(maria: Device) -> list[str]:
    """Nineteen of the class as they are called there, and one whom nobody there is called."""
    students = maria.sandbox.section(class_id(maria))["students"]
    full = sorted((each["name"] for each in students), key=lambda name: name != "Ada Byrne")
    plain = [name for name in full if name.count(" ") == 1 and full.count(name) == 1]
    return [*plain[:19], "Somebody Else"]


def she_says_who_is_who(maria: Device, gates: Gates) -> None:
    """The twentieth goes by another name in Clever; first she picks somebody who is taken."""
    other = maria.page.get_by_label("Somebody Else")
    taken = maria.page.get_by_role("checkbox").first.get_attribute("value")
    other.select_option(taken)
    maria.press("See changes")
    gates.visit(maria, "matches, one twice", status=422)
    free = other.locator("option").evaluate_all(
        "(all) => all.map((each) => each.value).filter((value) => value && !document.querySelector("
        "`[type=checkbox][value='${value}']`))"
    )
    other.select_option(free[0])
    maria.press("See changes")
    finished(maria.page)
    expect(panel(maria.page)).to_contain_text("20 of your 20 students are also in this class.")


def saves(maria: Device) -> Locator:
    key = panel(maria.page).locator("[name=idempotency_key]").first.input_value()
    maria.press("Save changes")
    return finished(maria.page, drawn_before=key)


def finished_lessons(portal: RunningPortal) -> int:
    """How many of today's list have the first lesson done."""
    with portal.tables():
        return int(database.execute(STILL_DONE).fetchone()[0])
