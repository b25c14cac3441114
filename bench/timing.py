"""Stop-watches."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from statistics import median, quantiles

TICKS = os.sysconf("SC_CLK_TCK")


def seconds(step: Callable[[], object], clock: Callable[[], float] = time.perf_counter) -> float:
    """How long one step takes, with nobody else's garbage on its bill."""
    gc.collect()
    started = clock()
    step()
    return clock() - started


def cpu_seconds(pids: Iterable[int]) -> float:
    """What these processes have worked so far: other people's work on the machine is not in it."""
    stats = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in pids]
    return sum(int(stat[11]) + int(stat[12]) for stat in stats) / TICKS


def p50(measured: Sequence[float]) -> float:
    return median(measured)


def p95(measured: Sequence[float]) -> float:
    return quantiles(measured, n=100, method="inclusive")[94]


def p99(measured: Sequence[float]) -> float:
    return quantiles(measured, n=100, method="inclusive")[98]
