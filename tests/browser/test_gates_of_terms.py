"""Archive, restore and the change of terms in Chromium, and every state of their pages (N9)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.portal_stack import RunningPortal

OVER = """
    UPDATE sections SET class_sourced_id = 'old' || id, term_ends_on = '2020-06-05',
    course_slug = 'first-steps-in-code', mode = 'add_only'
"""


@pytest.fixture
def last_term(maria: Device, portal: RunningPortal) -> Device:
    """Three sections of classes that are over, while Clever lists their like for this term."""
    maria.press("Add 3 classes")
    maria.press("Save")
    maria.page.locator("#roster-update[data-state=done]").wait_for(timeout=30_000)
    portal.execute(OVER)
    maria.open("/dashboard")
    return maria


def test_a_teacher_starts_the_new_term(last_term: Device, portal: RunningPortal) -> None:
    last_term.follow("Start the new term")
    last_term.press("Save")

    expect(last_term.page.get_by_role("heading", level=1)).to_have_text(
        "Your 3 new sections are saved"
    )
    last_term.page.locator("#roster-update[data-state=done]").wait_for(timeout=30_000)
    last_term.open("/dashboard")
    expect(last_term.page.locator(".section-card")).to_have_count(3)
    assert "3 archived sections" in last_term.text
    assert "have ended" not in last_term.text
    assert [each["archived"] for each in portal.inspect()["sections"]] == [True] * 3 + [False] * 3


def test_without_javascript_a_section_goes_and_comes_back(new_device: NewDevice) -> None:
    plain = new_device(java_script_enabled=False)
    plain.sign_in("Maria Rivera")
    plain.open("/sections/new/clever/several")
    plain.press("Add classes")
    plain.press("Save")
    plain.open("/dashboard")
    plain.follow("Manage students Advisory 8B")
    plain.follow("Section details")
    plain.follow("Archive this section")
    plain.press("Archive section")
    assert "Advisory 8B is archived." in plain.text
    plain.press("Restore Advisory 8B")

    assert plain.title == "Advisory 8B"


def test_the_change_of_terms_passes_the_gates(
    last_term: Device, portal: RunningPortal, gates: Gates
) -> None:
    gates.visit(last_term, "dashboard with classes that ended")
    last_term.open("/sections/rollover")
    gates.visit(last_term, "the new term")
    portal.sandbox.fail_next("503", times=100)
    last_term.press("Save")
    gates.visit(last_term, "the new term, Clever is down at Save", status=503)
    last_term.open("/sections/rollover")
    gates.visit(last_term, "the new term, Clever is down")
    portal.sandbox.stop_failing()
    for box in last_term.page.get_by_role("checkbox").all():
        box.uncheck()
    last_term.press("Save")
    gates.visit(last_term, "the new term, nothing ticked", status=422)
    last_term.press("Not now")
    assert "have ended" not in last_term.text
    portal.execute("UPDATE sections SET term_ends_on = NULL")
    last_term.open("/sections/rollover")
    gates.visit(last_term, "the new term, nothing has ended")

    assert gates.passed()


def test_archived_sections_pass_the_gates(last_term: Device, gates: Gates) -> None:
    last_term.open("/sections/archived")
    gates.visit(last_term, "no archived section")
    last_term.open("/dashboard")
    last_term.follow("Manage students Advisory 8B")
    last_term.follow("Section details")
    last_term.follow("Archive this section")
    gates.visit(last_term, "archive this section?")
    last_term.press("Archive section")
    gates.visit(last_term, "an archived section")

    assert gates.passed()
