"""Workers that die at any moment of a run: before it saves, in the transaction, after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st

from portal.database import db
from portal.models.syncs.sync_runs import SyncRun, Wish
from portal.roster.records import PersonRecord
from portal.sync import sync_section
from tests.section_life.model import Change, Life, Picture, changes, may_happen, people


class Killed(BaseException):
    """Nobody catches it, as nobody catches SIGKILL."""


class Workers(Life):
    @may_happen(statements=st.integers(1, 40), preview=st.booleans(), by=people, change=changes)
    def die_and_be_followed_by_another(
        self, statements: int, preview: bool, by: PersonRecord, change: Change
    ) -> None:
        """The list is as it was or as it was to be; the next worker makes an end of the run."""
        self.change_clever(change)
        before = Picture.of(self.row)
        run = self.asked(by, wish=Wish(preview=preview))
        with dying_after(statements):
            sync_section(run, self.reading())
        left: SyncRun = SyncRun.get_by_id(run.id)
        if not left.finished:
            assert Picture.of(self.row) == before
            SyncRun.update(lease_until=0).where(SyncRun.id == run.id).execute()
            assert self.carried_out(left).finished


@contextmanager
def dying_after(statements: int) -> Iterator[None]:
    """The process ends before its next statement, with a transaction open or without."""
    original, left = db.obj.execute_sql, iter(range(statements))

    def execute_sql(*rest: Any, **named: Any) -> Any:
        if next(left, None) is None:
            db.obj.execute_sql = original
            raise Killed
        return original(*rest, **named)

    db.obj.execute_sql = execute_sql
    try:
        yield
    except Killed:
        pass
    finally:
        del db.obj.execute_sql
