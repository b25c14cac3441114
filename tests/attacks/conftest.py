"""The whole portal, and people who try its doors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.attacks.world import World, made_world
from tests.faults.parts import Stack
from tests.faults.teaching import Teacher
from tests.sandbox_clever import RunningSandbox


@pytest.fixture
def sandbox(stack: Stack) -> RunningSandbox:
    return stack.portal.sandbox


@pytest.fixture
def new_browser(stack: Stack) -> Iterator[Callable[[], Teacher]]:
    with ExitStack() as browsers:

        def make() -> Teacher:
            browser = Teacher(stack.portal.url, stack.portal.sandbox)
            browsers.callback(browser.close)
            return browser

        yield make


@pytest.fixture
def new_person(new_browser: Callable[[], Teacher]) -> Callable[[str], Teacher]:
    """Signs a person of Clever in, in a browser of their own."""

    def sign_in(person_id: str) -> Teacher:
        browser = new_browser()
        browser.sign_in(person_id)
        return browser

    return sign_in


@pytest.fixture
def world(
    sandbox: RunningSandbox,
    new_browser: Callable[[], Teacher],
    new_person: Callable[[str], Teacher],
) -> World:
    return made_world(sandbox, new_person, new_browser())
