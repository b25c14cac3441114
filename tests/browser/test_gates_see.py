"""The gates themselves: each one finds the fault that it is there for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import gates
from tests.browser.html_checker import HtmlChecker

Check = Callable[[Page], Iterator[str]]
HEAD = "<!doctype html><html lang='en'><title>Part</title><main><h1>Part</h1>"

FAULTS: dict[str, tuple[Check, str, str]] = {
    "a picture without words": (
        lambda page: gates.accessibility_faults(page, "here"),
        "<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>",
        "image-alt",
    ),
    "a small button": (
        gates.small_buttons,
        "<button class='button' style='block-size: 30px'>Save</button>",
        "small target: Save",
    ),
    "a line that is too long": (
        gates.sideways_faults,
        "<p style='inline-size: 2000px'>wide</p>",
        "sideways",
    ),
    "words that need more room": (
        gates.sideways_faults,
        "<pre style='font: 16px monospace'>Thirty-five letters that just fit.</pre>",
        "spaced",
    ),
    "words that are cut off once they are longer": (
        gates.crowded_parts,
        "<p style='inline-size: 8ch; white-space: nowrap'>Eight ch</p>",
        'ltr: "EightEi chc" sticks out',
    ),
    "a fixed place on the left": (
        gates.crowded_parts,
        "<p><span style='position: absolute; right: 8px'>Here</span>Part</p>",
        'rtl: "HereHe" lies over "PartPa"',
    ),
    "a focus without a ring": (
        gates.focus_faults,
        "<a href='#' style='outline: none'>Help</a>",
        "focus on Help: it has no ring",
    ),
    "a focus behind a bar": (
        gates.focus_faults,
        "<div style='position: fixed; inset: 0; z-index: 1'></div><a href='#'>Help</a>",
        "focus on Help: it is covered",
    ),
    "a control that Tab leaves out": (
        gates.focus_faults,
        "<a href='#'>Help</a><button tabindex='-1'>Save</button>",
        "Tab reaches 1 of 2",
    ),
    "a part that moves": (
        gates.moving_parts,
        "<style>@keyframes go { to { opacity: 0 } } p { animation: go 9s }</style><p>Part</p>",
        "1 parts move",
    ),
}


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport=gates.PHONE)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_gate_finds(fault: str, page: Page) -> None:
    check, html, words = FAULTS[fault]
    page.set_content(HEAD + html)
    page.evaluate(gates.AXE.read_text())

    assert words in "\n".join(check(page))


def test_a_healthy_page_passes_every_gate(page: Page) -> None:
    page.set_content(f"{HEAD}<a href='#' style='outline: 2px solid'>Help</a></main>")
    page.evaluate(gates.AXE.read_text())

    for check, _, _ in FAULTS.values():
        assert list(check(page)) == []


def test_the_html_checker_finds_an_attribute_that_does_not_exist(
    html_checker: HtmlChecker,
) -> None:
    found = html_checker.faults(gates.WRAPPED.format("<p hx-get='/'>Part</p>"))

    assert "hx-get" in "\n".join(found)
