"""A Clever Library teacher in a real browser: from sign-in to a section that follows her class."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.library import (
    MATH,
    SCIENCE,
    class_id,
    her_day_is_over,
    signs_in,
    updates_her_classes,
)
from tests.browser.teaching import create_section, finished, names_told, panel, sync


@pytest.fixture
def helen(new_device: NewDevice) -> Device:
    device = new_device()
    signs_in(device)
    return device


def test_she_makes_a_section_and_keeps_it_in_step(helen: Device) -> None:
    create_section(helen, SCIENCE)
    expect(panel(helen.page)).to_contain_text("18")

    helen.sandbox.enrol_new(class_id(helen), "Iris", "Vale", grade="6")
    helen.open("/dashboard")
    helen.follow(f"Manage students {SCIENCE}")
    done = sync(helen)

    assert names_told(done, "Added:") == ["Iris V"]


def test_update_class_rosters_shows_her_classes_on_the_clever_page(helen: Device) -> None:
    helen.follow("Clever")
    before = helen.text
    updates_her_classes(helen)
    helen.open("/clever/classes")

    assert "We have read no class of yours yet." in before
    assert SCIENCE in helen.text
    assert MATH in helen.text
    assert "first letter of last names" in helen.text


def test_add_or_remove_classes_leads_to_clever(helen: Device) -> None:
    helen.open("/clever/classes")
    helen.follow("Add or remove classes in Clever")

    expect(helen.page.get_by_role("heading", name="Clever Portal")).to_be_visible()


def test_without_her_token_one_click_brings_her_back_to_go_on(helen: Device) -> None:
    create_section(helen, SCIENCE)
    helen.open("/dashboard")
    helen.follow(f"Manage students {SCIENCE}")
    section_page = helen.path
    her_day_is_over(helen)
    refused = sync(helen)
    expect(refused).to_contain_text("only while you are signed in with Clever")

    helen.follow("Continue with Clever")
    helen.page.wait_for_url(f"**{section_page}")
    key = panel(helen.page).locator("[name=idempotency_key]").first.input_value()
    helen.press("Try now")

    expect(finished(helen.page, drawn_before=key)).to_contain_text("18")
