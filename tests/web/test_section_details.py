"""Section details: own names, courses and how far a section follows its class (Y9, Y14)."""

from __future__ import annotations

import pytest

from portal.models.sections import Section, SectionMode
from tests.rosters import students
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.own_classes import PICTURES, makes
from tests.web.syncs import read


def details_of(section: Section) -> str:
    return f"/sections/{section.public_id}/details"


def now_of(section: Section) -> Section:
    return Section.by_key(section.id)


def test_the_pages_of_a_section_lead_to_each_other(maria: Visitor, section: Section) -> None:
    own = makes(maria, PICTURES, "Ada Byrne")
    for each in (section, own):
        here = f"/sections/{each.public_id}"
        assert maria.page(here).links["Section details"] == f"{here}/details"
        assert maria.page(f"{here}/details").links["Manage students"] == here


def test_the_page_tells_of_the_clever_class_and_not_of_one_that_is_not_there(
    maria: Visitor, section: Section
) -> None:
    own = makes(maria, PICTURES, "Ada Byrne")

    assert "Algebra I" in maria.page(details_of(section)).text
    assert "Clever" not in maria.page(details_of(own)).text.partition("Section name")[2]


def test_y9_a_section_keeps_its_teachers_name_until_she_wants_clevers(
    maria: Visitor, section: Section
) -> None:
    maria.post(details_of(section), name="Mornings")
    read(section, *students(12))
    kept = now_of(section)
    answer = maria.post(details_of(section), use_class_name="1")

    assert (kept.name, kept.own_name, kept.mode) == ("Mornings", True, SectionMode.FULL)
    assert (now_of(section).name, now_of(section).own_name) == ("Algebra I", False)
    assert "called as its class" in maria.page(answer.headers["location"]).text


def test_a_section_without_clever_is_called_what_its_teacher_says(maria: Visitor) -> None:
    own = makes(maria, PICTURES, "Ada Byrne")
    maria.post(
        details_of(own), name=" Sun\u200bflowers ", course="first-steps-in-code", mode="paused"
    )

    changed = now_of(own)
    assert (changed.name, changed.course_slug) == ("Sunflowers", "first-steps-in-code")
    assert (changed.mode, changed.own_name) == (SectionMode.FULL, False)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "\u200b", "Enter a name for the section"),
        ("course", "no-such", "Choose a course from the list"),
        ("mode", "sideways", "Choose how this section follows Clever"),
    ],
)
def test_what_cannot_be_saved_is_said_at_its_field(
    maria: Visitor, section: Section, field: str, value: str, sentence: str
) -> None:
    answer = maria.post(details_of(section), **{"name": "Kept", field: value})

    assert (answer.status_code, answer.text.count(sentence)) == (422, 2)
    assert Page.of(answer.text).title.startswith("Error:")
    assert ('value="Kept"' in answer.text) == (field != "name")
    assert now_of(section).name == section.name
