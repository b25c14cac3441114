"""What a teacher does on the pages, and what an office does on the sandbox's control page."""

from __future__ import annotations

from playwright.sync_api import Locator, Page

from tests.browser.device import Device

ALGEBRA = "Algebra I - Period 3"
TWIN = "Algebra 1 - Period 3"
COURSE = "First Steps in Code"


def create_section(device: Device, class_name: str = ALGEBRA, course: str = "") -> None:
    """From My Dashboard to the success page, its first sync finished."""
    choose_class(device, class_name)
    save(device, course)
    finished(device.page)


def choose_class(device: Device, class_name: str) -> None:
    """The dialog, the Clever tile, the picker: up to the page that follows the choice."""
    device.follow("Create a section")
    device.press("Continue")
    pick(device, class_name)


def pick(device: Device, class_name: str) -> None:
    device.page.get_by_role("radio", name=class_name, exact=True).check()
    device.press("Choose section")


def save(device: Device, course: str = "") -> None:
    if course:
        device.page.get_by_label("Course (optional)").select_option(course)
    device.press("Save")
    device.page.wait_for_url("**/ready")


def panel(page: Page) -> Locator:
    return page.locator("#roster-sync")


def finished(page: Page, drawn_before: str = "") -> Locator:
    """The panel, once its sync has ended; `drawn_before` is the key of the panel before it."""
    busy = "[data-state=queued], [data-state=running]"
    old = f", :has([name=idempotency_key][value='{drawn_before}'])" if drawn_before else ""
    page.locator(f"#roster-sync:not({busy}{old})").wait_for(timeout=20_000)
    return panel(page)


def sync(device: Device, button: str = "Sync students from Clever") -> Locator:
    """Press the button and wait for the end; every panel drawn has a key of its own."""
    key = panel(device.page).locator("[name=idempotency_key]").first.input_value()
    device.press(button)
    return finished(device.page, drawn_before=key)


def class_id(device: Device, class_name: str = ALGEBRA) -> str:
    return device.sandbox.cast().sections[class_name]


def slow_down(device: Device, seconds: float = 3, path: str = "role=student") -> None:
    """Let Clever's next answer of this kind take its time, so that a sync can be watched."""
    device.sandbox.fail_next("slow", path_contains=path, seconds=seconds)


def names_of(part: Locator) -> list[str]:
    return part.locator("bdi").all_inner_texts()


def names_told(done: Locator, label: str) -> list[str]:
    """Whom a finished sync names beside `Added:`, `Removed:` or `Renamed:`."""
    return names_of(done.locator(".changes > div").filter(has_text=label))
