"""One section's whole life as a model: whatever happens, in whatever order, I1 to I8 hold.

Hypothesis chooses what happens next (trust.md G7); `live` plays it on the database that is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)

from jobs.sweep import sweep
from portal import clock, holds
from portal.models.base import MICROSECOND
from portal.models.lessons import LessonCompletion
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import HOLD_LASTS, Hold, HoldKind
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.providers.base import FailureReason, ProviderError
from portal.roster.records import StudentRecord
from portal.sync import RosterReader, sync_section
from tests.faults.invariants import Ledger, assert_invariants
from tests.portal_stack import empty_tables
from tests.rosters import RIVERA, account_of, algebra, reading, refusing, section_of, student

MOST_STUDENTS = 14
numbers = st.integers(1, MOST_STUDENTS)
groups = st.frozensets(numbers, min_size=1, max_size=6)
names = st.sampled_from(["Ada", "Grace", "Zoë", "小明", "Ada"])
reasons = st.sampled_from([each for each in FailureReason if each is not FailureReason.SLOW_DOWN])


class SectionLife(RuleBasedStateMachine):
    """Every rule leaves the section quiet; what goes on at once goes on inside of a rule."""

    def __init__(self) -> None:
        super().__init__()
        empty_tables()
        self.rivera = account_of(RIVERA)
        self.row = section_of(algebra(), self.rivera)
        self.clever = {number: student(number) for number in range(1, 9)}
        self.told: frozenset[str] = frozenset()
        self.before = Ledger.now()

    # What the sandbox says in the tests of faults, the model says here.
    def section(self, _class_id: str) -> dict[str, Any]:
        return {"students": [{"id": sourced_id, "shared": True} for sourced_id in self.told]}

    def requests(self) -> list[dict[str, Any]]:
        return []

    @property
    def roster(self) -> list[StudentRecord]:
        return list(self.clever.values())

    @property
    def ids(self) -> frozenset[str]:
        """Whom Clever lists."""
        return frozenset(one.sourced_id for one in self.roster)

    @property
    def listed(self) -> frozenset[str]:
        return frozenset(Enrollment.roster(self.row))

    @initialize()
    def first_sync(self) -> None:
        assert self.sync().state == RunState.DONE
        LessonCompletion.mark(self.student_account(), "course", "lesson", clock.now())
        self.before = Ledger.now()

    @rule(who=groups)
    def join(self, who: frozenset[int]) -> None:
        """New students and those who were here before."""
        self.clever = {number: student(number) for number in who} | self.clever

    @rule(who=groups)
    def leave(self, who: frozenset[int]) -> None:
        self.clever = {one: record for one, record in self.clever.items() if one not in who}

    @rule(who=groups, name=names)
    def rename(self, who: frozenset[int], name: str) -> None:
        for number in who & self.clever.keys():
            self.clever[number] = replace(self.clever[number], given_name=name)

    @rule()
    def sync_and_compare(self) -> None:
        """A run that asks nobody makes the list Clever's; one that asks removes nobody."""
        before = self.listed
        run = self.sync()

        if run.state == RunState.DONE and not run.kept_count:
            assert {*Enrollment.roster(self.row).values()} == {*self.roster}
        elif Hold.waiting(self.row).where(Hold.kind == HoldKind.REMOVALS).exists():
            assert self.listed in (before, before | self.ids)

    @rule(reason=reasons)
    def fail_to_read(self, reason: FailureReason) -> None:
        before = Enrollment.roster(self.row)
        run = self.sync(refusing(ProviderError(reason)))

        assert (run.state, run.reason) == (RunState.FAILED, reason)
        assert Enrollment.roster(self.row) == before

    @rule(who=groups)
    def read_with_gaps(self, who: frozenset[int]) -> None:
        """Records that cannot be used: their students stay as they are."""
        gone = frozenset(student(number).sourced_id for number in who)
        readable = [one for one in self.roster if one.sourced_id not in gone]
        staying = self.listed & gone
        self.sync(reading(*readable, unreadable=gone))

        assert staying <= self.listed
        self.told = staying | {one.sourced_id for one in readable}

    @rule()
    def stop_in_mid_read(self) -> None:
        before = Enrollment.roster(self.row)
        run = self.sync(self.meanwhile(lambda run: run.stop(clock.now())))

        assert run.state == RunState.STOPPED
        assert Enrollment.roster(self.row) == before

    @rule(who=groups)
    def lose_the_worker_in_mid_read(self, who: frozenset[int]) -> None:
        """The first worker only seemed dead: it comes back with an older read, too late."""

        def taken_over(run: SyncRun) -> None:
            self.leave(who)
            SyncRun.update(lease_until=0).where(SyncRun.id == run.id).execute()
            sync_section(run, reading(*self.roster))

        run = self.sync(self.meanwhile(taken_over))
        assert (run.attempt, run.finished) == (2, True)
        self.told = self.ids

    @rule()
    def click_again_in_mid_read(self) -> None:
        """A second click joins, and a second bell finds nothing to do."""

        def again(run: SyncRun) -> None:
            joined, is_new = SyncRun.request(self.row, RunSource.TEACHER, clock.now())
            sync_section(joined, reading())
            assert (joined.id, is_new) == (run.id, False)

        assert self.sync(self.meanwhile(again)).attempt == 1

    @rule(answer=st.sampled_from([holds.keep, holds.apply]))
    def answer_in_mid_read(self, answer: Callable[..., bool]) -> None:
        """The plan of a read that began before the answer is made anew after it."""
        self.sync(self.meanwhile(lambda _run: self.answer(answer)))

    @rule()
    def keep(self) -> None:
        before = self.listed
        self.answer(holds.keep)
        assert self.listed == before

    @rule()
    def remove(self) -> None:
        before = self.listed
        hold = Hold.waiting(self.row).where(Hold.kind == HoldKind.REMOVALS).first()
        asked = {change.sourced_id for change in hold.changes()} if hold else set()
        if hold:
            assert holds.apply(hold, self.rivera)
            assert not holds.keep(hold, self.rivera)
        assert self.listed == before - asked

    @rule()
    def two_weeks_pass(self) -> None:
        """Questions run out and answers are forgotten; nobody leaves by that."""
        before = self.listed
        age(HOLD_LASTS + timedelta(minutes=1))
        sweep(clock.now())

        assert self.listed == before
        assert not Hold.waiting(self.row).exists()

    @rule()
    def clever_is_asked_again_by_itself(self) -> None:
        """A failed run promised it; the sweeper starts it, and a worker does it."""
        SyncRun.update(retry_at=clock.now()).where(SyncRun.retry_at.is_null(False)).execute()
        sweep(clock.now())
        run = SyncRun.in_flight(self.row)
        if run:
            sync_section(run, reading(*self.roster))
            self.told = self.ids

    @invariant()
    def all_invariants_hold(self) -> None:
        after = Ledger.now()
        assert_invariants(self.before, after, self)
        self.before = after

    def sync(self, read: RosterReader | None = None) -> SyncRun:
        run, _ = SyncRun.request(self.row, RunSource.TEACHER, clock.now(), self.rivera)
        self.told = self.ids
        sync_section(run, read or reading(*self.roster))
        ended: SyncRun = SyncRun.get_by_id(run.id)
        return ended

    def meanwhile(self, happens: Callable[[SyncRun], object]) -> RosterReader:
        """A read during which something else happens, after Clever has answered."""
        roster = reading(*self.roster)

        def read(section: Section, *rest: Any) -> Any:
            found = roster(section, *rest)
            run = SyncRun.in_flight(section)
            assert run is not None
            happens(run)
            return found

        return read

    def answer(self, answer: Callable[..., bool]) -> None:
        hold = Hold.waiting(self.row).first()
        if hold:
            assert answer(hold, self.rivera)

    def student_account(self) -> Any:
        return Enrollment.select().first().account


def age(by: timedelta) -> None:
    """Every moment that a rule looks back to lies so much further back."""
    micros = by // MICROSECOND
    Hold.update(
        expires_at=Hold.expires_at - micros, answered_at=Hold.answered_at - micros
    ).execute()
    Enrollment.update(ended_at=Enrollment.ended_at - micros).execute()
