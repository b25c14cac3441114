"""What was audited before the log was a chain becomes its first part (V10)."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from playhouse.migrations import Runner

from portal import clock, database
from portal.models.audit import AuditEvent
from portal.models.audit_chain import check
from tests.servers import RunningPostgres

BEFORE = "0010_a_sync_people_trust"
COLUMNS = ("id", "at", "actor", "action", "subject", "counts")
GAPS = (1, 2, 5, 9)


@pytest.fixture(params=["sqlite", "postgresql"])
def before(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """A database as it was before this migration."""
    url = f"sqlite:///{tmp_path / 'before.sqlite3'}"
    if request.param == "postgresql":
        server: RunningPostgres = request.getfixturevalue("postgres")
        url = server.create(f"before_{secrets.token_hex(4)}")
    database.init(url)
    with database.connected():
        Runner(database.db.obj, str(database.MIGRATIONS)).up(BEFORE)
        yield
    database.close()


@pytest.mark.usefixtures("before")
def test_v10_events_from_before_the_chain_are_chained_in_their_order() -> None:
    rows = [(number, 7, "ada", f"action {number}", "", "{}") for number in GAPS]
    database.insert_many("audit_events", COLUMNS, rows)
    database.migrate()
    AuditEvent.record(clock.now(), "ada", "the next", "")

    assert check().misfit is None
    done = [(event.id, event.action) for event in AuditEvent.select().order_by(AuditEvent.id)]
    assert done == [
        (1, "action 1"),
        (2, "action 2"),
        (3, "action 5"),
        (4, "action 9"),
        (5, "the next"),
    ]


@pytest.mark.usefixtures("before")
def test_a_portal_that_audited_nothing_yet_begins_a_chain() -> None:
    database.migrate()
    assert (check().misfit, check().head.length) == (None, 0)
