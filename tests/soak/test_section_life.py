"""A section's life, a hundred times and each time another one (trust.md G7)."""

from __future__ import annotations

import pytest

from jobs import queue
from tests.lives import live
from tests.section_life import SectionLife
from tests.servers import RunningValkey

LIVES = 100  # of fifty steps


@pytest.mark.soak
@pytest.mark.usefixtures("database")
def test_five_thousand_steps_of_a_sections_life_keep_every_invariant(
    empty_valkey: RunningValkey,
) -> None:
    queue.init(empty_valkey.url)
    live(SectionLife, LIVES, derandomize=False)
