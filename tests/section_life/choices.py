"""What a teacher sets over Clever: names, how far the section follows, who stays on or off."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st

from jobs.sweep import sweep
from portal import clock, overriding, pausing
from portal.archiving import archive, restore
from portal.database import write
from portal.models import section_choices
from portal.models.accounts import Account
from portal.models.sections import FOLLOWING, SectionMode
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.overrides import OverrideKind, RosterOverride, day_of
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun, Wish
from portal.overriding import Decision
from portal.roster.records import PersonRecord
from portal.undoing import Undone, undo
from tests.rosters import OKAFOR, RIVERA, student
from tests.section_life.model import (
    LOWELL,
    Change,
    Life,
    Picture,
    changes,
    may_happen,
    names,
    numbers,
    teachers,
)
from tests.section_life.undoing import made, planned

kinds = st.sampled_from(OverrideKind)

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

    @may_happen(number=numbers, name=names)
    def call_somebody_otherwise(self, number: int, name: str) -> None:
        """Over Clever's name, through every sync (Y9)."""
        place = self.place_of(number)
        if place is not None:
            write(lambda: place.display(name))
            self.sync()
            again = self.place_of(number)
            assert again is None or again.display_name == name

    @may_happen(number=numbers, kind=kinds, days=st.integers(0, 2), by=teachers)
    def keep_somebody(self, number: int, kind: OverrideKind, days: int, by: PersonRecord) -> None:
        """On the list or off it, through every sync, until their day is over (Y10)."""
        account, sourced_id = self.student(number), student(number).sourced_id
        if account is not None:
            overriding.keep(self.now, account, self.decision(kind, days, by))
            for _ in range(2):
                assert (sourced_id in self.listed) == (kind is OverrideKind.IN)
                self.sync()

    @may_happen(number=numbers, kind=kinds)
    def keep_somebody_and_take_it_back(self, number: int, kind: OverrideKind) -> None:
        account, before = self.student(number), Picture.of(self.row)
        if account is not None:
            run = overriding.keep(self.now, account, self.decision(kind, 1, RIVERA))
            if run is not None:
                assert isinstance(undo(run, self.rivera), Undone)
                assert Picture.of(self.row) == before

    @may_happen(number=numbers, kind=kinds)
    def keep_somebody_in_mid_read(self, number: int, kind: OverrideKind) -> None:
        """The plan of a read that began before is made anew."""
        account, sourced_id = self.student(number), student(number).sourced_id
        if account is not None:
            decision = self.decision(kind, 1, OKAFOR)
            self.sync(self.meanwhile(lambda _run: overriding.keep(self.now, account, decision)))
            assert (sourced_id in self.listed) == (kind is OverrideKind.IN)

    @may_happen()
    def clever_decides_again(self) -> None:
        """Of everybody who was kept, from the next sync on."""
        before = self.listed
        for each in RosterOverride.standing(self.row, day_of(clock.now())):
            overriding.end(each, self.rivera)
        assert self.listed == before
        assert not self.kept(OverrideKind.IN) | self.kept(OverrideKind.OUT)

    @may_happen()
    def days_pass(self) -> None:
        """Whoever was kept until one of them is kept no longer; nobody leaves by that alone."""
        before = self.listed
        for each in RosterOverride.select():
            each.move(each.until - timedelta(days=4))
        sweep(clock.now())
        assert self.listed == before
        assert not RosterOverride.select().where(RosterOverride.ended_at.is_null()).exists()

    @may_happen(by=teachers)
    def put_it_away_in_mid_read(self, by: PersonRecord) -> None:
        """What runs is stopped; it comes back with everything it had (N9)."""
        before = Picture.of(self.row)
        run = self.sync(self.meanwhile(lambda _run: archive(self.now, self.accounts[by])))
        assert (run.state, Picture.of(self.row)) == (RunState.STOPPED, before)
        assert restore(self.now, self.accounts[by])
        assert Picture.of(self.row) == before

    @may_happen(saves=st.booleans(), change=changes)
    def the_district_rests(self, saves: bool, change: Change) -> None:
        """After it, the first night shows what would change, and a person saves it (Y14)."""
        self.change_clever(change)
        self.rest_for_a_day()
        if self.now.mode not in FOLLOWING:
            return
        assert self.now.previews_next
        shown = self.in_the_night()
        if saves and shown.state == RunState.PREVIEWED:
            saved = self.carried_out(self.asked(wish=Wish(shown=shown)))
            assert planned(shown) == made(saved)
            assert not self.now.previews_next

    @may_happen(change=changes)
    def a_night_passes(self, change: Change) -> None:
        """What rests or waits for a press is left alone; the second night finds nothing new."""
        self.change_clever(change)
        if self.now.mode not in FOLLOWING:
            return
        self.in_the_night()
        before = Picture.of(self.row)
        again = self.in_the_night()

        assert Picture.of(self.row) == before
        assert (again.added_count, again.removed_count) == (0, 0) or again.preview

    def rest_for_a_day(self) -> None:
        today, admin = clock.now().date(), self.accounts[LOWELL]
        pause = pausing.pause(self.district, today, today, admin)
        pausing.end(pause, admin, today)

    def student(self, number: int) -> Account | None:
        return self.account_known_as(student(number).sourced_id)

    def place_of(self, number: int) -> Enrollment | None:
        of_them = Enrollment.sourced_id == student(number).sourced_id
        place: Enrollment | None = Enrollment.active(self.row).where(of_them).first()
        return place

    def decision(self, kind: OverrideKind, days: int, by: PersonRecord) -> Decision:
        until = day_of(clock.now()) + timedelta(days=days)
        return Decision(kind, until, self.accounts[by])

    def in_the_night(self) -> SyncRun:
        """As reconciling asks for it: after a pause what would change is shown first."""
        before, wish = Picture.of(self.row), Wish(preview=self.now.previews_next)
        run, _ = SyncRun.request(self.row, RunSource.NIGHTLY, clock.now(), wish=wish)
        ended = self.carried_out(run)
        if ended.state == RunState.PREVIEWED:
            assert Picture.of(self.row) == before
        return ended
