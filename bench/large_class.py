"""A class of 10,000 through the sandbox Clever: seconds and memory (trust.md L4)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.contestants import opened
from bench.table import Line
from portal import clock
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.roster.records import ClassRecord
from tests.rosters import RIVERA, account_of, section_of
from tests.sandbox_clever import Cast, RunningSandbox

STUDENTS = 10_000
PAGE_SIZES = (100, 10_000)


def through_the_sandbox(folder: Path) -> Iterator[Line]:
    with RunningSandbox(folder) as sandbox:
        cast = sandbox.add_district(
            "Bench USD", schools=1, teachers=1, sections=1, students_per_section=STUDENTS
        )
        for page_size in PAGE_SIZES:
            url = f"sqlite:///{folder}/pages-of-{page_size}.sqlite3"
            cost = _cost(_requested(url, cast), _environment(sandbox, url, page_size))
            pages = f"{STUDENTS:,} students, pages of {page_size:,}"
            yield Line(f"{pages}: seconds", cost["seconds"], "s", goal="60 s")
            yield Line(f"{pages}: above imports", cost["above"], "MB", goal="200 MB in all")


def _requested(url: str, cast: Cast) -> str:
    """The id of a run that waits for a worker."""
    (class_id,) = cast.sections.values()
    with opened(url):
        roster_class = ClassRecord(class_id, cast.id, "Bench", (), ())
        section = section_of(roster_class, account_of(RIVERA))
        run, _ = SyncRun.request(section, RunSource.FIRST, clock.now())
        return str(run.public_id)


def _cost(run_id: str, environment: dict[str, str]) -> dict[str, float]:
    said = subprocess.check_output(
        [sys.executable, "-m", "bench.one_sync", run_id], env=os.environ | environment
    )
    cost: dict[str, float] = json.loads(said.splitlines()[-1])
    return cost


def _environment(sandbox: RunningSandbox, url: str, page_size: int) -> dict[str, str]:
    return {
        "PORTAL_URL": "http://localhost:8000",
        "SECRET_KEY": "a-secret-for-tests-that-is-long-enough",
        "DATABASE_URL": url,
        "REDIS_URL": "redis://localhost",
        "CLEVER_CLIENT_ID": sandbox.client_id,
        "CLEVER_CLIENT_SECRET": sandbox.client_secret,
        "CLEVER_AUTH_URL": sandbox.url,
        "CLEVER_API_URL": sandbox.url,
        "CLEVER_PAGE_SIZE": str(page_size),
    }
