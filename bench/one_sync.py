"""Carries one run to its end in a process of its own, as a worker's child does, and its cost."""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path

from jobs import sync_section
from jobs import worker as _everything_a_worker_has_imported  # noqa: F401
from portal import database
from portal.settings import Settings


def megabytes(field: str) -> float:
    """Memory of this process as the kernel sees it: VmRSS now, VmHWM at most."""
    found = re.search(rf"{field}:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert found
    return int(found[1]) / 1024


if __name__ == "__main__":
    settings = Settings.from_env()
    database.init(settings.database_url)
    before, started = megabytes("VmRSS"), time.perf_counter()
    sync_section.perform(sys.argv[1])
    took = time.perf_counter() - started
    print(json.dumps({"seconds": took, "above": megabytes("VmHWM") - before}))
