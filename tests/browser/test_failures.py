"""What a teacher reads when Clever cannot be read: the cause, and that nothing changed (Y13)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.teaching import ALGEBRA, class_id, create_section, finished, panel, sync
from tests.portal_stack import RunningPortal
from tests.sandbox_clever import RunningSandbox


def only_daniel(clever: RunningSandbox, section: str) -> None:
    clever.set_teachers(section, clever.cast().teachers["Daniel Okafor"])


Mishap = Callable[[RunningSandbox, str], None]

MISHAPS: dict[str, tuple[Mishap, str, str | None]] = {
    "Clever answers with faults": (
        lambda clever, _: clever.fail_next("500", times=20),
        "Clever did not answer after three tries. We will try again by ourselves today at",
        "Try now",
    ),
    "Clever refuses us": (
        lambda clever, _: clever.fail_next("403", times=20),
        "Your district has stopped sharing with Rosterly.",
        "Try now",
    ),
    "the token is refused": (
        lambda clever, _: clever.fail_next("401", times=20),
        "Clever no longer accepts our connection to your district.",
        "Try now",
    ),
    "the district disconnected the app": (
        lambda clever, _: clever.revoke(clever.cast().id),
        "Your district has stopped sharing with Rosterly.",
        "Try now",
    ),
    "the class was deleted": (
        lambda clever, section: clever.delete(section),
        "Clever no longer has this class.",
        "Try now",
    ),
    "the district is paused": (
        lambda clever, _: clever.pause(clever.cast().id),
        "Your district has paused Clever",
        None,
    ),
    "half an answer": (
        lambda clever, _: clever.fail_next("truncated", times=20),
        "Clever's answer was not complete, so we did not use any of it.",
        "Try now",
    ),
    "somebody else's records": (
        lambda clever, _: clever.fail_next("foreign", times=20, path_contains="role=student"),
        "Clever's answer was not about this class, so we did not use any of it.",
        "Try now",
    ),
    "she no longer teaches the class": (
        only_daniel,
        "Clever no longer lists you as a teacher of this class.",
        None,
    ),
}


@pytest.fixture
def managing(maria: Device) -> Device:
    """Ms Rivera on Manage students of a section of 26."""
    create_section(maria)
    maria.follow("Manage students")
    return maria


@pytest.mark.parametrize("mishap", MISHAPS)
def test_a_failed_sync_says_why_and_changes_nobody(managing: Device, mishap: str) -> None:
    happens, words, way_on = MISHAPS[mishap]
    happens(managing.sandbox, class_id(managing))

    failed = sync(managing)

    expect(failed).to_contain_text("Your list has not changed")
    expect(failed).to_contain_text(words)
    assert failed.get_by_role("button", name="Try now").count() == int(way_on == "Try now")
    expect(managing.page.locator("#students tbody tr")).to_have_count(26)
    expect(failed.locator(".code")).to_have_text(
        managing.portal.inspect()["sync_runs"][-1]["reference"]
    )


def test_a_failed_sync_ends_well_when_the_cause_is_gone(managing: Device) -> None:
    managing.sandbox.fail_next("truncated", times=20)
    sync(managing)
    managing.sandbox.stop_failing()

    expect(sync(managing, "Try now")).to_contain_text("Nothing to change.")


def test_a_fault_that_passes_is_retried_and_never_shown(managing: Device) -> None:
    managing.sandbox.fail_next("502", path_contains="role=student")

    expect(sync(managing)).to_contain_text("Nothing to change.")


def test_the_picker_says_why_it_has_no_list(maria: Device) -> None:
    maria.sandbox.fail_next("503", times=50)
    maria.open("/sections/new/clever")

    assert "We cannot show your classes right now" in maria.text
    assert "Clever did not answer" in maria.text
    maria.sandbox.stop_failing()
    maria.follow("Try again")
    expect(maria.page.get_by_role("radio").first).to_be_visible()


def test_a_web_server_that_restarts_is_missed_for_a_moment_and_the_run_goes_on(
    managing: Device, portal: RunningPortal
) -> None:
    managing.sandbox.fail_next("slow", path_contains="role=student", seconds=6)
    managing.press("Sync students from Clever")
    expect(panel(managing.page)).to_contain_text("Checking students: 0 of 26")
    portal.kill("web")
    expect(managing.page.locator("#lost-touch")).to_be_visible()
    portal.start("web")

    expect(finished(managing.page)).to_contain_text("Nothing to change.")
    expect(managing.page.locator("#lost-touch")).to_be_hidden()
    managing.complaints.clear()


def test_the_teacher_who_is_left_is_not_told_that_she_is_the_one_who_went(
    managing: Device, new_device: NewDevice
) -> None:
    daniel = new_device()
    daniel.sign_in("Daniel Okafor")
    only_daniel(managing.sandbox, class_id(managing))
    sync(managing)
    daniel.follow(ALGEBRA)

    expect(panel(daniel.page)).to_contain_text("Maria Rivera started this sync")
    expect(sync(daniel, "Try now")).to_contain_text("Nothing to change.")
