"""A sync makes a section match its class, and an error changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from peewee import OperationalError

from portal import clock, holds
from portal.database import db, write
from portal.models.accounts import Account, LinkedAccount
from portal.models.arrivals import welcome
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldState
from portal.models.syncs.sync_changes import ChangeKind, SyncChange
from portal.models.syncs.sync_runs import (
    MOST_ATTEMPTS,
    OwnReason,
    RunLost,
    RunSource,
    RunState,
    SyncRun,
)
from portal.providers.base import FailureReason, ProviderError
from portal.roster.records import PersonRecord, Role, StudentRecord
from portal.roster.snapshot import RosterSnapshot
from portal.sync import sync_section
from tests.log_lines import Lines
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


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    return section_of(algebra(), rivera)


@pytest.fixture
def full_section(section: Section) -> Section:
    synced(section, reading(*students(26)))
    return section


def listed(section: Section) -> set[str]:
    return set(Enrollment.roster(section))


def the_hold(section: Section) -> Hold:
    hold: Hold = Hold.waiting(section).get()
    return hold


def test_the_first_sync_adds_everyone_with_an_account(section: Section) -> None:
    run = synced(section, reading(*students(26)))

    assert (run.state, run.added_count, run.existing_count) == (RunState.DONE, 26, 0)
    assert Enrollment.roster(section) == {each.sourced_id: each for each in students(26)}


def test_a_second_sync_of_the_same_class_changes_nothing(full_section: Section) -> None:
    before = Section.get_by_id(full_section.id).roster_version
    run = synced(full_section, reading(*students(26)))

    assert (run.added_count, run.removed_count, run.unchanged_count) == (0, 0, 26)
    assert Section.get_by_id(full_section.id).roster_version == before


def test_added_removed_and_renamed_are_told_apart_by_name(full_section: Section) -> None:
    renamed = replace(student(2), given_name="Grace")
    run = synced(full_section, reading(renamed, *students(24, first=3), student(99)))

    changes = {change.sourced_id: change.kind for change in run.changes}
    assert changes == {"s00001": "removed", "s00002": "renamed", "s00099": "added"}
    assert Enrollment.roster(full_section)["s00002"].given_name == "Grace"


def test_a_student_who_leaves_and_returns_keeps_one_enrollment(full_section: Section) -> None:
    before = Enrollment.get(Enrollment.sourced_id == "s00001")
    synced(full_section, reading(*students(25, first=2)))
    assert Enrollment.get_by_id(before.id).ended_at is not None
    synced(full_section, reading(*students(26)))

    after = Enrollment.get(Enrollment.sourced_id == "s00001")
    assert (after.id, after.account_id, after.ended_at) == (before.id, before.account_id, None)


def test_a_student_of_two_sections_is_one_account(full_section: Section, rivera: Account) -> None:
    band = section_of(algebra("c2", name="Band"), rivera)
    run = synced(band, reading(*students(30), roster_class=algebra("c2")))

    assert (run.added_count, run.existing_count) == (30, 26)
    assert LinkedAccount.select().where(LinkedAccount.sourced_id == "s00001").count() == 1


def test_a_student_who_signed_in_first_is_enrolled_with_that_account(section: Section) -> None:
    early = account_of(replace(RIVERA, sourced_id="s00001", roles=("student",)))
    synced(section, reading(*students(3)))

    assert Enrollment.get(Enrollment.account == early).section_id == section.id


def test_someone_who_moved_to_another_class_of_the_teacher_is_shown_as_moved(
    full_section: Section, rivera: Account
) -> None:
    band = section_of(algebra("c2", name="Band"), rivera)
    synced(band, reading(student(1), roster_class=algebra("c2", name="Band")))
    run = synced(full_section, reading(*students(25, first=2)))

    assert run.changes.get().moved_to == "Band"


def test_to_have_been_in_two_classes_all_along_is_no_move(
    full_section: Section, rivera: Account
) -> None:
    band = section_of(algebra("c2", name="Band"), rivera)
    synced(band, reading(student(1), roster_class=algebra("c2", name="Band")))
    synced(full_section, reading(*students(26)))
    run = synced(full_section, reading(*students(25, first=2)))

    assert run.changes.get().moved_to == ""


def test_a_provider_failure_leaves_the_list_alone_and_says_why(full_section: Section) -> None:
    run = synced(full_section, refusing(ProviderError(FailureReason.NOT_SHARED)))

    assert (run.state, run.reason) == (RunState.FAILED, "not_shared")
    assert len(listed(full_section)) == 26


def test_a_class_that_is_gone_leaves_the_list_and_marks_the_section(full_section: Section) -> None:
    synced(full_section, refusing(ProviderError(FailureReason.CLASS_GONE)))

    assert Section.get_by_id(full_section.id).class_gone_at is not None
    assert len(listed(full_section)) == 26


def test_an_unreadable_record_is_counted_and_its_student_stays(full_section: Section) -> None:
    run = synced(full_section, reading(*students(25, first=2), unreadable=["s00001"]))

    assert (run.state, run.skipped_count) == (RunState.DONE, 1)
    assert len(listed(full_section)) == 26


def test_F41_an_empty_roster_is_held_and_nobody_is_removed(full_section: Section) -> None:
    run = synced(full_section, reading())

    assert (run.state, run.held_count, the_hold(full_section).empties) == ("held", 26, True)
    assert len(listed(full_section)) == 26


def test_F42_large_removals_wait_while_adds_and_renames_are_saved(full_section: Section) -> None:
    renamed = replace(student(12), given_name="Grace")
    run = synced(full_section, reading(renamed, *students(14, first=13), student(99)))

    assert (run.state, run.added_count, run.updated_count, run.held_count) == ("held", 1, 1, 11)
    assert len(listed(full_section)) == 27


def test_keeping_the_list_is_remembered_for_this_very_set(
    full_section: Section, rivera: Account
) -> None:
    synced(full_section, reading(*students(15, first=12)))
    assert holds.keep(the_hold(full_section), rivera)
    run = synced(full_section, reading(*students(15, first=12)))

    assert (run.state, run.kept_count) == (RunState.DONE, 11)
    assert len(listed(full_section)) == 26


def test_a_kept_set_is_asked_about_anew_after_fourteen_days(
    full_section: Section, rivera: Account
) -> None:
    synced(full_section, reading(*students(15, first=12)))
    holds.keep(the_hold(full_section), rivera)
    Hold.update(answered_at=clock.now() - timedelta(days=14, minutes=1)).execute()

    assert synced(full_section, reading(*students(15, first=12))).state == RunState.HELD


def test_removing_what_was_held_archives_exactly_those_students(
    full_section: Section, rivera: Account
) -> None:
    synced(full_section, reading(*students(15, first=12)))
    assert holds.apply(the_hold(full_section), rivera)

    assert listed(full_section) == {each.sourced_id for each in students(15, first=12)}
    run = SyncRun.latest(full_section)
    assert run is not None
    assert (run.source, run.removed_count, run.changes.count()) == (RunSource.HOLD, 11, 11)


def test_removals_a_person_agreed_to_do_not_make_the_next_small_one_wait(
    full_section: Section, rivera: Account
) -> None:
    synced(full_section, reading(*students(15, first=12)))
    holds.apply(the_hold(full_section), rivera)

    assert synced(full_section, reading(*students(14, first=13))).removed_count == 1


def test_small_steps_within_a_day_are_held_once_they_add_up(full_section: Section) -> None:
    assert synced(full_section, reading(*students(24, first=3))).removed_count == 2
    assert synced(full_section, reading(*students(22, first=5))).removed_count == 2
    assert synced(full_section, reading(*students(21, first=6))).held_count == 1
    assert len(listed(full_section)) == 22


def test_a_hold_is_answered_once(full_section: Section, rivera: Account) -> None:
    synced(full_section, reading(*students(15, first=12)))
    hold = the_hold(full_section)

    assert holds.keep(hold, rivera)
    assert not holds.apply(hold, rivera)
    assert len(listed(full_section)) == 26


def test_a_hold_ends_by_itself_when_the_roster_comes_back(full_section: Section) -> None:
    synced(full_section, reading(*students(15, first=12)))
    hold = the_hold(full_section)
    synced(full_section, reading(*students(26)))

    assert Hold.get_by_id(hold.id).state == HoldState.DISSOLVED


def test_a_hold_stays_the_same_while_the_same_students_are_missing(full_section: Section) -> None:
    synced(full_section, reading(*students(15, first=12)))
    hold = the_hold(full_section)
    synced(full_section, reading(*students(15, first=12)))
    assert the_hold(full_section).id == hold.id

    synced(full_section, reading(*students(14, first=13)))
    assert (the_hold(full_section).id, Hold.get_by_id(hold.id).state) != (hold.id, "waiting")


def test_a_hold_expires_after_fourteen_days_and_removes_nobody(full_section: Section) -> None:
    synced(full_section, reading(*students(15, first=12)))

    assert Hold.expire(clock.now() + timedelta(days=13)) == 0
    assert Hold.expire(clock.now() + timedelta(days=14, minutes=1)) == 1
    assert len(listed(full_section)) == 26


def test_held_renames_are_saved_by_a_persons_word(section: Section, rivera: Account) -> None:
    synced(section, reading(*students(10)))
    shifted = [replace(each, family_name="Shifted") for each in students(10)]
    assert synced(section, reading(*shifted)).state == RunState.HELD
    assert Enrollment.roster(section)["s00001"].family_name == "Family00001"

    holds.apply(the_hold(section), rivera)
    assert Enrollment.roster(section)["s00001"].family_name == "Shifted"


def test_a_second_click_joins_the_run_in_flight(section: Section, rivera: Account) -> None:
    first, made = SyncRun.request(section, RunSource.TEACHER, clock.now(), rivera, "key-1")
    second, made_again = SyncRun.request(section, RunSource.TEACHER, clock.now(), rivera, "key-2")

    assert (made, made_again, second.id) == (True, False, first.id)


def test_the_same_click_sent_again_gets_its_finished_run(section: Section, rivera: Account) -> None:
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now(), rivera, "key-1")
    sync_section(run, reading(*students(3)))
    again, made = SyncRun.request(section, RunSource.TEACHER, clock.now(), rivera, "key-1")

    assert (again.id, made) == (run.id, False)


def test_a_finished_run_is_not_carried_out_twice(section: Section) -> None:
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())
    sync_section(run, reading(*students(3)))
    sync_section(run, reading(*students(9)))

    assert len(listed(section)) == 3


def test_a_stopped_sync_changes_nothing(full_section: Section) -> None:
    run, _ = SyncRun.request(full_section, RunSource.TEACHER, clock.now())

    def stopped_meanwhile(*arguments: object) -> object:
        run.stop(clock.now())
        return reading(*students(27))(*arguments)  # type: ignore[arg-type]

    sync_section(run, stopped_meanwhile)  # type: ignore[arg-type]
    assert SyncRun.get_by_id(run.id).state == RunState.STOPPED
    assert len(listed(full_section)) == 26


def test_a_run_whose_worker_died_is_taken_over_and_the_dead_hand_cannot_save(
    section: Section,
) -> None:
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())
    frozen = run.claim(clock.now())
    assert frozen is not None
    assert run.claim(clock.now()) is None
    SyncRun.update(lease_until=0).execute()

    sync_section(run, reading(*students(3)))
    with pytest.raises(RunLost):
        frozen.finish(RunState.DONE, clock.now())


def test_an_older_read_never_overwrites_a_newer_one(section: Section) -> None:
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())
    Section.update(last_fence=99).execute()
    sync_section(run, reading(*students(3)))

    assert not listed(section)


def test_a_run_that_kills_its_workers_fails_instead_of_going_on_for_ever(section: Section) -> None:
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())
    SyncRun.update(attempt=5).execute()
    sync_section(run, reading(*students(3)))

    assert SyncRun.get_by_id(run.id).reason == OwnReason.UNEXPECTED


def test_a_teacher_who_was_taken_off_the_class_changes_nothing_and_loses_the_section(
    full_section: Section, rivera: Account
) -> None:
    mr_okafors = algebra(teachers=("t2",))
    run = synced(full_section, reading(roster_class=mr_okafors), by=rivera)

    assert (run.reason, len(listed(full_section))) == (OwnReason.TEACHER_REMOVED, 26)
    assert not Section.visible_to(rivera).exists()


def test_a_co_teacher_gets_the_section_at_the_next_sync(full_section: Section) -> None:
    okafor = account_of(OKAFOR)
    assert not Section.visible_to(okafor).exists()
    both = algebra(teachers=("t1", "t2"))
    synced(full_section, reading(*students(26), roster_class=both))

    assert Section.visible_to(okafor).get().id == full_section.id


def test_slow_down_for_long_gives_the_run_back_to_the_queue(section: Section) -> None:
    later = clock.now() + timedelta(minutes=10)
    run = synced(section, refusing(ProviderError(FailureReason.SLOW_DOWN, retry_at=later)))

    assert (run.state, run.not_before) == (RunState.QUEUED, later)
    assert run.claim(clock.now()) is None


def test_when_clever_does_not_answer_we_try_again_by_ourselves_three_times(
    section: Section,
) -> None:
    run = synced(section, refusing(ProviderError(FailureReason.NOT_ANSWERING)))
    for _ in range(3):
        again = run.retry(clock.now())
        assert again is not None
        sync_section(again, refusing(ProviderError(FailureReason.NOT_ANSWERING)))
        run = SyncRun.get_by_id(again.id)

    assert run.retry_at is None


def test_a_retry_gives_way_to_a_persons_own_click(section: Section) -> None:
    failed = synced(section, refusing(ProviderError(FailureReason.NOT_ANSWERING)))
    synced(section, reading(*students(3)))

    assert SyncRun.get_by_id(failed.id).retry(clock.now()) is None


def test_a_bug_fails_the_run_and_the_log_tells_its_kind_and_place(
    full_section: Section, lines: Lines
) -> None:
    """V02: not its words."""

    def broken(*_: object) -> RosterSnapshot:
        raise ZeroDivisionError("Failing row contains (Canary)")

    run = synced(full_section, broken)

    assert (run.state, run.reason) == (RunState.FAILED, OwnReason.UNEXPECTED)
    (line,) = lines.records()
    assert (line["run"], line["reference"]) == (run.public_id, run.reference)
    assert line["errors"][0]["type"] == "builtins.ZeroDivisionError"
    assert line["errors"][0]["frames"][-1].endswith("broken")
    assert "Canary" not in lines.getvalue()


def test_a_run_that_is_given_up_and_one_that_is_refused_are_found_in_the_log(
    section: Section, rivera: Account, lines: Lines
) -> None:
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())
    SyncRun.update(attempt=MOST_ATTEMPTS).where(SyncRun.id == run.id).execute()
    sync_section(run, reading())
    refused = synced(section, reading(roster_class=algebra(teachers=("t2",))), rivera)

    given_up, no_teacher = lines.records()
    assert (given_up["level"], given_up["reference"]) == ("ERROR", run.reference)
    assert no_teacher["reference"] == refused.reference


def test_every_change_is_recorded_and_the_audit_counts_match(full_section: Section) -> None:
    run = synced(full_section, reading(*students(25, first=2), student(99)))

    kinds = [change.kind for change in SyncChange.of(run, list(ChangeKind))]
    assert sorted(kinds) == ["added", "removed"]
    event = AuditEvent.select().order_by(AuditEvent.id.desc()).get()
    assert '"added_count": 1' in event.counts
    assert '"removed_count": 1' in event.counts


def test_a_sync_makes_the_same_number_of_queries_whatever_the_number_of_students(
    rivera: Account,
) -> None:
    counts = []
    for number, size in enumerate((5, 500)):
        section = section_of(algebra(f"c{number}"), rivera)
        roster = reading(*students(size, first=1000 * number), roster_class=algebra(f"c{number}"))
        counts.append(len(queries(lambda s=section, r=roster: synced(s, r))))
    assert counts[0] == counts[1]


def shifted(count: int) -> list[StudentRecord]:
    return [replace(each, family_name="Shifted") for each in students(count)]


def signs_in(sourced_id: str, given_name: str, family_name: str) -> None:
    student = PersonRecord(sourced_id, DISTRICT, (Role.STUDENT,), given_name, family_name)
    write(lambda: welcome("clever", ISSUER, student, clock.now()))


def test_names_held_in_one_section_are_not_taken_over_by_way_of_another(
    section: Section, rivera: Account
) -> None:
    synced(section, reading(*students(20)))
    synced(section, reading(*shifted(20)))
    band = section_of(algebra("c2", name="Band"), rivera)
    run = synced(band, reading(*shifted(5), roster_class=algebra("c2")))

    assert (run.state, run.added_count, run.updated_count) == (RunState.DONE, 5, 0)
    assert Enrollment.roster(section)["s00001"].family_name == "Family00001"


def test_many_new_names_of_known_students_are_held_when_they_come_with_a_new_section(
    section: Section, rivera: Account
) -> None:
    synced(section, reading(*students(20)))
    band = section_of(algebra("c2", name="Band"), rivera)
    run = synced(band, reading(*shifted(20), roster_class=algebra("c2")))

    assert (run.state, run.added_count, run.held_count) == (RunState.HELD, 20, 20)
    assert Enrollment.roster(band)["s00001"].family_name == "Family00001"


def test_a_known_student_with_a_new_name_is_added_renamed_and_recorded(
    full_section: Section, rivera: Account
) -> None:
    band = section_of(algebra("c2", name="Band"), rivera)
    grace = replace(student(1), given_name="Grace")
    run = synced(band, reading(grace, roster_class=algebra("c2")))

    kinds = sorted(change.kind for change in SyncChange.of(run, list(ChangeKind)))
    assert (kinds, run.existing_count) == (["added", "renamed"], 1)
    assert Enrollment.roster(full_section)["s00001"].given_name == "Grace"


def test_other_new_names_for_the_same_students_are_another_question(
    section: Section, rivera: Account
) -> None:
    synced(section, reading(*students(10)))
    synced(section, reading(*[replace(each, family_name="Wrong") for each in students(10)]))
    first = the_hold(section)
    synced(section, reading(*shifted(10)))

    assert not holds.apply(first, rivera)
    assert holds.apply(the_hold(section), rivera)
    assert Enrollment.roster(section)["s00001"].family_name == "Shifted"


def test_names_that_were_refused_are_asked_about_again_once_they_differ(
    section: Section, rivera: Account
) -> None:
    synced(section, reading(*students(10)))
    synced(section, reading(*[replace(each, family_name="Wrong") for each in students(10)]))
    holds.keep(the_hold(section), rivera)

    assert synced(section, reading(*shifted(10))).state == RunState.HELD


def test_nobody_is_removed_by_an_answer_once_the_class_is_gone(
    full_section: Section, rivera: Account
) -> None:
    synced(full_section, reading(*students(15, first=12)))
    hold = the_hold(full_section)
    synced(full_section, refusing(ProviderError(FailureReason.CLASS_GONE)))

    assert not holds.apply(hold, rivera)
    assert len(listed(full_section)) == 26


def test_an_answer_to_a_question_that_has_run_out_changes_nothing(
    full_section: Section, rivera: Account
) -> None:
    synced(full_section, reading(*students(15, first=12)))
    Hold.update(expires_at=clock.now() - timedelta(minutes=1)).execute()

    assert not holds.apply(the_hold(full_section), rivera)
    assert len(listed(full_section)) == 26


def test_a_sync_asks_anew_what_nobody_answered_in_time(full_section: Section) -> None:
    synced(full_section, reading(*students(15, first=12)))
    old = the_hold(full_section)
    Hold.update(expires_at=clock.now() - timedelta(minutes=1)).execute()
    synced(full_section, reading(*students(15, first=12)))

    assert Hold.get_by_id(old.id).state == HoldState.SUPERSEDED
    assert [hold.student_count for hold in Hold.questions(full_section, clock.now())] == [11]


def test_a_sync_asks_no_more_of_the_database_however_many_questions_wait_elsewhere(
    section: Section, rivera: Account
) -> None:
    synced(section, reading(*students(1)))
    statements = []
    for number in range(1, 5):
        other = section_of(algebra(f"other-{number}"), rivera)
        of_other = algebra(f"other-{number}")
        synced(other, reading(*students(10, first=100 * number), roster_class=of_other))
        new = [replace(each, family_name="Wrong") for each in students(10, first=100 * number)]
        assert synced(other, reading(*new, roster_class=of_other)).state == RunState.HELD
        statements.append(counted(section, replace(student(1), given_name=f"Name{number}")))

    assert len(set(statements)) == 1


def counted(section: Section, *roster: StudentRecord) -> int:
    """How many statements a sync to this roster makes."""
    seen: list[object] = []
    db.obj.query_hooks.append(seen.append)
    try:
        synced(section, reading(*roster))
    finally:
        db.obj.query_hooks.remove(seen.append)
    return len(seen)


def test_names_that_a_question_ran_out_on_are_asked_about_elsewhere(
    section: Section, rivera: Account
) -> None:
    synced(section, reading(*students(20)))
    synced(section, reading(*shifted(20)))
    Hold.update(expires_at=clock.now() - timedelta(minutes=1)).execute()
    band = section_of(algebra("c2", name="Band"), rivera)

    run = synced(band, reading(*shifted(5), roster_class=algebra("c2")))
    assert (run.state, run.updated_count, run.held_count) == (RunState.HELD, 0, 5)


def test_a33_a_teacher_whom_a_class_lists_is_never_what_a_student_record_says(
    section: Section, rivera: Account
) -> None:
    own = LinkedAccount.get(LinkedAccount.account == rivera).__data__
    listed_too = reading(*students(3), replace(student(4), sourced_id="t1"))
    first, second = synced(section, listed_too), synced(section, listed_too)

    assert (first.added_count, second.updated_count, second.unchanged_count) == (4, 0, 4)
    assert "Rivera" in {change.family_name for change in first.changes}
    assert LinkedAccount.get(LinkedAccount.account == rivera).__data__ == own
    assert Account.get_by_id(rivera.id).family_name == "Rivera"


@pytest.fixture
def three_held(section: Section) -> Section:
    """Three of fifteen students are held."""
    synced(section, reading(*students(15)))
    assert synced(section, reading(*students(12, first=4))).held_count == 3
    return section


def test_what_is_held_stays_held_when_the_list_has_grown(three_held: Section) -> None:
    """Three of sixteen would be few enough, but they are in question."""
    with_a_newcomer = reading(*students(12, first=4), student(99))
    runs = [synced(three_held, with_a_newcomer) for _ in range(2)]

    assert [(run.state, run.removed_count) for run in runs] == [("held", 0)] * 2
    assert len(listed(three_held)) == 16


def test_when_some_of_the_held_students_are_back_the_others_are_asked_about(
    three_held: Section,
) -> None:
    run = synced(three_held, reading(*students(13, first=3)))

    assert (run.state, run.removed_count, the_hold(three_held).student_count) == ("held", 0, 2)


@pytest.mark.parametrize("swept", [True, False])
def test_what_nobody_answered_in_time_is_asked_anew_though_the_list_has_grown(
    three_held: Section, swept: bool
) -> None:
    with_a_newcomer = reading(*students(12, first=4), student(99))
    synced(three_held, with_a_newcomer)
    Hold.update(expires_at=clock.now() - timedelta(minutes=1)).execute()
    if swept:
        Hold.expire(clock.now())
    run = synced(three_held, with_a_newcomer)

    assert (run.state, run.removed_count) == ("held", 0)
    assert len(Hold.questions(three_held, clock.now())) == 1


def test_a_class_that_was_gone_for_a_while_settles_no_question(three_held: Section) -> None:
    with_a_newcomer = reading(*students(12, first=4), student(99))
    synced(three_held, with_a_newcomer)
    synced(three_held, refusing(ProviderError(FailureReason.CLASS_GONE)))
    run = synced(three_held, with_a_newcomer)

    assert (run.state, run.removed_count) == ("held", 0)


@pytest.mark.parametrize("kept", [True, False])
def test_a_question_is_over_once_its_students_are_back(
    three_held: Section, rivera: Account, kept: bool
) -> None:
    if kept:
        holds.keep(the_hold(three_held), rivera)
    Hold.update(expires_at=clock.now() - timedelta(minutes=1)).execute()
    synced(three_held, reading(*students(15)))

    assert synced(three_held, reading(*students(14, first=2))).removed_count == 1


def test_a_student_who_could_not_be_read_is_not_back(three_held: Section) -> None:
    synced(three_held, reading(*students(12, first=4), unreadable=["s00001", "s00002", "s00003"]))
    run = synced(three_held, reading(*students(14, first=2)))

    assert (run.state, run.removed_count, run.held_count) == (RunState.HELD, 0, 1)


def test_what_was_refused_before_a_larger_question_came_and_went_is_not_forgotten(
    three_held: Section, rivera: Account
) -> None:
    holds.keep(the_hold(three_held), rivera)
    assert synced(three_held, reading(*students(11, first=5))).held_count == 4
    with_a_newcomer = reading(*students(12, first=4), student(99))
    assert synced(three_held, with_a_newcomer).kept_count == 3
    Hold.update(answered_at=clock.now() - timedelta(days=15)).execute()

    assert synced(three_held, with_a_newcomer).held_count == 3


@pytest.mark.parametrize("ran_out", [True, False])
def test_a_new_name_in_question_is_not_taken_over_when_the_student_signs_in(
    section: Section, ran_out: bool
) -> None:
    synced(section, reading(*students(10)))
    assert synced(section, reading(*shifted(10))).state == RunState.HELD
    if ran_out:
        Hold.update(expires_at=clock.now() - timedelta(minutes=1)).execute()
    for number in (1, 2, 3):
        signs_in(f"s{number:05}", f"Given{number}", "Shifted")
    run = synced(section, reading(*shifted(10)))

    assert (run.state, run.updated_count) == (RunState.HELD, 0)
    assert Enrollment.roster(section)["s00001"].family_name == "Family00001"


def test_I6_a_read_that_began_earlier_puts_no_older_name_back(
    section: Section, rivera: Account
) -> None:
    band = section_of(algebra("c2", name="Band"), rivera)
    synced(section, reading(student(1)))
    in_band = reading(replace(student(1), given_name="Grace"), roster_class=algebra("c2"))

    def read_before_band(*asked: Any) -> RosterSnapshot:
        synced(band, in_band)
        return reading(student(1))(*asked)

    run = synced(section, read_before_band)
    assert (run.updated_count, run.changes.count()) == (0, 0)
    assert Enrollment.roster(section)["s00001"].given_name == "Grace"


def test_I6_an_answer_puts_no_older_name_back_than_a_sign_in_has_brought(
    section: Section, rivera: Account
) -> None:
    synced(section, reading(*students(10)))
    synced(section, reading(*shifted(10)))
    signs_in("s00001", "Grace", "Newest")
    holds.apply(the_hold(section), rivera)

    names = {key: each.family_name for key, each in Enrollment.roster(section).items()}
    assert (names["s00001"], names["s00002"]) == ("Newest", "Shifted")
    assert SyncRun.select().order_by(SyncRun.id.desc()).get().updated_count == 9


def test_the_same_question_is_shown_beside_the_list_as_it_is_now(full_section: Section) -> None:
    synced(full_section, reading(*students(15, first=12)))
    synced(full_section, reading(*students(18, first=12)))

    assert (the_hold(full_section).student_count, the_hold(full_section).list_count) == (11, 26)
    synced(full_section, reading(*students(18, first=12)))
    assert the_hold(full_section).list_count == 29


def test_a_sign_in_writes_back_nothing_that_somebody_else_has_changed(rivera: Account) -> None:
    linked = LinkedAccount.find("clever", "https://clever.com", "t1")
    assert linked is not None
    Account.update(disabled_at=clock.now()).execute()
    linked.refresh(RIVERA, clock.now())

    assert Account.get_by_id(rivera.id).disabled_at is not None


def test_a_database_that_was_busy_gets_the_run_back_instead_of_a_failure(section: Section) -> None:
    def busy(*_: object) -> object:
        raise OperationalError("database is locked")

    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())
    sync_section(run, busy)  # type: ignore[arg-type]
    assert SyncRun.get_by_id(run.id).state == RunState.RUNNING


def test_F16_a_full_disk_is_said_and_the_list_stays(full_section: Section) -> None:
    def full(*_: object) -> object:
        raise OperationalError("database or disk is full")

    run, _ = SyncRun.request(full_section, RunSource.TEACHER, clock.now())
    sync_section(run, full)  # type: ignore[arg-type]
    assert SyncRun.get_by_id(run.id).reason == OwnReason.STORAGE
    assert len(listed(full_section)) == 26
