"""An undo puts the list back as it was, and the same comes again only on a person's yes (Y8)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from portal import clock, database, holds, merging
from portal.database import write
from portal.models.accounts import Account, LinkedAccount
from portal.models.arrivals import welcome
from portal.models.audit import AuditEvent
from portal.models.base import MICROSECOND
from portal.models.lessons import LessonCompletion
from portal.models.merging.merges import Merge, MergeGround
from portal.models.sections import Section, SectionMode
from portal.models.syncs import rosters, undos
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldState
from portal.models.syncs.overrides import OverrideKind, RosterOverride
from portal.models.syncs.rosters import Change
from portal.models.syncs.sync_changes import ChangeKind, SyncChange
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.models.syncs.undos import REMOVALS, UNDO_LASTS, Obstacle, Scope
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.roster.records import PersonRecord, Role
from portal.roster.snapshot import RosterSnapshot
from portal.sync import sync_section
from portal.undoing import Refusal, Undone, undo
from tests.rosters import (
    DISTRICT,
    ISSUER,
    OKAFOR,
    RIVERA,
    account_of,
    algebra,
    reading,
    refusing,
    section_of,
    student,
    students,
    synced,
)
from tests.statements import queries

pytestmark = pytest.mark.usefixtures("database")

GRACE = replace(student(2), given_name="Grace", family_name="Hopper", grade="8")
AFTER = [GRACE, *students(23, first=4), student(30), student(40)]
BAND = algebra("c2", name="Band")
LISTS = """
    SELECT section_id, account_id, sourced_id, started_at, ended_at, ended_by_id, display_name
    FROM enrollments ORDER BY section_id, account_id
"""
NAMES = "SELECT id, given_name, family_name, sort_name FROM accounts WHERE id <= ? ORDER BY id"
STANDING = """
    SELECT section_id, account_id, kind, until, made_by_id, made_at, made_in_id
    FROM roster_overrides WHERE ended_at IS NULL ORDER BY section_id, account_id
