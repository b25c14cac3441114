"""Takes the pictures of the README; not part of `make test`. Run it with `make pictures`."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.device import Device
from tests.browser.school_office import SchoolOffice
from tests.browser.teaching import ALGEBRA, choose_class, finished, save, sync
from tests.servers import ROOT

FOLDER = ROOT / "docs" / "pictures"
MOST_BYTES = 200 * 1024


def test_the_picker_that_warns(maria: Device) -> None:
    rocket = maria.sandbox.cast().students["Rocket 🚀 Bloom"]
    maria.sandbox.rename(rocket, "Rocco", "Bloom")  # Not every machine has a picture of a rocket.
    maria.open("/sections/new/clever")
    maria.page.get_by_label("Find a class").fill("algebra")
    maria.press("Find")
    warned = maria.page.locator(".choice-group").first
    expect(warned).to_contain_text("nearly the same name")

    take(maria.page, "picker")


def test_a_sync_that_has_finished(maria: Device) -> None:
    choose_class(maria, ALGEBRA)
    save(maria)
    finished(maria.page)
    maria.follow("Manage students")
    SchoolOffice(maria, ALGEBRA).changes_three_students()
    expect(sync(maria)).to_contain_text("Your list matches Clever")

    take(maria.page, "synced")


def take(page: Page, name: str) -> None:
    page.evaluate("() => document.fonts.ready")
    path = FOLDER / f"{name}.png"
    page.screenshot(path=path)
    assert path.stat().st_size <= MOST_BYTES
