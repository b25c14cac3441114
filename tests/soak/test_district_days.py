"""Five hundred days in a district, each time others, with workers killed at random moments (Y3)."""

from __future__ import annotations

import os
import random
import select
import signal
import sys
from collections import Counter

import pytest

from portal import database
from tests.days.databases import kind as kind
from tests.days.databases import two_databases as two_databases
from tests.days.life import days_of
from tests.days.portals import Portal, Work
from tests.districts.whole import settings_of
from tests.lives import live
from tests.sandbox_clever import RunningSandbox
from tests.servers import RunningValkey

LIVES = {"sqlite": 8, "postgresql": 2}  # of fifty days
LONGEST_LIFE = 0.2  # seconds: as long as a look at the feed or a whole read takes here


@pytest.mark.soak
def test_five_hundred_days_end_the_same_however_many_workers_die(
    kind: str,
    two_databases: tuple[str, str],
    sandbox: RunningSandbox,
    empty_valkey: RunningValkey,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_of(sandbox, two_databases[0], empty_valkey.url)
    ended: Counter[str] = Counter()

    def worker(portal: Portal, work: Work) -> bool:
        finished = mortal(portal, work)
        ended["finished" if finished else "killed"] += 1
        return finished

    live(days_of(sandbox, settings, two_databases, worker), LIVES[kind], derandomize=False)
    with capsys.disabled():
        sys.stdout.write(f"\nDays of a district on {kind}: of the workers {dict(ended)}\n")
    assert ended["killed"] > ended["finished"] / 10


def mortal(portal: Portal, work: Work) -> bool:
    """A worker that may be killed wherever it is; whether it finished its work before."""
    database.close()
    worker = os.fork()
    if worker == 0:
        _die_after(portal, work)
    watched = os.pidfd_open(worker)
    finished, _, _ = select.select([watched], [], [], random.uniform(0.0, LONGEST_LIFE))
    os.close(watched)
    if not finished:
        os.kill(worker, signal.SIGKILL)
    _, status = os.waitpid(worker, 0)
    database.init(portal.settings.database_url)
    database.db.connect()
    return os.waitstatus_to_exitcode(status) == 0


def _die_after(portal: Portal, work: Work) -> None:
    """As a work horse of RQ does: nothing of the parent is touched on the way out."""
    status = 1
    try:
        with portal.open():
            work()
        status = 0
    finally:
        os._exit(status)
