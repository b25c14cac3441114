"""Five classes in two clicks, and every page of it in each state (issue 5, "Done when"; N6)."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.portal_stack import RunningPortal

CHECK = "/sections/new/clever/several/details"


@pytest.fixture
def sandbox_with_five(portal: RunningPortal) -> None:
    """One of two study halls gets a name of its own: five of her classes are clear now."""
    cast = portal.sandbox.cast()
    portal.sandbox.edit(cast.sections["Study Hall (2)"], name="Reading Workshop")


@pytest.mark.usefixtures("sandbox_with_five")
def test_five_classes_are_added_in_two_clicks(portal: RunningPortal, maria: Device) -> None:
    maria.press("Add 5 classes")
    expect(maria.page.get_by_role("heading", name="Check your classes")).to_be_visible()
    maria.press("Save")

    expect(maria.page.get_by_role("heading", level=1)).to_have_text("Your 5 new sections are saved")
    done = maria.page.locator("#roster-update[data-state=done]")
    done.wait_for(timeout=30_000)
    expect(done).to_contain_text("All 5 classes match Clever")
    expect(maria.page.locator(".section-card .status-ok")).to_have_count(5)
    assert len(portal.inspect()["sections"]) == 5


def test_the_number_on_the_button_follows_the_ticks(maria: Device) -> None:
    add = maria.page.locator("[data-ticks]")
    expect(add).to_have_text("Add 3 classes")
    maria.page.get_by_label("Advisory 8B").uncheck()
    expect(add).to_have_text("Add 2 classes")
    maria.page.get_by_label("Math 7 - Period 1").uncheck()
    expect(add).to_have_text("Add 1 class")
    maria.page.get_by_label("Math 7 - Period 2").uncheck()
    expect(add).to_have_text("Add classes")


def test_without_javascript_the_same_way_ends_at_the_same_page(new_device: NewDevice) -> None:
    plain = new_device(java_script_enabled=False)
    plain.sign_in("Maria Rivera")
    plain.follow("See your classes")
    plain.press("Add classes")
    plain.page.get_by_label("Section name").first.fill("Mornings")
    plain.press("Save")

    assert plain.title == "Your 3 new sections are saved"
    assert "Mornings" in plain.text


def test_the_pages_pass_the_gates(maria: Device, gates: Gates) -> None:
    expect(maria.page.locator("[data-ticks]")).to_have_text("Add 3 classes")
    gates.visit(maria, "dashboard with classes offered")
    maria.open("/sections/new/clever/several")
    gates.visit(maria, "several classes")
    maria.open(CHECK)
    gates.visit(maria, "several classes, none chosen", status=422)
    cast = maria.sandbox.cast().sections
    chosen = "&class=".join([*cast.values()][:7])
    maria.open(f"{CHECK}?class={chosen}&class=64aaaaaaaaaaaaaaaaaaaaaa")
    gates.visit(maria, "several classes checked, with warnings")
    maria.page.get_by_label("Section name").first.fill(" ")
    maria.press("Save")
    gates.visit(maria, "several classes checked, with a mistake", status=422)
    maria.open("/sections/new/clever/several")
    maria.press("Add 3 classes")
    maria.press("Save")
    maria.page.locator("#roster-update[data-state=done]").wait_for(timeout=30_000)
    gates.visit(maria, "several classes saved")

    assert gates.passed()


def test_a_dashboard_without_classes_passes_the_gates(
    new_device: NewDevice, gates: Gates, portal: RunningPortal
) -> None:
    beatriz = new_device()
    beatriz.sign_in("Beatriz Núñez")
    beatriz.page.get_by_role("heading", name="Clever lists no classes for you").wait_for()
    gates.visit(beatriz, "dashboard, no classes in Clever")
    portal.sandbox.fail_next("503", times=100)
    beatriz.open("/dashboard")
    beatriz.page.get_by_role("link", name="Try again").wait_for()
    gates.visit(beatriz, "dashboard, Clever is down")
    portal.sandbox.stop_failing()

    assert gates.passed()
