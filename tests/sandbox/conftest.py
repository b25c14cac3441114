"""A running sandbox Clever for these tests, put back to its first day before each."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.asking import App
from tests.sandbox_clever import Cast, RunningSandbox


@pytest.fixture(scope="session")
def one_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    with RunningSandbox(tmp_path_factory.mktemp("sandbox")) as running:
        yield running


@pytest.fixture
def sandbox(one_sandbox: RunningSandbox) -> RunningSandbox:
    one_sandbox.reset()
    return one_sandbox


@pytest.fixture
def cast(sandbox: RunningSandbox) -> Cast:
    return sandbox.cast()


@pytest.fixture
def district(sandbox: RunningSandbox) -> Iterator[App]:
    """The app with Lincoln's token."""
    with App(sandbox, sandbox.district_token()) as app:
        yield app
