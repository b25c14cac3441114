"""Every change of a section's list as plain rows, a batch at a time: for a file (Y8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from peewee import JOIN, ModelSelect

from portal.models.accounts import Account
from portal.models.base import tuples_of
from portal.models.sections import Section
from portal.models.syncs.sync_changes import SyncChange
from portal.models.syncs.sync_runs import SyncRun

BATCH = 1000

_Undoing = SyncRun.alias("undoing")


class ListedChange(NamedTuple):
    """One student's change with the run that made it, and the reference of what took it back."""

    run_id: int
    id: int
    requested_at: datetime
    finished_at: datetime | None
    reference: str
    source: str
    count_before: int | None
    count_after: int | None
    starter_given_name: str | None
    starter_family_name: str | None
    kind: str
    had_place: bool
    moved_to: str
    given_name_before: str
    family_name_before: str
    given_name: str
    family_name: str
    grade_before: str
    grade: str
    undone_by: str | None


def change_count(section: Section) -> int:
    count: int = SyncChange.select().join(SyncRun).where(SyncRun.section == section).count()
    return count


def listed_changes(section: Section) -> Iterator[ListedChange]:
    """All of them, the newest run first; what is in memory is one batch."""
    found = _columns().where(SyncRun.section == section)
    found = found.order_by(SyncRun.id.desc(), SyncChange.id).limit(BATCH)
    batch = [ListedChange(*row) for row in tuples_of(found)]
    while batch:
        yield from batch
        batch = [ListedChange(*row) for row in tuples_of(found.where(_after(batch[-1])))]


def _columns() -> ModelSelect[SyncChange]:
    undone = SyncChange.undone_by_id == _Undoing.id
    return (
        SyncChange.select(
            SyncRun.id,
            SyncChange.id,
            SyncRun.requested_at,
            SyncRun.finished_at,
            SyncRun.reference,
            SyncRun.source,
            SyncRun.count_before,
            SyncRun.count_after,
            Account.given_name,
            Account.family_name,
            SyncChange.kind,
            SyncChange.had_place,
            SyncChange.moved_to,
            SyncChange.given_name_before,
            SyncChange.family_name_before,
            SyncChange.given_name,
            SyncChange.family_name,
            SyncChange.grade_before,
            SyncChange.grade,
            _Undoing.reference,
        )
        .join(SyncRun)
        .join(Account, JOIN.LEFT_OUTER, on=(SyncRun.started_by == Account.id))
        .join_from(SyncChange, _Undoing, JOIN.LEFT_OUTER, on=undone)
    )


def _after(last: ListedChange) -> Any:
    later_in_run = (SyncRun.id == last.run_id) & (SyncChange.id > last.id)
    return (SyncRun.id <= last.run_id) & ((SyncRun.id < last.run_id) | later_in_run)
