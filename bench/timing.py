"""Stop-watches: what is compared runs in turn, so that a busy machine slows both alike."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from statistics import median, quantiles

Step = Callable[[], object]


def seconds(step: Step) -> float:
    """How long one step takes, with nobody's garbage on its bill."""
    gc.collect()
    started = time.perf_counter()
    step()
    return time.perf_counter() - started


def in_turn(rounds: int, *steps: Callable[[int], float]) -> list[float]:
    """The median of what each step measures; every round has one turn of each."""
    turns = [[step(number) for step in steps] for number in range(rounds)]
    return [median(column) for column in zip(*turns, strict=True)]


def p50(measured: Sequence[float]) -> float:
    return median(measured)


def p99(measured: Sequence[float]) -> float:
    return quantiles(measured, n=100, method="inclusive")[98]
