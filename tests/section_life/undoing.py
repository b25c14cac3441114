"""See first, save exactly that, take it back: and it comes again on a person's yes alone."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from portal import clock
from portal.database import write
from portal.models.base import tuples_of
from portal.models.sections import SectionMode
from portal.models.syncs.planned_changes import PlannedChange
from portal.models.syncs.sync_changes import ChangeKind, SyncChange
from portal.models.syncs.sync_runs import OwnReason, RunState, SyncRun, Wish
from portal.models.syncs.undos import REMOVALS, UNDOABLE, WHOLE, Scope
from portal.roster.records import PersonRecord
from portal.sync import MADE
from portal.undoing import Refusal, Undone, asks_again, undo
from tests.section_life.model import Change, Life, Picture, changes, may_happen, people

PREVIEW = Wish(preview=True)
older = st.integers(0, 5)
one_student = st.just("one student")


class Undoing(Life):
    @may_happen(by=people, change=changes, since=st.none() | changes)
    def save_what_was_shown(self, by: PersonRecord, change: Change, since: Change | None) -> None:
        """Looking changes nothing; saving does exactly what was shown, or shows the other plan."""
        self.change_clever(change)
        before = Picture.of(self.row)
        shown = self.carried_out(self.asked(by, wish=PREVIEW))
        assert Picture.of(self.row) == before
        if shown.state != RunState.PREVIEWED:
            assert self.now.mode == SectionMode.PAUSED
            return
        if since is not None:
            self.change_clever(since)
        saved = self.carried_out(self.asked(by, wish=Wish(shown=shown)))
        if saved.state == RunState.PREVIEWED:
            assert since is not None
            assert (saved.reason, Picture.of(self.row)) == (OwnReason.CHANGED_SINCE, before)
        else:
            assert planned(shown) == made(saved)

    @may_happen()
    def leave_what_was_shown(self) -> None:
        before = Picture.of(self.row)
        shown = self.carried_out(self.asked(wish=PREVIEW))
        write(lambda: shown.dismiss(clock.now()))
        assert Picture.of(self.row) == before

    @may_happen(by=people, change=changes)
    def take_the_last_sync_back(self, by: PersonRecord, change: Change) -> None:
        """To the last column; the same comes again on nobody's but a person's word."""
        self.change_clever(change)
        before = Picture.of(self.row)
        run = self.sync(by=by)
        after = Picture.of(self.row)
        done = undo(run, self.accounts[by])
        if isinstance(done, Refusal):
            assert (done, after.listed) == (Refusal.NO_LIST, before.listed)
            return
        assert done.left == ()
        assert Picture.of(self.row) == before
        self.sync()
        assert Picture.of(self.row).listed == before.listed

    @may_happen(back=older, scope=st.sampled_from([WHOLE, REMOVALS]) | one_student, by=people)
    def take_an_older_run_back(self, back: int, scope: Any, by: PersonRecord) -> None:
        """As far as nobody changed it since; whatever is refused changes nothing."""
        run = self.older_run(back)
        scope = self.somebody_of(run) if scope == "one student" else scope
        before = Picture.of(self.row)
        done = undo(run, self.accounts[by], scope)

        if not isinstance(done, Undone):
            assert Picture.of(self.row) == before
        after = Picture.of(self.row)
        undo(run, self.accounts[by], scope)
        assert Picture.of(self.row) == after
        self.looked_at()

    @may_happen(back=older, change=changes)
    def take_back_in_mid_read(self, back: int, change: Change) -> None:
        """The plan of a read that began before is made anew: nothing undone is done again."""
        self.change_clever(change)
        run = self.older_run(back)
        undone: list[Any] = []
        self.sync(self.meanwhile(lambda _run: undone.append(undo(run, self.rivera))))
        self.looked_at()
        if not isinstance(undone[0], Undone) or not asks_again(run):
            return
        for taken in SyncChange.select().where(SyncChange.undone_by_id == undone[0].run.id):
            if taken.kind != ChangeKind.RENAMED:
                assert (taken.sourced_id in self.listed) == (taken.kind == ChangeKind.REMOVED)

    def older_run(self, back: int) -> SyncRun:
        ended = SyncRun.select().where(SyncRun.state.in_((RunState.DONE, RunState.HELD)))
        theirs = list(ended.where(SyncRun.section == self.row).order_by(SyncRun.id.desc()))
        return theirs[min(back, len(theirs) - 1)]

    def somebody_of(self, run: SyncRun) -> Scope:
        change = SyncChange.of(run, UNDOABLE).first()
        return Scope(UNDOABLE, change.account.public_id) if change else WHOLE


def planned(shown: SyncRun) -> set[tuple[Any, ...]]:
    """Who was to be changed how, of what needs nobody's yes."""
    return changes_in(PlannedChange, shown)


def made(saved: SyncRun) -> set[tuple[Any, ...]]:
    return changes_in(SyncChange, saved)


def changes_in(table: Any, run: SyncRun) -> set[tuple[Any, ...]]:
    columns = (table.sourced_id, table.kind, table.given_name, table.family_name, table.grade)
    return set(tuples_of(table.select(*columns).where((table.run == run) & table.kind.in_(MADE))))
