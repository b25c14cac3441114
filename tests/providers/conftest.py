"""A hostile Clever for each test: one class of 26 students, read in pages of ten."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile_clever import HostileClever, hostile_clever


@pytest.fixture
def clever() -> Iterator[HostileClever]:
    with hostile_clever() as server:
        yield server


@pytest.fixture
def elsewhere() -> Iterator[HostileClever]:
    """Another origin, which must never hear from us."""
    with hostile_clever() as server:
        yield server
