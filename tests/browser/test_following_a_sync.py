"""A sync that is under way: seen from two tabs, by two teachers, after a reload, and stopped."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.teaching import ALGEBRA, create_section, finished, panel, slow_down
from tests.portal_stack import RunningPortal

STARTED_BY_MARIA = "Maria Rivera started this sync"


@pytest.fixture
def syncing(maria: Device) -> Device:
    """Ms Rivera on Manage students, a sync under way that takes three seconds."""
    create_section(maria)
    maria.follow("Manage students")
    slow_down(maria)
    maria.press("Sync students from Clever")
    expect(panel(maria.page)).to_contain_text("Checking students: 0 of 26")
    return maria


def runs(portal: RunningPortal) -> list[str]:
    """How each run was started and how it ended."""
    return [f"{run['source']} {run['state']}" for run in portal.inspect()["sync_runs"]]


def test_a_second_tab_joins_the_same_run(maria: Device, portal: RunningPortal) -> None:
    create_section(maria)
    maria.follow("Manage students")
    other = maria.new_tab()
    other.goto(maria.page.url)
    slow_down(maria)

    maria.press("Sync students from Clever")
    other.get_by_role("button", name="Sync students from Clever").click()
    for tab in (maria.page, other):
        expect(panel(tab)).to_contain_text("Checking students: 0 of 26")
    for tab in (maria.page, other):
        expect(finished(tab)).to_contain_text("Nothing to change.")
    assert runs(portal) == ["first done", "teacher done"]


def test_a_second_teacher_joins_the_run_and_sees_who_started_it(
    maria: Device, new_device: NewDevice, portal: RunningPortal
) -> None:
    daniel = new_device()
    create_section(maria)
    daniel.sign_in("Daniel Okafor")
    daniel.follow(ALGEBRA)
    maria.follow("Manage students")
    slow_down(maria)

    maria.press("Sync students from Clever")
    daniel.press("Sync students from Clever")
    expect(panel(daniel.page)).to_contain_text(STARTED_BY_MARIA)
    expect(finished(daniel.page)).to_contain_text("Nothing to change.")
    assert runs(portal) == ["first done", "teacher done"]


@pytest.mark.parametrize(
    "visit",
    [
        lambda device: device.page.reload(),
        lambda device: (device.open("/dashboard"), device.page.go_back()),
    ],
    ids=["reload", "back button"],
)
def test_a_run_is_followed_on_after_leaving_its_page(
    syncing: Device, visit: Callable[[Device], object], portal: RunningPortal
) -> None:
    visit(syncing)

    expect(panel(syncing.page)).to_contain_text("Checking students: 0 of 26")
    expect(finished(syncing.page)).to_contain_text("Nothing to change.")
    assert runs(portal) == ["first done", "teacher done"]


def test_a_sync_that_is_stopped_changes_nothing(syncing: Device, portal: RunningPortal) -> None:
    syncing.press("Stop sync")

    expect(panel(syncing.page)).to_contain_text("Sync stopped. Nothing was changed.")
    expect(syncing.page.get_by_role("heading", name="Sync stopped")).to_be_focused()
    expect(syncing.page.get_by_role("button", name="Sync students from Clever")).to_be_visible()
    assert runs(portal) == ["first done", "teacher stopped"]


def test_the_page_title_and_screen_readers_follow_a_run(syncing: Device) -> None:
    status = syncing.page.locator("#roster-sync-status")

    expect(status).to_have_text("Sync started.")
    assert syncing.page.title().startswith("(0 of 26) Algebra I - Period 3")
    finished(syncing.page)
    expect(status).to_have_text("Sync finished: nothing to change.")
    assert syncing.page.title().startswith("Algebra I - Period 3")


def test_the_card_on_the_dashboard_follows_its_own_run(maria: Device) -> None:
    create_section(maria)
    maria.open("/dashboard")
    slow_down(maria)
    maria.press("Sync students")

    card = maria.page.locator(".section-card")
    expect(card).to_contain_text("Checking students: 0 of 26")
    expect(card).to_contain_text("26 students · matches Clever", timeout=20_000)


def test_focus_stays_on_stop_sync_while_the_panel_is_drawn_anew(syncing: Device) -> None:
    stop = syncing.page.get_by_role("button", name="Stop sync")
    stop.focus()
    with syncing.page.expect_response("**/panel*"):
        pass

    expect(stop).to_be_focused()
