"""The main job, whole, in a real browser: from the Clever Portal to a section kept in step.

The story is that of issue 2, "Done when", second line.
"""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.school_office import SchoolOffice
from tests.browser.teaching import (
    ALGEBRA,
    COURSE,
    TWIN,
    finished,
    names_of,
    names_told,
    panel,
    pick,
    save,
    slow_down,
    sync,
)
from tests.portal_stack import RunningPortal


def test_a_teacher_turns_a_clever_class_into_a_section_and_keeps_it_in_step(
    portal: RunningPortal, new_device: NewDevice
) -> None:
    maria, ada = new_device(), new_device()
    office = SchoolOffice(maria, ALGEBRA)

    she_comes_from_the_clever_portal(maria)
    she_begins_a_section_with_the_clever_tile(maria)
    the_picker_warns_of_the_look_alikes(maria)
    the_wrong_twin_is_questioned(maria)
    she_saves_the_right_class_and_watches_26_students_arrive(maria)
    a_student_does_a_lesson(ada)

    office.changes_three_students()
    she_syncs_and_sees_every_step(maria)
    the_changes_are_told_by_name(maria)

    office.withdraws(eleven_students(office))
    nobody_is_removed_before_she_answers(maria)
    she_keeps_her_list(maria)

    place = enrollment_of_ada(portal)
    office.swaps_one_of_them_for_another()
    she_removes_eleven_students(maria)
    the_student_left_and_her_work_is_kept(ada)

    office.enrols_again("Ada Byrne")
    she_is_back_under_the_same_enrollment(maria, ada, portal, place)


def she_comes_from_the_clever_portal(maria: Device) -> None:
    """New here, so she is asked one question first (S4)."""
    maria.open_clever_portal("Maria Rivera")
    maria.follow("Rosterly")
    maria.page.get_by_label("No. Make a new account for me").check()
    maria.press("Continue")

    expect(maria.page.get_by_role("heading", name="My Dashboard")).to_be_visible()
    assert maria.path == "/dashboard"
    assert "Add your Clever classes" in maria.text


def she_begins_a_section_with_the_clever_tile(maria: Device) -> None:
    maria.follow("Create a section")

    dialog = maria.page.get_by_role("dialog", name="How will students sign in?")
    expect(dialog.get_by_role("radio", name="Clever", exact=True)).to_be_checked()
    maria.press("Continue")
    expect(maria.page.get_by_role("heading", name="Choose a Clever classroom")).to_be_visible()


def the_picker_warns_of_the_look_alikes(maria: Device) -> None:
    warned = maria.page.locator(".choice-group").filter(has_text="nearly the same name").first

    expect(warned).to_contain_text("One says “I”, the other says “1”.")
    expect(warned.get_by_role("radio", name=ALGEBRA, exact=True)).not_to_be_checked()
    expect(warned.get_by_role("radio", name=TWIN, exact=True)).not_to_be_checked()
    assert warned.locator("mark").all_inner_texts() == ["I", "1"]


def the_wrong_twin_is_questioned(maria: Device) -> None:
    pick(maria, TWIN)

    expect(maria.page.get_by_role("heading", name="Is this the right class?")).to_be_visible()
    assert "You picked the smaller of two classes with nearly the same name." in maria.text
    assert "It also ended on" in maria.text
    expect(maria.page.get_by_role("link", name=f"Keep {TWIN} with 4 students")).to_be_visible()
    maria.follow(f"Use {ALGEBRA} with 26 students")


def she_saves_the_right_class_and_watches_26_students_arrive(maria: Device) -> None:
    expect(maria.page.get_by_label("Section name")).to_have_value(ALGEBRA)
    slow_down(maria, seconds=2)
    save(maria, COURSE)

    expect(panel(maria.page)).to_contain_text("We are adding your students")
    expect(finished(maria.page)).to_contain_text("26 students were added from Clever")
    maria.follow("Manage students")
    expect(maria.page.locator("#students tbody tr")).to_have_count(26)


