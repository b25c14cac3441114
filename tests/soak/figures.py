"""The figures of a soak, printed at its end for the note that goes with them."""

from __future__ import annotations

import os
import random
import sys
from collections import Counter
from dataclasses import dataclass, field

import pytest


def minutes(name: str, default: float) -> float:
    return float(os.environ.get(name, default))


def chosen_seed() -> int:
    """SOAK_SEED repeats an earlier soak's choices."""
    return int(os.environ.get("SOAK_SEED") or random.randrange(1_000_000))


@dataclass
class Figures:
    """What was done to the portal, and how long it took to be well again."""

    seed: int
    rounds: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)
    attempts: Counter[int] = field(default_factory=Counter)

    def lines(self) -> list[str]:
        waited = sorted(self.seconds)
        half = waited[len(waited) // 2]
        return [
            f"  seed {self.seed}: {self.rounds} rounds, {len(waited)} runs",
            f"  {self.kills.total()} kills: {dict(self.kills)}",
            f"  ended as {dict(self.outcomes)} after attempts {dict(self.attempts)}",
            f"  click to end: p50 {half:.1f} s, max {waited[-1]:.1f} s",
            f"  invariants I1 to I10 checked {self.rounds} times",
        ]

    def show(self, capsys: pytest.CaptureFixture[str], title: str) -> None:
        with capsys.disabled():
            sys.stdout.write("\n".join(["", title, *self.lines(), ""]))
