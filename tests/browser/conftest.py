"""Chromium, and the whole portal running beside a sandbox Clever."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.html_checker import HtmlChecker, running_html_checker
from tests.portal_stack import RunningPortal, running_portal

ALONE = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# The shell draws pages as Chromium does, without the window around them: a fifth of the time less.
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
NewDevice = Callable[..., Device]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    assert path, "Chromium is not installed: run .ci/setup-test-tools"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ALONE)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def session_portal(
    tmp_path_factory: pytest.TempPathFactory, valkey_url: str
) -> Iterator[RunningPortal]:
    """Pages of 100 students, so that the class of 250 needs three (issue 2, done when)."""
    folder = tmp_path_factory.mktemp("portal")
    with running_portal(folder, valkey_url, CLEVER_PAGE_SIZE="100") as portal:
        yield portal


@pytest.fixture
def portal(session_portal: RunningPortal) -> RunningPortal:
    """The running portal with nothing in it, and Clever as on its first day."""
    session_portal.forget_everything()
    return session_portal


@pytest.fixture
def new_device(chromium: Browser, portal: RunningPortal) -> Iterator[NewDevice]:
    """Makes browsers; none may complain in its console or ask a stranger for anything."""
    devices: list[Device] = []

    def make(**options: Any) -> Device:
        devices.append(Device(chromium, portal, **options))
        return devices[-1]

    yield make
    complaints = [complaint for device in devices for complaint in device.complaints]
    strangers = [url for device in devices for url in device.foreign]
    for device in devices:
        device.context.close()
    assert not complaints
    assert not strangers


@pytest.fixture
def maria(new_device: NewDevice) -> Device:
    """Ms Rivera at her laptop, on My Dashboard."""
    device = new_device()
    device.sign_in("Maria Rivera")
    return device


@pytest.fixture(scope="session")
def html_checker() -> Iterator[HtmlChecker]:
    with running_html_checker() as checker:
        yield checker


@pytest.fixture
def gates(html_checker: HtmlChecker) -> Gates:
    """Checks every page it is shown."""
    return Gates(html_checker)
