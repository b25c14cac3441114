"""An undo puts the list back as it was, and the same comes again only on a person's yes (Y8)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from portal.database import db
from portal.models.accounts import Account
from portal.models.sections import Section
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.records import StudentRecord
from portal.undoing import Undone, undo
from tests.rosters import (
    RIVERA,
    account_of,
    algebra,
    reading,
    section_of,
    student,
    students,
    synced,
)

pytestmark = pytest.mark.usefixtures("database")

GRACE = replace(student(2), given_name="Grace", family_name="Hopper")
BAND = algebra("c2", name="Band")
LISTS = """
    SELECT section_id, account_id, sourced_id, started_at, ended_at, ended_by_id, display_name
    FROM enrollments ORDER BY section_id, account_id
"""
NAMES = "SELECT id, given_name, family_name, sort_name FROM accounts ORDER BY id"
OVERRIDES = "SELECT section_id, account_id, kind, until, made_at, ended_at FROM roster_overrides"


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    """Students 1 to 26, and two who left: 30 and 31."""
    made = section_of(algebra(), rivera)
    synced(made, reading(*students(26), student(30), student(31)))
    synced(made, reading(*students(26)))
    return made


def changed() -> list[StudentRecord]:
    """Two left, one is back, one is new, one is called otherwise."""
    return [GRACE, *students(23, first=4), student(30), student(40)]


def snapshot() -> list[Any]:
    """Lists, names and overrides that stand, as the tables have them."""
    standing = f"{OVERRIDES} WHERE ended_at IS NULL ORDER BY account_id, made_at"
    return [db.execute_sql(sql).fetchall() for sql in (LISTS, NAMES, standing)]


def undone(run: SyncRun, by: Account, *rest: Any) -> Undone:
    done = undo(run, by, *rest)
    assert isinstance(done, Undone)
    return done


def test_a_whole_run_is_undone_to_the_last_column(section: Section, rivera: Account) -> None:
    before = snapshot()
    run = synced(section, reading(*changed()), rivera)
    assert (run.added_count, run.removed_count, run.updated_count) == (2, 2, 1)

    made = undone(run, rivera).run
    student_40 = Account.get(Account.family_name == "Family00040")
    after = snapshot()
    assert after[0] == before[0]
    assert [row for row in after[1] if row[0] != student_40.id] == list(before[1])
    assert (made.added_count, made.removed_count, made.updated_count) == (2, 2, 1)
    assert (made.count_before, made.count_after, made.unchanged_count) == (26, 26, 23)
