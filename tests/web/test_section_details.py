"""Section details: own names, courses and how far a section follows its class (Y9, Y14)."""

from __future__ import annotations

import pytest

from jobs.sweep import sweep
from portal.clock import now
from portal.models.audit import AuditEvent
from portal.models.sections import Section, SectionMode
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import SyncRun
from tests.rosters import students
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.own_classes import PICTURES, makes
from tests.web.syncs import failed, queued, read, section_page

CARD = {"from": "card"}


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
    after = maria.page(details_of(own)).text.partition("Section name")[2]
    assert after.count("Clever") == after.count("Use a Clever class") == 1


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


def turns(visitor: Visitor, section: Section, mode: str) -> Page:
    """The teacher chooses a mode; the page she reads then."""
    answer = visitor.post(details_of(section), name=section.name, mode=mode)
    return visitor.page(answer.headers["location"])


@pytest.mark.parametrize(
    ("mode", "sentence", "tag"),
    [
        ("add_only", "syncs only add students", "Only adds students"),
        ("manual", "only when you press Sync", "Updates when you press Sync"),
        ("paused", "This section is paused", "Paused"),
    ],
)
def test_y14_a_mode_says_what_happens_next_and_stands_where_the_section_does(
    maria: Visitor, section: Section, mode: str, sentence: str, tag: str
) -> None:
    assert sentence in turns(maria, section, mode).text
    assert AuditEvent.get(AuditEvent.action == f"section.mode_{mode}").subject == section.public_id
    for path in ("/dashboard", f"/sections/{section.public_id}"):
        assert tag in maria.page(path).text


def test_y14_a_section_that_only_adds_keeps_everybody_and_asks_nobody(
    maria: Visitor, section: Section
) -> None:
    turns(maria, section, "add_only")
    run = read(section, *students(9, first=4))
    text = section_page(maria, section)

    assert (run.state, run.kept_count, run.removed_count) == ("done", 3, 0)
    assert "3 students are not in Clever's class any more." in text
    assert now_of(section).mode == "add_only"


def test_y14_a_paused_section_answers_each_button_with_a_sentence_and_no_run(
    maria: Visitor, section: Section
) -> None:
    read(section, *students(12))
    turns(maria, section, "paused")
    before = SyncRun.select().count()
    here = f"/sections/{section.public_id}"
    answers = [maria.post(f"{here}/roster-syncs"), maria.post(f"{here}/roster-syncs", **CARD)]

    assert SyncRun.select().count() == before
    for answer in answers:
        page = maria.page(answer.headers["location"])
        assert "This section is paused, so it is not synced." in page.text
        assert page.links["Follow Clever again"] == details_of(section)


def test_y14_a_pause_stops_the_sync_that_runs_and_the_one_that_was_promised(
    maria: Visitor, section: Section
) -> None:
    broken = failed(section, "down", retry_at=now())
    running = queued(section)
    turns(maria, section, "paused")
    sweep(now())

    assert SyncRun.get_by_id(running.id).state == "stopped"
    assert SyncRun.get_by_id(broken.id).retry_at is None
    assert SyncRun.in_flight(section) is None


def test_y14_a_sync_that_was_asked_for_in_the_moment_of_a_pause_saves_nothing(
    maria: Visitor, section: Section
) -> None:
    turns(maria, section, "paused")
    run = read(section, *students(13))

    assert (run.state, run.reason) == ("stopped", "paused")
    assert Enrollment.count(section) == 12


def test_y14_after_a_pause_the_next_night_shows_what_it_would_save(
    maria: Visitor, section: Section
) -> None:
    turns(maria, section, "paused")
    text = turns(maria, section, "full").text
    after = now_of(section)

    assert "The next nightly check shows you the changes first." in text
    assert after.outdated_at is not None
    assert (after.previews_next, after.is_behind) == (True, False)


def test_y14_update_class_rosters_leaves_out_what_is_paused_and_says_so(
    maria: Visitor, section: Section
) -> None:
    turns(maria, section, "paused")
    update, _ = RosterUpdate.request(section.created_by, "key", now())
    claimed = update.claim()
    assert claimed is not None
    runs = claimed.start_syncs(now())
    page = maria.page("/dashboard")

    assert runs == []
    assert "Your sections are paused" in page.text
