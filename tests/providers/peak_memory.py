"""Reads the roster of a Clever at an address, and says how it failed and what memory that took.

A program of its own: the kernel counts all of a process, the buffers of C libraries included, but
only ever upwards. `ru_maxrss` would not do, since a child takes over its parent's.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from portal.providers.base import FailureReason
from tests.healthy_district import HealthyDistrict
from tests.hostile_clever import HostileClever
from tests.providers.reading import failure
from tests.servers import ROOT


@dataclass(frozen=True)
class FailedRead:
    reason: FailureReason
    grown_megabytes: int


def failed_read(clever: HostileClever) -> FailedRead:
    """The same read in a fresh process."""
    command = [sys.executable, "-m", __name__, clever.origin]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    reason, grown = json.loads(answer.stdout)
    return FailedRead(FailureReason(reason), grown)


def megabytes(field: str) -> int:
    """What the kernel holds in memory for us: VmRSS now, VmHWM at most."""
    held = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert held
    return int(held[1]) // 1024


if __name__ == "__main__":
    before = megabytes("VmRSS")
    reason = failure(HostileClever(sys.argv[1], HealthyDistrict())).reason
    sys.stdout.write(json.dumps([reason, megabytes("VmHWM") - before]))
