"""Ms Park, whose district has not connected: she has added the app from Clever Library."""

from __future__ import annotations

from tests.browser.device import Device

DISTRICT = "Juniper Falls Schools"
PARK, SANDOVAL = "Helen Park", "Victor Sandoval"
SCIENCE, MATH = "Life Science - Period 2", "Math 6 - Period 4"


def signs_in(device: Device, name: str = PARK) -> None:
    device.sign_in(name, DISTRICT)


def updates_her_classes(device: Device) -> None:
    """The button on the Clever page, until its panel asks no more."""
    device.press("Update class rosters")
    device.page.locator("#roster-update[data-state]:not([data-hx-get])").wait_for(timeout=20_000)


def her_day_is_over(device: Device) -> None:
    """Her token is gone, as it is in a session that a password began."""
    device.portal.execute("DELETE FROM library_tokens")


def class_id(device: Device, name: str = SCIENCE) -> str:
    return device.sandbox.cast(DISTRICT).sections[name]
