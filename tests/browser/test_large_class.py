"""A class of 250, which Clever sends in three pages here (CLEVER_PAGE_SIZE=100)."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.device import Device
from tests.browser.teaching import choose_class, class_id, finished, save

BAND = "Band - All Grades"


def test_a_class_of_250_arrives_whole_and_is_shown_fifty_at_a_time(maria: Device) -> None:
    choose_class(maria, BAND)
    save(maria)
    expect(finished(maria.page)).to_contain_text("250 students were added from Clever")
    maria.follow("Manage students")

    assert sorted(every_name(maria)) == sorted(names_at_clever(maria))


def every_name(maria: Device) -> list[str]:
    """The names of all pages of the list."""
    rows, names = maria.page.locator("#students tbody th bdi"), []
    for number in range(1, 6):
        expect(maria.page.get_by_text(f"Page {number} of 5")).to_be_visible()
        names += rows.all_inner_texts()
        if number < 5:
            maria.follow("Next page")
    return names


def names_at_clever(maria: Device) -> list[str]:
    students = maria.sandbox.section(class_id(maria, BAND))["students"]
    return [student["name"].strip() for student in students]


def test_one_of_250_is_found_by_name_and_the_name_stays_out_of_the_address(maria: Device) -> None:
    choose_class(maria, BAND)
    save(maria)
    finished(maria.page)
    maria.follow("Manage students")
    maria.page.get_by_label("Find a student").fill("byrne")
    maria.press("Find")

    expect(maria.page.locator("#students tbody th")).to_have_text(["Ada Byrne"])
    assert "1 of 250 students" in maria.text
    assert "byrne" not in maria.page.url
