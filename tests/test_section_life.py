"""Whatever happens to a section, in whatever order, the invariants hold (trust.md G7)."""

from __future__ import annotations

import pytest

from jobs import queue
from tests.lives import live
from tests.section_life import SectionLife
from tests.servers import RunningValkey

LIVES = 10  # of fifty steps; `make soak` lives a hundred and more, each time others


@pytest.mark.usefixtures("database")
def test_five_hundred_steps_of_a_sections_life_keep_every_invariant(
    empty_valkey: RunningValkey,
) -> None:
    queue.init(empty_valkey.url)
    live(SectionLife, LIVES, derandomize=True)
