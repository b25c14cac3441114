"""What a first view weighs on the line, all files together (experience.md 3.1, gates 4 to 6)."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Request

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.teaching import choose_class, finished, save, slow_down

KILOBYTE = 1024
FIRST_VIEW, STYLES, SCRIPTS = 40 * KILOBYTE, 10 * KILOBYTE, 18 * KILOBYTE
NEXT_VIEW, POLL = 10 * KILOBYTE, KILOBYTE
MOST_REQUESTS = 5  # the page, its style, two scripts and the icon


@pytest.fixture
def section(maria: Device) -> str:
    """The path of the heaviest page there is: a section of 250."""
    choose_class(maria, "Band - All Grades")
    save(maria)
    finished(maria.page)
    maria.follow("Manage students")
    return maria.path


def first_view(new_device: NewDevice, path: str, **options: Any) -> list[Request]:
    """Everything a browser asks for that has never been here."""
    device, asked = new_device(**options), []
    device.context.on("requestfinished", lambda request: asked.append(request))
    device.open(path)
    device.page.wait_for_load_state("networkidle")
    return asked


def weight(requests: list[Request], kind: str = "") -> int:
    """Bytes as they travel, headers too; `kind` as Chromium names it: stylesheet, script."""
    return sum(travelled(each) for each in requests if kind in ("", each.resource_type))


def travelled(request: Request) -> int:
    """Nothing for what the browser still had."""
    sizes = request.sizes()
    return sizes["responseBodySize"] + sizes["responseHeadersSize"]


def test_a_first_view_is_light(maria: Device, section: str, new_device: NewDevice) -> None:
    signed_in = maria.context.storage_state()
    for path in ("/dashboard", "/sections/new/clever", section):
        asked = first_view(new_device, path, storage_state=signed_in)

        assert weight(asked) <= FIRST_VIEW, path
        assert weight(asked, "stylesheet") <= STYLES
        assert weight(asked, "script") <= SCRIPTS
        assert len(asked) <= MOST_REQUESTS


def test_the_sign_in_page_is_light(new_device: NewDevice) -> None:
    assert weight(first_view(new_device, "/sign-in")) <= FIRST_VIEW / 2


def test_a_second_view_asks_for_the_page_alone(maria: Device, section: str) -> None:
    asked: list[Request] = []
    maria.page.wait_for_load_state("networkidle")
    maria.context.on("requestfinished", lambda request: asked.append(request))
    maria.open(section)
    maria.page.wait_for_load_state("networkidle")

    sent = [each for each in asked if travelled(each)]
    assert [each.resource_type for each in sent] == ["document"]
    assert weight(sent) <= NEXT_VIEW


def test_a_poll_is_light(maria: Device, section: str) -> None:
    slow_down(maria, path="/districts/")
    slow_down(maria)
    with maria.page.expect_request_finished(lambda asked: asked.url.endswith("/panel")) as poll:
        maria.press("Sync students from Clever")

    assert poll.value.sizes()["responseBodySize"] <= POLL
    finished(maria.page)
