"""Keeps a run's lease alive while its worker lives, and only then."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from peewee import OperationalError

from portal.database import db
from portal.models.sync_runs import RunLost, SyncRun

RENEW_SECONDS = 5.0


@contextmanager
def kept(run: SyncRun) -> Iterator[None]:
    """Renew the lease from a thread, so that a slow page is not taken for a dead worker (F31)."""
    done = threading.Event()
    thread = threading.Thread(target=_renew, args=(run, done), daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _renew(run: SyncRun, done: threading.Event) -> None:
    while not done.wait(RENEW_SECONDS):
        try:
            with db.connection_context():
                run.renew()
        except RunLost:
            return
        except OperationalError:
            continue  # The database is busy; the lease outlasts three of these.
