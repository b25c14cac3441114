"""The audit log without what guards it: to empty it, and to do what it is to find out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from portal import database

TRIGGERS = """
    SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit_events'
"""


@contextmanager
def unguarded() -> Iterator[None]:
    """Its rows may be changed and deleted in the block, as by somebody who owns the database."""
    if database.is_postgresql():
        database.execute("ALTER TABLE audit_events DISABLE TRIGGER USER")
        yield
        database.execute("ALTER TABLE audit_events ENABLE TRIGGER USER")
        return
    triggers = database.execute(TRIGGERS).fetchall()
    for name, _ in triggers:
        database.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in triggers:
        database.execute(sql)
