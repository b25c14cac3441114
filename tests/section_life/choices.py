"""What a teacher sets over Clever: names, how far the section follows, who stays on or off."""

from __future__ import annotations

from hypothesis import strategies as st

from portal import clock
from portal.database import write
from portal.models import section_choices
from portal.models.sections import FOLLOWING, SectionMode
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun, Wish
from tests.section_life.model import Life, Picture, may_happen

modes = st.sampled_from([*SectionMode, SectionMode.FULL, SectionMode.FULL])


class Choices(Life):
    @may_happen(mode=modes)
    def follow_this_far(self, mode: SectionMode) -> None:
        before = Picture.of(self.row)
        write(lambda: section_choices.follow(self.now, mode, clock.now()))
        assert Picture.of(self.row) == before

    @may_happen(name=st.sampled_from(["Our group", "Algebra I", "Algebra 1"]))
    def name_it(self, name: str) -> None:
        """Through every sync it is called so, until its teacher takes the class's name."""
        write(lambda: section_choices.describe(self.now, name, "biology"))
        self.looked_at()
        self.sync()
        assert self.now.name == name

    @may_happen()
    def call_it_as_clever_does(self) -> None:
        write(lambda: section_choices.use_class_name(self.now))
        self.looked_at()
        assert self.now.name == self.now.class_name

    @may_happen()
    def a_night_passes(self) -> None:
        """What rests or waits for a press is left alone; the second night finds nothing new."""
        if self.now.mode not in FOLLOWING:
            return
        self.in_the_night()
        before = Picture.of(self.row)
        again = self.in_the_night()

        assert Picture.of(self.row) == before
        assert (again.added_count, again.removed_count) == (0, 0) or again.preview

    def in_the_night(self) -> SyncRun:
        """As reconciling asks for it: after a pause what would change is shown first."""
        before, wish = Picture.of(self.row), Wish(preview=self.now.previews_next)
        run, _ = SyncRun.request(self.row, RunSource.NIGHTLY, clock.now(), wish=wish)
        ended = self.carried_out(run)
        if ended.state == RunState.PREVIEWED:
            assert Picture.of(self.row) == before
        return ended
