"""Update class rosters, "Why don't I see …?" and Help pass every gate in each of their states."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.teaching import ALGEBRA, class_id
from tests.browser.test_updating_all_classes import add, ended
from tests.portal_stack import RunningPortal

BAND, ADVISORY = "Band - All Grades", "Advisory 8B"
NEVER = 4_102_444_800_000_000  # microseconds: in the year 2100 no test runs any more
CHECKING = """
    UPDATE sync_runs SET finished_at = NULL, state = 'running', lease_until = ?
    WHERE id = (SELECT MAX(run_id) FROM roster_update_runs)
"""
REASONS = ("not_answering", "reconnect", "not_shared", "district_paused", "unexpected")


def update_ended(portal: RunningPortal, reason: str) -> None:
    portal.execute("UPDATE roster_updates SET reason = ?", reason)


def test_an_update_of_all_classes(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    for name in (ALGEBRA, BAND, ADVISORY):
        add(maria, name)
    maria.open("/dashboard")
    gates.visit(maria, "dashboard with the button")
    algebra = class_id(maria)
    maria.sandbox.withdraw(algebra, *maria.sandbox.student_ids(algebra)[-11:])
    maria.sandbox.unshare(class_id(maria, ADVISORY))
    maria.sandbox.enrol_new(class_id(maria, BAND), "Nia", "Newcomer")
    maria.press("Update class rosters")
    expect(ended(maria.page)).to_contain_text("1 of 3 classes match Clever")
    maria.open("/dashboard")
    gates.visit(maria, "an update with a hold and a failure")
    portal.execute(CHECKING, NEVER)
    maria.open("/dashboard")
    gates.visit(maria, "an update that checks classes")
    maria.open("/clever/classes")
    gates.visit(maria, "the same on the Clever page")

    assert gates.passed()


def test_the_other_ends_of_an_update(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    add(maria, ALGEBRA)
    maria.open("/dashboard")
    maria.press("Update class rosters")
    ended(maria.page)
    maria.open("/dashboard")
    gates.visit(maria, "an update without changes")
    for reason in REASONS:
        update_ended(portal, reason)
        maria.open("/dashboard")
        gates.visit(maria, f"an update that ended {reason}")
    update_ended(portal, "")
    portal.execute("UPDATE roster_updates SET read_at = NULL, reading_until = ?", NEVER)
    maria.open("/dashboard")
    gates.visit(maria, "an update that waits for Clever")

    assert gates.passed()


def ask(device: Device, kind: str, search: str) -> None:
    device.open(f"/missing?kind={kind}")
    device.page.get_by_label("Name or student number").fill(search)
    device.press("Find out why")


def test_why_dont_i_see(maria: Device, gates: Gates) -> None:
    maria.open("/missing")
    gates.visit(maria, "missing, nothing read yet")
    add(maria, ALGEBRA)
    maria.open("/dashboard")
    maria.press("Update class rosters")
    ended(maria.page)
    for kind in ("students", "classes", "teachers", "schools"):
        maria.open(f"/missing?kind={kind}")
        gates.visit(maria, f"missing {kind}, the box")
        ask(maria, kind, "Nowhere Nobody")
        gates.visit(maria, f"missing {kind}, not found")
    for kind, search in (
        ("students", "Ada Byrne"),
        ("students", "Anderson"),
        ("students", " "),
        ("classes", "Math 7 - Period 1"),
        ("classes", "Science Lab"),
        ("classes", "Coding Basics"),
        ("teachers", "Okafor"),
        ("schools", "Lincoln"),
    ):
        ask(maria, kind, search)
        gates.visit(maria, f"missing {kind}, {search}", status=200 if search.strip() else 422)

    assert gates.passed()


def test_an_admins_update_and_help(
    new_device: NewDevice, maria: Device, portal: RunningPortal, gates: Gates
) -> None:
    add(maria, ALGEBRA)
    pat = new_device()
    pat.sign_in("Pat Lowell")
    pat.open("/clever")
    pat.page.get_by_role("button", name="Update class rosters").click()
    pat.page.locator("#roster-update[data-state=done]").wait_for(timeout=30_000)
    pat.open("/clever/schools")
    gates.visit(pat, "an admin's update")
    portal.execute("UPDATE district_runs SET state = 'failed', reason = 'not_answering'")
    pat.open("/clever/schools")
    gates.visit(pat, "an admin's update that failed")
    pat.open("/help")
    gates.visit(pat, "help for an admin")
    maria.open("/help#library")
    gates.visit(maria, "help for a teacher")

    assert gates.passed()
