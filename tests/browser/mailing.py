"""Mail as the readers of the demo have it: on a page, with links that work."""

from __future__ import annotations

from playwright.sync_api import Locator

from tests.browser.device import Device
from tests.servers import wait_until

PASSWORD, OTHER_PASSWORD = "blue kettle seven", "green kettle eight"


def open_newest_mail(device: Device, address: str, subject: str) -> None:
    """Wait for this mail to this address, and press the first link in it."""
    wait_until(lambda: is_there(device, address, subject))
    mail_to(device, address, subject).get_by_role("link").first.click()
    device.page.wait_for_load_state("domcontentloaded")


def is_there(device: Device, address: str, subject: str) -> bool:
    device.open("/mail")
    return mail_to(device, address, subject).count() > 0


def mail_to(device: Device, address: str, subject: str) -> Locator:
    to = device.page.get_by_text(address, exact=True)
    return device.page.locator("article").filter(has=to).filter(has_text=subject)


def fill(device: Device, **fields: str) -> None:
    """By the names that the fields have in our forms."""
    for name, value in fields.items():
        device.page.locator(f"input[name={name}]").fill(value)


def sign_up(device: Device, address: str) -> None:
    """The whole way to a teacher's account, from the sign-in page to the dashboard."""
    device.open("/sign-up")
    fill(device, email=address)
    device.press("Send the link")
    open_newest_mail(device, address, "Make your Rosterly account")
    fill(device, given_name="Tunde", family_name="Oduya", password=PASSWORD)
    device.press("Make my account")
