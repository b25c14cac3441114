"""The main job without a pointer: Tab, arrows, Enter, Escape (gate 8)."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from tests.browser.device import Device
from tests.browser.teaching import ALGEBRA, TWIN, finished


def tab_to(device: Device, wanted: Locator) -> None:
    """Press Tab until it has the focus, as somebody without a mouse would."""
    for _ in range(60):
        if wanted.evaluate("element => element === document.activeElement"):
            return
        device.page.keyboard.press("Tab")
    raise AssertionError(f"no Tab leads to {wanted}")


def test_a_section_is_made_and_synced_with_the_keyboard_alone(maria: Device) -> None:
    page, keys = maria.page, maria.page.keyboard

    tab_to(maria, page.get_by_role("link", name="Create a section"))
    keys.press("Enter")
    expect(page.get_by_role("radio", name="Clever", exact=True)).to_be_focused()
    keys.press("Enter")
    choose_with_arrows(maria)
    tab_to(maria, page.get_by_role("link", name=f"Use {ALGEBRA}"))
    keys.press("Enter")
    tab_to(maria, page.get_by_role("button", name="Save"))
    keys.press("Enter")
    page.wait_for_url("**/ready")
    expect(finished(page)).to_contain_text("26 students were added")


def choose_with_arrows(maria: Device) -> None:
    """Tab enters the one group of classes, arrows move in it, Enter sends the form."""
    page = maria.page
    page.get_by_role("heading", name="Choose a Clever classroom").wait_for()
    tab_to(maria, page.get_by_role("radio").first)
    wanted = page.get_by_role("radio", name=TWIN, exact=True)
    for _ in range(page.get_by_role("radio").count()):
        if wanted.is_checked():
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Is this the right class?").wait_for()


def test_escape_closes_the_dialog_and_gives_the_focus_back(maria: Device) -> None:
    opener = maria.page.get_by_role("link", name="Create a section")
    tab_to(maria, opener)
    maria.page.keyboard.press("Enter")
    dialog = maria.page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    maria.page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_the_skip_link_leads_past_the_header(maria: Device) -> None:
    maria.page.keyboard.press("Tab")
    expect(maria.page.get_by_role("link", name="Skip to the main content")).to_be_focused()
    maria.page.keyboard.press("Enter")

    expect(maria.page.locator("main")).to_be_focused()


def test_a_choice_that_was_forgotten_is_said_where_the_focus_is(maria: Device) -> None:
    maria.open("/sections/new/clever")
    maria.press("Choose section")

    summary = maria.page.get_by_role("alert")
    expect(summary).to_be_focused()
    assert maria.page.title().startswith("Error:")
    summary.get_by_role("link", name="Choose a class").click()
    expect(maria.page.get_by_role("radio").first).to_be_focused()
