"""Where everybody starts: students with and without a class, and admins (S5, S7)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.teaching import ALGEBRA, COURSE, create_section


def test_a_student_without_a_class_learns_what_to_say(new_device: NewDevice) -> None:
    student = new_device()
    student.sign_in("Nowhere Yet")

    assert student.title == "Hi, Nowhere. You are signed in."
    assert "“I can sign in but I have no class.”" in student.text
    student.follow("Look again")
    assert student.path == "/home"


def test_a_lesson_is_done_and_can_be_taken_back(maria: Device, new_device: NewDevice) -> None:
    student = new_device()
    create_section(maria, course=COURSE)
    student.sign_in("Ada Byrne")
    student.follow(ALGEBRA)
    lesson = student.page.get_by_role("listitem").filter(has_text="Following directions")
    lesson.get_by_role("button", name="I did it").click()
    expect(student.page.get_by_text("1 of 6 lessons done")).to_be_visible()
    lesson.get_by_role("button", name="Not done yet").click()

    expect(student.page.get_by_text("0 of 6 lessons done")).to_be_visible()


@pytest.mark.parametrize(("name", "path"), [("Ruth Kim", "/school"), ("Pat Lowell", "/district")])
def test_an_admin_sees_how_the_sections_are_doing(
    name: str, path: str, maria: Device, new_device: NewDevice
) -> None:
    admin = new_device()
    admin.sign_in(name)
    assert admin.path == path
    assert "No sections yet" in admin.text

    create_section(maria)
    admin.page.reload()
    assert "1 of 1 sections match Clever" in admin.text
    assert "Ada" not in admin.text


def test_somebody_with_two_roles_chooses_one_and_can_switch(new_device: NewDevice) -> None:
    amara = new_device()
    amara.sign_in("Amara Diallo")
    assert amara.title == "How do you want to use Rosterly?"
    amara.page.get_by_role("radio", name="District admin").check()
    amara.press("Continue")
    assert amara.path == "/district"

    amara.follow("Switch role")
    amara.page.get_by_role("radio", name="Teacher").check()
    amara.press("Continue")
    assert amara.path == "/dashboard"