"""


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    """Students 1 to 26, and two who left: 30 and 31."""
    made = section_of(algebra(), rivera)
    synced(made, reading(*students(26), student(30), student(31)))
    synced(made, reading(*students(26)))
    return made


@pytest.fixture
def run(section: Section) -> SyncRun:
    """1 and 3 left, 30 is back, 40 is new, 2 is called Grace now."""
    return synced(section, reading(*AFTER))


class Tables:
    """Lists, names and overrides that stand, as they are at this moment."""

    def __init__(self, people: int | None = None) -> None:
        self.people = people or Account.select().count()
        self.lists = database.execute(LISTS).fetchall()
        self.names = database.execute(NAMES, (self.people,)).fetchall()
        self.overrides = database.execute(STANDING).fetchall()

    def are_as_now(self) -> bool:
        now = Tables(self.people)
        return (now.lists, now.names, now.overrides) == (self.lists, self.names, self.overrides)


def undone(run: SyncRun, by: Account, *rest: Any) -> Undone:
    done = undo(run, by, *rest)
    assert isinstance(done, Undone)
    return done


def obstacles(done: Undone) -> dict[str, Obstacle | None]:
    """By the number of each student who stays as they are."""
    return {part.family_name[-2:]: part.obstacle for part in done.left}


def account(number: int) -> Account:
    linked = LinkedAccount.find("clever", ISSUER, student(number).sourced_id)
    assert linked is not None
    found: Account = linked.account
    return found


def waiting(section: Section) -> dict[str, frozenset[str]]:
    return {hold.kind: hold.keys for hold in Hold.waiting(section)}


def test_a_whole_run_is_undone_to_the_last_column(section: Section, rivera: Account) -> None:
    before = Tables()
    run = synced(section, reading(*AFTER))
    assert (run.added_count, run.removed_count, run.updated_count) == (2, 2, 1)

    made = undone(run, rivera).run
    assert before.are_as_now()
    assert account(2).grade == "8"  # Grades and numbers follow Clever always.
    assert account(2).named_at == made.finished_at  # What was read before says nothing any more.
    assert (made.added_count, made.removed_count, made.updated_count) == (2, 2, 1)
    assert (made.count_before, made.count_after, made.unchanged_count) == (26, 26, 23)
    event = AuditEvent.select().where(AuditEvent.action == "sync.undone").get()
    assert (event.actor, event.subject) == (rivera.public_id, section.public_id)


def test_an_undo_is_a_run_with_changes_of_its_own(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    made = undone(run, rivera).run
    kinds = (ChangeKind.ADDED, ChangeKind.REMOVED, ChangeKind.RENAMED)
    told = {change.sourced_id: change.kind for change in SyncChange.of(made, kinds)}

    assert told == {
        "s00001": "added",
        "s00003": "added",
        "s00030": "removed",
        "s00040": "removed",
        "s00002": "renamed",
    }
    assert {each.undone_by_id for each in SyncChange.of(run, kinds)} == {made.id}
    assert (made.undoes_id, made.source, made.state) == (run.id, RunSource.UNDO, RunState.DONE)


def test_what_was_undone_is_asked_about_and_saved_after_all_at_once(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    after = Tables()
    made = undone(run, rivera).run
    assert {kind: len(keys) for kind, keys in waiting(section).items()} == {
        "removals": 2,
        "renames": 1,
        "additions": 2,
    }
    assert holds.apply_all(made, rivera)
    assert not holds.apply_all(made, rivera)

    saved = SyncRun.latest(section)
    assert saved is not None
    assert (saved.source, saved.added_count, saved.removed_count) == (RunSource.HOLD, 2, 2)
    assert after.names == Tables().names
    assert set(Enrollment.roster(section).values()) == set(AFTER)
    assert synced(section, reading(*AFTER)).unchanged_count == 26


def test_the_next_sync_asks_with_the_same_questions(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    before = Tables()
    undone(run, rivera)
    asked = {hold.id for hold in Hold.waiting(section)}
    for _ in range(2):
        next_run = synced(section, reading(*AFTER))
        assert (next_run.state, next_run.held_count) == (RunState.HELD, 5)
    assert {hold.id for hold in Hold.waiting(section)} == asked
    assert before.names[:1] == Tables().names[:1]
    assert set(Enrollment.roster(section)) == {each.sourced_id for each in students(26)}


def test_a_question_ends_by_itself_when_clever_no_longer_wants_it(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    undone(run, rivera)
    synced(section, reading(*students(26)))

    assert waiting(section) == {}
    assert {hold.state for hold in Hold.select()} == {HoldState.DISSOLVED}


def test_no_run_of_any_kind_makes_it_again(section: Section, run: SyncRun, rivera: Account) -> None:
    undone(run, rivera)
    before = Tables()
    for source in (RunSource.NIGHTLY, RunSource.EVENTS, RunSource.RETRY, RunSource.ADMIN):
        again, _ = SyncRun.request(section, source, clock.now())
        sync_section(again, reading(*AFTER))
        assert SyncRun.get_by_id(again.id).held_count == 5
    assert before.are_as_now()


def test_another_section_does_not_rename_again_before_or_after_the_question_ran_out(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    undone(run, rivera)
    band = section_of(BAND, account_of(OKAFOR))
    band_read = reading(GRACE, *students(3, first=4), roster_class=BAND)
    synced(band, band_read)
    assert account(2).given_name == "Given2"

    Hold.update(expires_at=clock.now() - timedelta(days=1), state=HoldState.EXPIRED).execute()
    assert synced(band, band_read).held_count == 1
    assert account(2).given_name == "Given2"


def test_a_students_own_sign_in_does_not_rename_again(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    undone(run, rivera)
    person = PersonRecord("s00002", DISTRICT, (Role.STUDENT,), "Grace", "Hopper")
    write(lambda: welcome("clever", ISSUER, person, clock.now()))

    assert account(2).given_name == "Given2"


def test_what_was_undone_waits_while_the_section_only_adds_students(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    undone(run, rivera)
    for mode in (SectionMode.ADD_ONLY, SectionMode.FULL):
        Section.update(mode=mode).where(Section.id == section.id).execute()
        synced(Section.by_key(section.id), reading(*AFTER))

    assert waiting(section)["removals"] == {"s00001", "s00003"}
    assert Enrollment.count(section) == 26


def test_what_was_undone_is_not_asked_about_while_there_is_no_class(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    synced(section, refusing(ProviderError(FailureReason.CLASS_GONE, "gone")))
    undone(run, rivera)
    assert waiting(section) == {}
    synced(section, reading(*AFTER))

    assert waiting(section).keys() == {"additions", "removals", "renames"}
    assert Enrollment.count(section) == 26


def test_who_was_taken_back_is_not_added_by_another_id_of_theirs(
    section: Section, rivera: Account
) -> None:
    undone(synced(section, reading(*students(27))), rivera)
    synced(section_of(BAND, rivera), reading(student(99), roster_class=BAND))
    merging.merge(account(27), account(99), MergeGround.TEACHER, rivera)
    synced(section, reading(*students(26), student(99)))

    assert waiting(section) == {"additions": {"s00099"}}
    assert Enrollment.count(section) == 26


def test_a_name_is_taken_over_after_all_beside_a_night_that_went_by_an_older_read(
    section: Section, rivera: Account
) -> None:
    shared_at, after = clock.now(), [*students(1), GRACE, *students(24, first=3)]
    undone(synced(section, reading(*after)), rivera)
    night, _ = SyncRun.request(section, RunSource.NIGHTLY, clock.now())

    def read(section: Section, enrolled: Collection[str], tell: ReadProgress) -> RosterSnapshot:
        return replace(reading(*after[:9])(section, enrolled, tell), as_of=shared_at)

    sync_section(night, read)
    assert waiting(section).keys() == {"removals", "renames"}
    hold = Hold.get((Hold.kind == "renames") & (Hold.state == HoldState.WAITING))

    assert holds.apply(hold, rivera)
    assert account(2).given_name == "Grace"


def test_a_kept_list_is_not_asked_about_for_14_days(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    assert holds.keep_all(undone(run, rivera).run, rivera)
    kept = synced(section, reading(*AFTER))

    assert (kept.state, kept.kept_count, kept.held_count) == (RunState.DONE, 5, 0)


def test_only_the_removals_or_one_student_come_back(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    only_one = undone(run, rivera, Scope(student_id=account(3).public_id)).run
    assert (only_one.added_count, only_one.removed_count) == (1, 0)
    removals = undone(run, rivera, REMOVALS).run
    assert (removals.added_count, removals.removed_count) == (1, 0)

    assert set(Enrollment.roster(section)) >= {"s00001", "s00003", "s00030", "s00040"}
    assert account(2).given_name == "Grace"
    assert waiting(section) == {"removals": frozenset({"s00001", "s00003"})}
    assert Hold.waiting(section).get().student_count == 2


def test_removals_that_a_person_agreed_to_can_be_undone_too(
    section: Section, rivera: Account
) -> None:
    before = Tables()
    held = synced(section, reading(*students(10)))
    assert (held.state, held.held_count) == (RunState.HELD, 16)
    assert undo(held, rivera) == Refusal.NO_LIST
    holds.apply(Hold.waiting(section).get(), rivera)

    answer = SyncRun.latest(section)
    assert answer is not None
    undone(answer, rivera)
    assert before.are_as_now()
    assert len(waiting(section)["removals"]) == 16


def test_a_question_that_waits_already_waits_on_with_the_new_one(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    held = synced(section, reading(*AFTER[:13]))
    assert held.held_count == 13
    undone(run, rivera)

    assert len(waiting(section)["removals"]) == 13 + 2
    assert Hold.select().where(Hold.state == HoldState.SUPERSEDED).count() == 1


def test_who_was_changed_since_stays_and_the_reason_is_told(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    synced(section, reading(replace(GRACE, given_name="Amazing"), *AFTER[1:-1], student(3)))
    done = undone(run, rivera)

    assert obstacles(done) == {
        "er": Obstacle.LATER_RUN,
        "03": Obstacle.LATER_RUN,
        "40": Obstacle.LATER_RUN,
    }
    assert account(2).given_name == "Amazing"
    assert set(Enrollment.roster(section)) >= {"s00001", "s00003"}
    assert "s00030" not in Enrollment.roster(section)


def test_what_was_done_and_undone_since_is_in_nobodys_way(
    section: Section, rivera: Account
) -> None:
    before = Tables()
    first = synced(section, reading(*AFTER))
    later = synced(section, reading(*AFTER[1:-1], replace(GRACE, given_name="Amazing")))
    undone(later, rivera)
    assert undone(first, rivera).left == ()

    assert before.are_as_now()


@pytest.mark.parametrize("changed", ["override", "display_name", "sign_in"])
def test_a_teachers_or_a_students_own_change_since_is_left(
    section: Section, run: SyncRun, rivera: Account, changed: str
) -> None:
    change(changed, section, rivera)
    expected = {
        "override": {"40": Obstacle.OVERRIDE},
        "display_name": {"40": Obstacle.DISPLAY_NAME},
        "sign_in": {"er": Obstacle.CALLED_OTHERWISE},
    }[changed]

    assert obstacles(undone(run, rivera)) == expected


def change(what: str, section: Section, rivera: Account) -> None:
    if what == "override":
        override(section, 40, OverrideKind.IN, rivera, made_in=None)
    elif what == "display_name":
        Enrollment.update(display_name="Zed").where(Enrollment.account == account(40)).execute()
    else:
        person = PersonRecord("s00002", DISTRICT, (Role.STUDENT,), "Gracie", "Hopper")
        write(lambda: welcome("clever", ISSUER, person, clock.now()))


def override(
    section: Section, number: int, kind: OverrideKind, by: Account, made_in: SyncRun | None
) -> RosterOverride:
    today = clock.now()
    made: RosterOverride = RosterOverride.create(
        section=section,
        account=account(number),
        sourced_id=student(number).sourced_id,
        kind=kind,
        until=(today + timedelta(days=30)).date(),
        made_by=by,
        made_at=today,
        made_in=made_in,
    )
    return made


def by_override(section: Section, number: int, rivera: Account) -> SyncRun:
    """The teacher takes a student off the list, and off it they stay."""
    now = clock.now()
    made: SyncRun = SyncRun.create(
        section=section,
        source=RunSource.OVERRIDE,
        state=RunState.DONE,
        started_by=rivera,
        requested_at=now,
        started_at=now,
        finished_at=now,
        removed_count=1,
    )
    rosters.record(section, made, [Change(ChangeKind.REMOVED, student(number))])
    rosters.archive(section, [student(number).sourced_id], made, now)
    return made


def test_an_override_goes_with_its_run_and_nobody_is_asked(
    section: Section, rivera: Account
) -> None:
    before = Tables()
    made = by_override(section, 5, rivera)
    override(section, 5, OverrideKind.OUT, rivera, made_in=made)
    undone(made, rivera)

    assert before.are_as_now()
    assert waiting(section) == {}


def test_an_override_that_a_run_had_ended_stands_again(section: Section, rivera: Account) -> None:
    earlier = override(section, 5, OverrideKind.IN, rivera, made_in=None)
    before = Tables()
    made = by_override(section, 5, rivera)
    RosterOverride.update(ended_at=clock.now(), ended_in=made).execute()
    override(section, 5, OverrideKind.OUT, rivera, made_in=made)
    undone(made, rivera)

    assert before.are_as_now()
    assert RosterOverride.get_by_id(earlier.id).ended_at is None


def test_an_account_that_was_merged_since_is_left_and_the_merge_can_still_be_undone(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    other = Account.create(kind="student", given_name="Zoe", created_at=clock.now())
    write(lambda: Enrollment.join(section, other, clock.now()))
    merged = merging.merge(account(40), other, MergeGround.TEACHER, rivera)
    assert isinstance(merged, Merge)

    assert obstacles(undone(run, rivera)) == {"40": Obstacle.MERGED}
    assert "s00040" in Enrollment.roster(section)
    assert merging.undo(merged, rivera) is None
    assert undone(run, rivera).left == ()
    assert "s00040" not in Enrollment.roster(section)


def test_progress_and_work_are_where_they_were(section: Section, rivera: Account) -> None:
    run = synced(section, reading(*AFTER))
    LessonCompletion.mark(account(40), "course", "lesson", clock.now())
    undone(run, rivera)

    assert LessonCompletion.select().where(LessonCompletion.account == account(40)).exists()


def test_thirty_days_are_thirty_days_to_the_last_moment(run: SyncRun, rivera: Account) -> None:
    assert run.finished_at is not None
    last = run.finished_at + UNDO_LASTS
    assert undos.may_be_undone(run, last)
    assert not undos.may_be_undone(run, last + MICROSECOND)

    SyncRun.update(finished_at=clock.now() - UNDO_LASTS).where(SyncRun.id == run.id).execute()
    assert undo(SyncRun.get_by_id(run.id), rivera) == Refusal.TOO_LATE


def test_the_same_click_and_another_for_the_same_get_the_same_undo(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    first = undone(run, rivera, Scope(), "key").run
    assert undone(run, rivera, Scope(), "key").run == first
    assert undone(run, rivera, Scope(), "another").run == first
    assert undone(run, rivera, REMOVALS).run == first

    assert SyncRun.select().where(SyncRun.source == RunSource.UNDO).count() == 1
    assert undo(first, rivera) == Refusal.NO_LIST


def test_a_run_of_grades_alone_has_nothing_to_undo(section: Section, rivera: Account) -> None:
    run = synced(section, reading(replace(student(1), grade="8"), *students(25, first=2)))

    assert run.updated_count == 1
    assert undo(run, rivera) == Refusal.NO_LIST


def at_once(*steps: Callable[[], object]) -> None:
    """Each in a thread with a connection of its own, begun together."""
    start = Barrier(len(steps))

    def play(step: Callable[[], object]) -> None:
        start.wait()
        with database.connected():
            step()

    threads = [Thread(target=play, args=(step,)) for step in steps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_two_undos_at_once_are_one(section: Section, run: SyncRun, rivera: Account) -> None:
    at_once(lambda: undo(run, rivera), lambda: undo(run, rivera))

    assert SyncRun.select().where(SyncRun.source == RunSource.UNDO).count() == 1
    assert set(Enrollment.roster(section)) == {each.sourced_id for each in students(26)}


def test_an_undo_while_a_sync_reads_makes_that_one_ask(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    read = reading(*AFTER)

    def undone_meanwhile(*rest: Any) -> Any:
        found = read(*rest)
        undone(run, rivera)
        return found

    later = synced(section, undone_meanwhile)
    assert (later.state, later.added_count, later.removed_count) == (RunState.HELD, 0, 0)
    assert set(Enrollment.roster(section)) == {each.sourced_id for each in students(26)}


def test_what_was_planned_before_an_undo_is_not_saved_after_it(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    planned_for = Section.by_key(section.id).roster_version
    undone(run, rivera)

    assert Section.by_key(section.id).roster_version == planned_for + 1


def test_an_undo_after_a_sync_has_saved_leaves_what_that_changed(
    section: Section, run: SyncRun, rivera: Account
) -> None:
    synced(section, reading(*AFTER[:-1]))

    assert obstacles(undone(run, rivera)) == {"40": Obstacle.LATER_RUN}


def test_its_statements_do_not_grow_with_the_students(rivera: Account) -> None:
    counts = []
    for number, size in enumerate((10, 400)):
        roster_class = algebra(f"d{number}")
        made = section_of(roster_class, rivera)
        first = 1 + number * 1000
        run = synced(made, reading(*students(size, first), roster_class=roster_class))
        counts.append(len(queries(lambda run=run: undone(run, rivera))))
    assert counts[0] == counts[1]
