"""The gates every page and state must pass (experience.md 3.1): each check answers with faults."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.device import LAPTOP, Device
from tests.browser.html_checker import HtmlChecker
from tests.servers import ROOT

AXE = ROOT / ".tools" / "axe-core" / "axe.min.js"
SCRIPTS = Path(__file__).with_name("scripts")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CHROMEBOOK = {"width": 1366, "height": 625}  # what a small laptop leaves inside its window
PHONE = {"width": 390, "height": 844}
ZOOMED = {"width": 320, "height": 256}  # 1280 by 1024 at 400 %
MOST_STOPS = 120
UNFOLD = "() => document.querySelectorAll('details').forEach((each) => { each.open = true })"
WRAPPED = (
    "<!doctype html>\n<html lang='en'><head><title>Part</title></head>"
    "<body><h1>Part</h1>\n{}\n</body></html>"
)


class Gates:
    """Visits states, runs every check on each, and gathers what is wrong."""

    def __init__(self, checker: HtmlChecker) -> None:
        self._checker = checker
        self._found: list[str] = []
        self._seen: set[str] = set()

    def visit(self, device: Device, name: str, status: int = 200) -> None:
        """Check the page in front of somebody, as it was sent and as it is."""
        assert device.answer, name
        assert device.answer.status == status, f"{name}: {device.answer.status}"
        self._check_html(name, device.answer.text())
        self._found += [f"{name}: {fault}" for fault in faults_of(device)]
        for number, part in enumerate(live_parts(device)):
            self.check_part(f"{name}, part {number + 1}", part)

    def check_part(self, name: str, part: str) -> None:
        """A fragment that the page fetches, or that was fetched some other way."""
        self._check_html(name, WRAPPED.format(part))

    def passed(self) -> bool:
        """Nothing was found on the way."""
        assert self._seen, "no page was visited"
        assert not self._found, "\n".join(self._found)
        return True

    def _check_html(self, name: str, html: str) -> None:
        assert name not in self._seen, f"two states are called {name}"
        self._seen.add(name)
        self._found += [f"{name}: {fault}" for fault in self._checker.faults(html)]


def faults_of(device: Device) -> Iterator[str]:
    """Every check on the page with its folds open; the window is a laptop's again afterwards."""
    page = device.page
    page.evaluate(AXE.read_text())
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(UNFOLD)
    yield from moving_parts(page)
    yield from accessibility_faults(page, "light laptop")
    yield from small_buttons(page)
    yield from memory_faults(device)
    yield from crowded_parts(page)
    page.set_viewport_size(CHROMEBOOK)
    yield from focus_faults(page)
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size(PHONE)
    yield from accessibility_faults(page, "dark phone")
    yield from sideways_faults(page)
    yield from crowded_parts(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(ZOOMED)
    yield from sideways_faults(page)
    page.set_viewport_size(LAPTOP)


def accessibility_faults(page: Page, where: str) -> Iterator[str]:
    """WCAG 2.2 AA and good practice, as axe sees them (gate 1)."""
    for each in page.evaluate((SCRIPTS / "axe.js").read_text(), RULES):
        yield f"axe, {where}: {each['id']} at {each['targets']}: {each['help']}"


def moving_parts(page: Page) -> Iterator[str]:
    """Nothing moves for those who asked for no motion (gate 13)."""
    if moving := page.evaluate("() => document.getAnimations().length"):
        yield f"{moving} parts move in spite of reduced motion"


def small_buttons(page: Page) -> Iterator[str]:
    """Main actions are at least 44 pixels high and wide (gate 11)."""
    for each in page.evaluate((SCRIPTS / "small_buttons.js").read_text()):
        yield f"small target: {each}"


def sideways_faults(page: Page) -> Iterator[str]:
    """No sideways scroll, also with wider text spacing (gates 9 and 10, WCAG 1.4.10, 1.4.12)."""
    for each in page.evaluate((SCRIPTS / "sideways.js").read_text()):
        yield f"sideways at {page.viewport_size}: {each}"


def crowded_parts(page: Page) -> Iterator[str]:
    """Words 40 % longer fit and overlap nothing, from the left and from the right (gate 22)."""
    for each in page.evaluate((SCRIPTS / "crowded.js").read_text()):
        yield f"crowded at {page.viewport_size}, {each}"


def focus_faults(page: Page) -> Iterator[str]:
    """Tab reaches every control, and each stop is in view with a ring (gate 8, WCAG 2.4.11).

    The page itself looks after each Tab, so that nobody waits for an answer between two.
    """
    wanted = page.evaluate((SCRIPTS / "focus.js").read_text())
    for pressed in range(MOST_STOPS):
        if pressed >= wanted and page.evaluate("() => stops.end"):
            break
        page.keyboard.press("Tab")
    seen = page.evaluate((SCRIPTS / "focus_end.js").read_text())
    yield from seen["faults"]
    if seen["reached"] < wanted:
        yield f"Tab reaches {seen['reached']} of {wanted} controls"


def memory_faults(device: Device) -> Iterator[str]:
    """Nothing is left on the device: no storage, and no page in a cache (V05, V06)."""
    if device.page.evaluate("() => localStorage.length + sessionStorage.length"):
        yield "something is kept in the browser's storage"
    assert device.answer
    if not device.page.url.startswith(device.portal.url):
        return
    if device.answer.headers.get("cache-control") != "no-store":
        yield f"a page may be cached: {device.answer.headers.get('cache-control')}"


def live_parts(device: Device) -> list[str]:
    """What the page's own polls would be answered with just now."""
    addresses = device.page.evaluate(
        "() => [...document.querySelectorAll('[data-hx-get]')].map(each => each.dataset.hxGet)"
    )
    return [part_at(device, address) for address in addresses]


def part_at(device: Device, address: str) -> str:
    asked = {"HX-Request": "true", "HX-Request-Type": "partial"}
    return device.page.request.get(device.portal.url + address, headers=asked).text()
