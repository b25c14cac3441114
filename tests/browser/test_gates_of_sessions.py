"""Where somebody is signed in, what they are told, and too many tries pass every gate."""

from __future__ import annotations

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.portal_stack import RunningPortal

NOTICE = """
    INSERT INTO account_notices (public_id, account_id, kind, made_at)
    SELECT '{kind}', account_id, '{kind}', created_at FROM sessions WHERE account_id IS NOT NULL
    ORDER BY id LIMIT 1
"""


def test_where_somebody_is_signed_in(maria: Device, new_device: NewDevice, gates: Gates) -> None:
    maria.open("/account/sessions")
    gates.visit(maria, "signed in here alone")
    for _ in range(2):
        new_device().sign_in("Maria Rivera")
    maria.open("/account/sessions")
    gates.visit(maria, "signed in on three devices")
    maria.page.get_by_role("button", name="Sign out Chrome").first.click()
    gates.visit(maria, "signed out on one of them")
    maria.open("/account/sessions?ended=others")
    gates.visit(maria, "signed out on the others")

    assert gates.passed()


def test_what_was_changed_is_told_on_the_next_pages(
    maria: Device, portal: RunningPortal, gates: Gates
) -> None:
    for kind in ("connected", "password_added", "merged"):
        portal.execute(NOTICE.format(kind=kind))
    maria.sign_in("Maria Rivera")
    gates.visit(maria, "three notices")
    maria.page.get_by_role("button", name="Hide this").first.click()
    gates.visit(maria, "two notices")

    assert gates.passed()


def test_too_many_tries(maria: Device, gates: Gates) -> None:
    for _ in range(30):
        maria.page.request.get(f"{maria.portal.url}/sign-in/clever", max_redirects=0)
    maria.open("/sign-in/clever")
    gates.visit(maria, "too many starts of a sign-in", status=429)

    assert gates.passed()
