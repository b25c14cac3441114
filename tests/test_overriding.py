"""Whom a teacher keeps on a list or off it, beside syncs, undo and the scheduler (Y10)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from portal import clock, overriding, undoing
from portal.models.accounts import Account, LinkedAccount
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.overrides import OverrideKind, RosterOverride
from portal.models.syncs.sync_runs import RunState, SyncRun
from portal.overriding import Decision
from portal.providers.base import ReadProgress
from portal.roster.snapshot import RosterSnapshot
from portal.undoing import Undone
from tests.rosters import RIVERA, account_of, algebra, reading, section_of, students, synced

pytestmark = pytest.mark.usefixtures("database")

ADA = "s00001"
CLASS = students(12)


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    """Twelve students; Ada is the first of them."""
    section = section_of(algebra(), rivera)
    synced(section, reading(*CLASS), rivera)
    return section


def ada() -> Account:
    account: Account = LinkedAccount.get(LinkedAccount.sourced_id == ADA).account
    return account


def decides(section: Section, kind: OverrideKind, days: int = 30) -> SyncRun | None:
    until = clock.now().date() + timedelta(days=days)
    return overriding.keep(section, ada(), Decision(kind, until, account_of(RIVERA)))


def is_on(section: Section) -> bool:
    return ADA in Enrollment.roster(section)


def standing(section: Section) -> list[str]:
    return [each.kind for each in RosterOverride.standing(section, date.today())]


def test_a_decision_that_changes_nothing_now_makes_no_run(section: Section) -> None:
    before = SyncRun.select().count()

    assert decides(section, OverrideKind.IN) is None
    assert (SyncRun.select().count(), standing(section)) == (before, ["in"])


def test_an_undo_of_what_took_a_student_off_ends_the_decision_with_it(
    section: Section, rivera: Account
) -> None:
    run = decides(section, OverrideKind.OUT)
    assert run
    undone = undoing.undo(run, rivera)

    assert isinstance(undone, Undone)
    assert (is_on(section), standing(section)) == (True, [])
    assert RosterOverride.get().ended_in == undone.run
    assert synced(section, reading(*CLASS), rivera).held_count == 0


def test_y10_clever_decides_anew_once_a_decision_was_undone(
    section: Section, rivera: Account
) -> None:
    """It has taken her off its own list meanwhile, and nobody has heard of that."""
    run = decides(section, OverrideKind.OUT)
    assert run is not None
    synced(section, reading(*CLASS[1:]), rivera)
    Section.update(outdated_at=None).where(Section.id == section.id).execute()
    undoing.undo(run, rivera)

    assert is_on(section)
    assert Section.by_key(section.id).outdated_at is not None


def test_an_undo_of_what_put_a_student_back_has_the_decision_of_before_stand_again(
    section: Section, rivera: Account
) -> None:
    decides(section, OverrideKind.OUT)
    run = decides(section, OverrideKind.IN)
    assert run
    undoing.undo(run, rivera)

    assert (is_on(section), standing(section)) == (False, ["out"])
    synced(section, reading(*CLASS), rivera)
    assert not is_on(section)


def test_a_sync_that_runs_meanwhile_plans_anew_and_heeds_the_decision(section: Section) -> None:
    reads = reading(*CLASS)

    def decided_in_mid_read(
        row: Section, enrolled: object, progress: ReadProgress
    ) -> RosterSnapshot:
        decides(section, OverrideKind.OUT)
        return reads(row, frozenset(), progress)

    run = synced(section, decided_in_mid_read)

    assert (run.state, run.added_count, is_on(section)) == (RunState.DONE, 0, False)


def test_whoever_is_kept_on_the_list_goes_on_when_everybody_else_leaves_it(
    section: Section, rivera: Account
) -> None:
    decides(section, OverrideKind.IN)
    run = synced(section, reading(), rivera)

    assert (run.state, run.held_count, is_on(section)) == (RunState.HELD, 11, True)


def test_it_lasts_to_the_end_of_its_day_at_the_last_school(section: Section) -> None:
    decides(section, OverrideKind.IN, days=0)
    tomorrow = (clock.now() + timedelta(days=1)).replace(hour=11, minute=59)
    RosterOverride.end_over(tomorrow)
    on_time = RosterOverride.get().ended_at
    RosterOverride.end_over(tomorrow + timedelta(minutes=2))

    assert (on_time, RosterOverride.get().ended_at is None) == (None, False)


def test_what_nobody_kept_leaves_by_the_next_sync(section: Section, rivera: Account) -> None:
    decides(section, OverrideKind.IN)
    synced(section, reading(*CLASS[1:]), rivera)
    version = Section.by_key(section.id).roster_version
    overriding.end(RosterOverride.get(), rivera)
    overriding.end(RosterOverride.get(), rivera)

    assert (is_on(section), Section.by_key(section.id).roster_version) == (True, version + 1)
    assert synced(section, reading(*CLASS[1:]), rivera).removed_count == 1
