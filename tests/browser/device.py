"""A browser of somebody's own: what it shows, what it complained about, and whom it asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, Response

from tests.portal_stack import RunningPortal

LAPTOP = {"width": 1366, "height": 768}
PATIENCE_MS = 15_000


class Device:
    """One browser with cookies of its own; `page` is the tab in front."""

    def __init__(self, chromium: Browser, portal: RunningPortal, **options: Any) -> None:
        self.portal = portal
        self.sandbox = portal.sandbox
        self.complaints: list[str] = []
        self.foreign: list[str] = []
        self.answer: Response | None = None
        self.context = chromium.new_context(**({"viewport": LAPTOP} | options))
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.on("console", self._hear)
        self.context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        self.context.on("request", self._see)
        self.context.on("response", self._keep_page)
        self.page = self.context.new_page()

    def new_tab(self) -> Page:
        """Another tab of the same browser; `page` stays where it is."""
        return self.context.new_page()

    def open(self, path: str) -> None:
        self.page.goto(self.portal.url + path)

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def open_clever_portal(self, name: str, district: str = "Lincoln USD") -> None:
        """Sign in at Clever as this person, and stay on its Portal page."""
        query = urlencode({"district_id": self.sandbox.cast(district).id, "q": name})
        self.page.goto(f"{self.sandbox.url}/login?{query}")
        self.page.get_by_role("button", name=name, exact=True).click()
        self.page.get_by_role("heading", name="Clever Portal").wait_for()

    def sign_in(self, name: str, district: str = "Lincoln USD") -> None:
        """The way teachers and students come in; who is new and asked makes a new account (S4)."""
        self.arrive(name, district)
        if self.path == "/sign-in/question":
            self.page.get_by_label("No. Make a new account for me").check()
            self.press("Continue")

    def arrive(self, name: str, district: str = "Lincoln USD") -> None:
        """The Rosterly icon in the Clever Portal, up to the first page of ours (S2)."""
        self.open_clever_portal(name, district)
        self.page.get_by_role("link", name="Rosterly").click()
        self.page.wait_for_url(f"{self.portal.url}/**")

    def press(self, name: str) -> None:
        self._click(self.page.get_by_role("button", name=name, exact=True))

    def follow(self, name: str) -> None:
        self._click(self.page.get_by_role("link", name=name, exact=True).first)

    def _click(self, target: Locator) -> None:
        """Click, and wait for the page that it leads to, if it leads to one."""
        target.click()
        self.page.wait_for_load_state("domcontentloaded")

    @property
    def title(self) -> str:
        return self.page.locator("h1").inner_text()

    @property
    def text(self) -> str:
        return " ".join(self.page.locator("main").inner_text().split())

    def _hear(self, message: ConsoleMessage) -> None:
        """Chromium also complains of every answer of 400 and more, which is ours to give."""
        ours = message.text.startswith("Failed to load resource: the server responded")
        if message.type in ("error", "warning") and not ours:
            self.complaints.append(f"{message.text} at {message.location.get('url')}")

    def _keep_page(self, response: Response) -> None:
        """The page in front as the server sent it."""
        if response.request.is_navigation_request() and not 300 <= response.status < 400:
            self.answer = response

    def _see(self, request: Request) -> None:
        """Note what no page of ours may ask for: anything that is not ours (gate 6)."""
        asked = origin(request.url)
        to_clever = asked == self.sandbox.url and request.is_navigation_request()
        if asked == self.portal.url or to_clever:
            return
        if origin(request.frame.url) != self.sandbox.url:
            self.foreign.append(request.url)


def origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
