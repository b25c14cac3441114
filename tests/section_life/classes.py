"""Another class behind the section, and a section of its teacher's own that follows a class."""

from __future__ import annotations

from hypothesis import strategies as st

from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.roster.records import PersonRecord
from portal.undoing import Undone, undo
from tests.class_changing import preview, saved
from tests.rosters import OKAFOR, RIVERA
from tests.section_life.model import ALGEBRA, TWIN, Life, Picture, may_happen

teachers = st.sampled_from([RIVERA, OKAFOR])


class Classes(Life):
    @may_happen(by=teachers, undone=st.booleans())
    def follow_the_other_class(self, by: PersonRecord, undone: bool) -> None:
        """Its list is the other class's, whoever is kept in or out; an undo brings all back."""
        before, account = Picture.of(self.row), self.accounts[by]
        other = TWIN if self.followed == ALGEBRA.sourced_id else ALGEBRA
        shown = preview(self.now, other, self.reading(), account)
        assert Picture.of(self.row) == before
        run = saved(shown, self.reading(), account)
        assert run.state == RunState.DONE
        assert self.followed == other.sourced_id
        if undone:
            taken = undo(run, account)
            assert isinstance(taken, Undone)
            assert Picture.of(self.row) == before
        self.looked_at()

    @may_happen(by=teachers)
    def follow_the_other_class_in_mid_read(self, by: PersonRecord) -> None:
        """What was read of the class before is of no use any more."""
        other = TWIN if self.followed == ALGEBRA.sourced_id else ALGEBRA
        shown = preview(self.now, other, self.reading(), self.accounts[by])
        runs: list[SyncRun] = []

        def happens(run: SyncRun) -> None:
            runs.append(saved(shown, self.reading(), self.accounts[by]))

        run = self.sync(self.meanwhile(happens))
        assert (run.state, run.reason) != (RunState.DONE, "")
        self.looked_at()
