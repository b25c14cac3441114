"""Another class behind the section, and a section of its teacher's own that follows a class."""

from __future__ import annotations

from hypothesis import strategies as st

from portal import clock
from portal.models.accounts import LinkedAccount
from portal.models.lessons import LessonCompletion
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.roster.records import PersonRecord
from portal.starting import NewSection, roll_over
from portal.undoing import Undone, undo
from tests.class_changing import named, own_section, preview, saved
from tests.faults.invariants import Ledger
from tests.rosters import ISSUER, algebra, reading, students
from tests.section_life.model import (
    ALGEBRA,
    TEACHERS,
    TWIN,
    Life,
    Picture,
    may_happen,
    teachers,
)

HERE = (("Ana", "López"), ("Ben", "Cho"), ("Dee", "Park"))


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

    @may_happen(by=teachers)
    def a_term_ends(self, by: PersonRecord) -> None:
        """The next term's class has a section of its own; the old one rests as it is (N9)."""
        account, old, before = self.accounts[by], self.now, Picture.of(self.row).places
        chosen = algebra(f"n{Section.select().count()}", TEACHERS, "Algebra II")
        self.records[chosen.sourced_id] = chosen
        self.classes[chosen.sourced_id] = dict(self.clever)
        identity = LinkedAccount.find("clever", ISSUER, by.sourced_id)
        assert identity is not None
        new = NewSection(identity, chosen, None, old.name, old.course_slug, continues=old)
        made, again = (
            roll_over(account, [new], f"the end of {old.id}", [old], []) for _ in range(2)
        )
        assert made is not None
        assert again == made
        [run] = made.runs()
        self.row = run.section
        assert self.carried_out(run).state in (RunState.DONE, RunState.HELD)
        assert self.listed == self.ids
        assert Picture.of(old).places == before
        assert Section.by_key(old.id).archived_at is not None

    @may_happen(by=teachers, undone=st.booleans())
    def a_section_without_clever_follows_a_class(self, by: PersonRecord, undone: bool) -> None:
        """Each lesson goes on with its student; an undo makes it the teacher's own again (N7)."""
        account, number = self.accounts[by], Section.select().count()
        here = [(f"{given}{number}", family) for given, family in HERE]
        own = own_section(account, here)
        ana = named(here[0][0])
        LessonCompletion.mark(ana, "course", "cells", clock.now())
        before, chosen = Picture.of(own), algebra(f"c1{number}", TEACHERS)
        there = students(4, first=100 * number)
        read = reading(*there, roster_class=chosen)
        pairs = {here[0][0]: there[0].sourced_id, here[1][0]: there[1].sourced_id}
        run = saved(preview(own, chosen, read, account, pairs), read, account)
        self.told[chosen.sourced_id] = frozenset(each.sourced_id for each in there)

        assert run.state == RunState.DONE
        assert set(Enrollment.roster(Section.by_key(own.id))) == self.told[chosen.sourced_id]
        assert LessonCompletion.times(self.account_known_as(there[0].sourced_id)).keys()
        if undone:
            assert isinstance(undo(run, account), Undone)
            assert Picture.of(own) == before
            assert LessonCompletion.times(ana).keys() == {("course", "cells")}
        self.before = Ledger.now()
