"""Clever changes, people sync and answer, reads fail, questions run out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from jobs.sweep import sweep
from portal import clock, holds
from portal.models.sections import SectionMode
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import HOLD_LASTS, Hold, HoldKind
from portal.models.syncs.overrides import OverrideKind
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.providers.base import FailureReason, ProviderError
from portal.roster.records import PersonRecord
from portal.sync import sync_section
from tests.rosters import refusing, student
from tests.section_life.model import Life, age, answers, groups, may_happen, names, people

reasons = st.sampled_from([each for each in FailureReason if each is not FailureReason.SLOW_DOWN])


class Syncs(Life):
    @may_happen(who=groups)
    def join(self, who: frozenset[int]) -> None:
        """New students and those who were here before."""
        self.clever = {number: student(number) for number in who} | self.clever

    @may_happen(who=groups)
    def leave(self, who: frozenset[int]) -> None:
        self.clever = {one: record for one, record in self.clever.items() if one not in who}

    @may_happen(who=groups, name=names)
    def rename(self, who: frozenset[int], name: str) -> None:
        for number in who & self.clever.keys():
            self.clever[number] = replace(self.clever[number], given_name=name)

    @may_happen(by=people)
    def sync_and_compare(self, by: PersonRecord) -> None:
        """A run that asks nobody makes the list Clever's; one that asks removes nobody.

        But for whom a teacher keeps in or out.
        """
        before, stay, out = self.listed, self.kept(OverrideKind.IN), self.kept(OverrideKind.OUT)
        run = self.sync(by=by)

        if self.now.mode == SectionMode.PAUSED:
            assert (run.state, self.listed) == (RunState.STOPPED, before)
        elif run.state == RunState.DONE and not run.kept_count:
            here = Enrollment.roster(self.row)
            assert here.keys() == (self.ids | before & stay) - out
            assert {one for one in self.roster if one.sourced_id not in out} <= {*here.values()}
        elif Hold.waiting(self.row).where(Hold.kind == HoldKind.REMOVALS).exists():
            assert before - out <= self.listed <= before | self.ids

    @may_happen(reason=reasons)
    def fail_to_read(self, reason: FailureReason) -> None:
        before = Enrollment.roster(self.row)
        run = self.sync(refusing(ProviderError(reason)))

        assert (run.state, run.reason) == (RunState.FAILED, reason)
        assert Enrollment.roster(self.row) == before

    @may_happen(who=groups)
    def read_with_gaps(self, who: frozenset[int]) -> None:
        """Records that cannot be used: their students stay as they are."""
        gone = frozenset(student(number).sourced_id for number in who)
        staying = (self.listed & gone) - self.kept(OverrideKind.OUT)
        self.sync(self.reading(unreadable=gone))

        assert staying <= self.listed
        self.told[self.followed] |= staying

    @may_happen()
    def stop_in_mid_read(self) -> None:
        before = Enrollment.roster(self.row)
        run = self.sync(self.meanwhile(lambda run: run.stop(clock.now())))

        assert run.state == RunState.STOPPED
        assert Enrollment.roster(self.row) == before

    @may_happen(who=groups)
    def lose_the_worker_in_mid_read(self, who: frozenset[int]) -> None:
        """The first worker only seemed dead: it comes back with an older read, too late."""

        def taken_over(run: SyncRun) -> None:
            self.leave(who)
            SyncRun.update(lease_until=0).where(SyncRun.id == run.id).execute()
            sync_section(run, self.reading())

        run = self.sync(self.meanwhile(taken_over))
        assert (run.attempt, run.finished) == (2, True)

    @may_happen()
    def click_again_in_mid_read(self) -> None:
        """A second click joins, and a second bell finds nothing to do."""

        def again(run: SyncRun) -> None:
            joined, is_new = SyncRun.request(self.row, RunSource.TEACHER, clock.now())
            sync_section(joined, self.reading())
            assert (joined.id, is_new) == (run.id, False)

        assert self.sync(self.meanwhile(again)).attempt == 1

    @may_happen(answer=answers, by=people)
    def answer_in_mid_read(self, answer: Callable[..., bool], by: PersonRecord) -> None:
        """The plan of a read that began before the answer is made anew after it."""
        self.sync(self.meanwhile(lambda _run: self.answer(answer, by)))

    @may_happen(by=people)
    def keep(self, by: PersonRecord) -> None:
        before = self.listed
        self.answer(holds.keep, by)
        assert self.listed == before

    @may_happen()
    def answer_yes(self) -> None:
        """To whatever waits, be it to remove, to rename, or to add after all."""
        self.answer(holds.apply)

    @may_happen()
    def remove(self) -> None:
        before = self.listed
        hold = Hold.waiting(self.row).where(Hold.kind == HoldKind.REMOVALS).first()
        asked = {change.sourced_id for change in hold.changes()} if hold else set()
        if hold:
            assert holds.apply(hold, self.rivera)
            assert not holds.keep(hold, self.rivera)
        assert self.listed == before - asked

    @may_happen()
    def two_weeks_pass(self) -> None:
        """Questions run out and answers are forgotten; nobody leaves by that."""
        before = self.listed
        age(HOLD_LASTS + timedelta(minutes=1))
        sweep(clock.now())

        assert self.listed == before
        assert not Hold.waiting(self.row).exists()

    @may_happen()
    def clever_is_asked_again_by_itself(self) -> None:
        """A failed run promised it; the sweeper starts it, and a worker does it."""
        SyncRun.update(retry_at=clock.now()).where(SyncRun.retry_at.is_null(False)).execute()
        sweep(clock.now())
        run = SyncRun.in_flight(self.row)
        if run:
            sync_section(run, self.reading())
