"""What happened to a list, as its teachers read it: each run, one run whole, one student (Y8)."""

from __future__ import annotations

from portal.models.sections import Section
from tests.rosters import student, students
from tests.web.browsing import Visitor
from tests.web.syncs import failed, read


def history(section: Section) -> str:
    return f"/sections/{section.public_id}/history"


def test_it_lists_each_run_with_its_result(maria: Visitor, section: Section) -> None:
    read(section, *students(11), student(12, family_name="Zed"), student(13))
    failed(section, "not_answering")
    text = maria.page(history(section)).text

    assert "Maria Rivera Added 12 0, then 12" in text
    assert "Added 1, updated 1" in text
    assert "Failed: Clever did not answer" in text


def test_a_run_names_everybody(maria: Visitor, section: Section) -> None:
    run = read(section, *students(11), student(12, family_name="Zed"), student(13))
    text = maria.page(f"/roster-syncs/{run.public_id}").text

    assert "Added (1) Given13 Family00013" in text
    assert "Renamed (1) Given12 Family00012 → Given12 Zed" in text