def a_student_does_a_lesson(ada: Device) -> None:
    ada.sign_in("Ada Byrne")
    expect(ada.page.get_by_role("heading", name="Hi, Ada. Pick your class.")).to_be_visible()
    ada.follow(ALGEBRA)
    lesson = ada.page.get_by_role("listitem").filter(has_text="Following directions")
    lesson.get_by_role("button", name="I did it").click()

    assert "1 of 6 lessons done" in ada.text


def she_syncs_and_sees_every_step(maria: Device) -> None:
    slow_down(maria, path="/districts/")
    slow_down(maria, path="role=student")
    maria.press("Sync students from Clever")

    live = panel(maria.page)
    expect(live.locator("[aria-current=step]")).to_have_text("Asking Clever")
    expect(live.locator("[aria-current=step]")).to_have_text("Checking students")
    expect(live).to_contain_text("Got the class list")
    expect(live).to_contain_text("Checking students: 0 of 26")
    expect(live).to_contain_text("nothing is saved until every student is checked")


def the_changes_are_told_by_name(maria: Device) -> None:
    done = finished(maria.page)

    expect(done).to_contain_text("Your list matches Clever")
    assert names_told(done, "Added:") == ["Nia Park"]
    assert names_told(done, "Removed:") == ["Grace Nakamura"]
    assert names_told(done, "Renamed:") == ["Zoë Núñez", "Zoë Marín"]
    expect(done).to_contain_text("Zoë Núñez is now Zoë Marín")
    rows = maria.page.locator("#students tbody")
    expect(rows).to_contain_text("Nia Park")
    expect(rows).not_to_contain_text("Grace Nakamura")


def eleven_students(office: SchoolOffice) -> list[str]:
    others = [name for name in office.class_list() if name not in ("Ada Byrne", "Nia Park")]
    return ["Ada Byrne", *others[:10]]


def nobody_is_removed_before_she_answers(maria: Device) -> None:
    held = sync(maria)

    expect(held).to_contain_text("Check before we remove 11 of 26 students")
    expect(held).to_contain_text("we have not removed anyone yet")
    assert "Ada Byrne" in names_of(held.locator(".people"))
    assert len(names_of(held.locator(".people"))) == 11
    expect(maria.page.locator("#students tbody tr")).to_have_count(26)


def she_keeps_her_list(maria: Device) -> None:
    maria.press("Keep my list as it is")

    expect(panel(maria.page)).to_contain_text("Your list stays as it is")
    expect(panel(maria.page)).to_contain_text("26 students")


def she_removes_eleven_students(maria: Device) -> None:
    held = sync(maria)
    expect(held).to_contain_text("Check before we remove 11 of 26 students")
    maria.press("Remove 11 students")

    expect(finished(maria.page)).to_contain_text("11 students were removed")
    expect(maria.page.locator("#students tbody tr")).to_have_count(15)
    former = maria.page.locator("details").filter(has_text="12 former students")
    former.locator("summary").click()
    expect(former).to_contain_text("Ada Byrne")


def the_student_left_and_her_work_is_kept(ada: Device) -> None:
    ada.open("/home")

    assert "You left this class. Your work is saved." in ada.text


def enrollment_of_ada(portal: RunningPortal) -> Any:
    sourced_id = portal.sandbox.cast().students["Ada Byrne"]
    places = portal.inspect()["sections"][0]["enrollments"]
    return next(place for place in places if place["sourced_id"] == sourced_id)


def she_is_back_under_the_same_enrollment(
    maria: Device, ada: Device, portal: RunningPortal, place: Any
) -> None:
    assert names_told(sync(maria), "Added:") == ["Ada Byrne"]

    assert enrollment_of_ada(portal) == place
    ada.open("/home")
    ada.follow(ALGEBRA)
    assert "1 of 6 lessons done" in ada.text
