"""Sections that a nightly run brings up to date, beside syncs that people ask for."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

import pytest

from portal import clock, district_sync, districts
from portal.models.accounts import Account, LinkedAccount
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource, DistrictStep
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.roster.records import ClassRecord, PersonRecord, Role
from portal.settings import Settings
from portal.sync import sync_section
from tests.accounts import finish, lessons_of
from tests.districts.whole import mirror_whole_district
from tests.rosters import account_of, section_of
from tests.sandbox_clever import Cast, RunningSandbox

NIGHTLY = DistrictRunSource.NIGHTLY


@pytest.fixture
def cast(settings: Settings, sandbox: RunningSandbox) -> Cast:
    """Cedar Valley, read once."""
    cast = sandbox.cast("Cedar Valley ISD")
    mirror_whole_district(settings, cast.id)
    return cast


def section(settings: Settings, cast: Cast, name: str) -> Section:
    """Ms Alvarez's section of this class, in step with Clever."""
    teacher = cast.teachers["Nina Alvarez"]
    nina = account_of(PersonRecord(teacher, cast.id, (Role.TEACHER,), "Nina", "Alvarez"))
    made = section_of(ClassRecord(cast.sections[name], cast.id, name, (teacher,), ()), nina)
    pressed(settings, made)
    return made


def pressed(settings: Settings, of: Section) -> SyncRun:
    run, _ = SyncRun.request(of, RunSource.TEACHER, clock.now())
    sync_section(run, partial(districts.read_roster, settings))
    ended: SyncRun = SyncRun.get_by_id(run.id)
    return ended


def students(of: Section) -> set[str]:
    return set(Enrollment.sourced_ids(of))


def account(sourced_id: str) -> Account:
    found: Account = LinkedAccount.get(LinkedAccount.sourced_id == sourced_id).account
    return found


def nights_runs() -> list[SyncRun]:
    return list(SyncRun.select().where(SyncRun.source == RunSource.NIGHTLY))


@pytest.mark.parametrize("first", ["Algebra I - Period 3", "Homeroom 8C"])
def test_F46_a_student_who_moves_between_two_synced_sections_keeps_account_and_work(
    settings: Settings, sandbox: RunningSandbox, cast: Cast, first: str
) -> None:
    """In either order of the syncs: sections are synced in the order in which they were made."""
    other = ({"Algebra I - Period 3", "Homeroom 8C"} - {first}).pop()
    made = {name: section(settings, cast, name) for name in (first, other)}
    old, new = made["Algebra I - Period 3"], made["Homeroom 8C"]
    moving = min(students(old))
    finish(account(moving), "first")
    before = account(moving).id, Account.select().count()
    sandbox.move(moving, old.class_sourced_id, new.class_sourced_id)
    run = mirror_whole_district(settings, cast.id, NIGHTLY)

    assert (run.state, run.section_count, run.sections_done) == ("done", 2, 2)
    assert (moving in students(old), moving in students(new)) == (False, True)
    assert (account(moving).id, Account.select().count()) == before
    assert lessons_of(account(moving)) == {"first"}
    changed = [(each.added_count, each.removed_count) for each in nights_runs()]
    assert sorted(changed) == [(0, 1), (1, 0)]


def test_an_unchanged_night_syncs_nothing(settings: Settings, cast: Cast) -> None:
    """The first one after a teacher's own sync sees that it knows no more than that did."""
    section(settings, cast, "Homeroom 8C")
    first, second = (mirror_whole_district(settings, cast.id, NIGHTLY) for _ in range(2))

    assert [first.section_count, second.section_count] == [1, 0]
    assert nights_runs() == []


def test_a_run_out_of_time_goes_on_with_the_sections_and_does_not_read_again(
    settings: Settings, sandbox: RunningSandbox, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    homeroom = section(settings, cast, "Homeroom 8C")
    gone = min(students(homeroom))
    sandbox.withdraw(homeroom.class_sourced_id, gone)
    night = _read_only(settings, cast, monkeypatch)
    sandbox.forget_requests()
    assert not district_sync.carry_out(night, settings)

    assert (gone in students(homeroom), sandbox.requests()) == (False, [])
    (synced,) = nights_runs()
    assert (synced.state, synced.district_run_id) == (RunState.DONE, night.id)


def test_F50_a_sync_that_read_later_than_the_night_wins(
    settings: Settings, sandbox: RunningSandbox, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The night has read when the teacher's sync comes; it has nothing left to do."""
    homeroom = section(settings, cast, "Homeroom 8C")
    leaving_student = min(students(homeroom))
    sandbox.withdraw(homeroom.class_sourced_id, leaving_student)
    night = _read_only(settings, cast, monkeypatch)
    sandbox.enrol(homeroom.class_sourced_id, leaving_student)
    assert pressed(settings, homeroom).state == RunState.DONE
    while district_sync.carry_out(night, settings):
        pass

    assert leaving_student in students(homeroom)
    assert DistrictRun.get_by_id(night.id).state == RunState.DONE


def test_F50_a_click_while_the_night_is_at_the_section_joins_its_run(
    settings: Settings, sandbox: RunningSandbox, cast: Cast
) -> None:
    homeroom = section(settings, cast, "Homeroom 8C")
    night, _ = SyncRun.request(homeroom, RunSource.NIGHTLY, clock.now())
    click, is_new = SyncRun.request(homeroom, RunSource.TEACHER, clock.now())

    assert (click.id, is_new) == (night.id, False)


def test_F50_a_section_that_somebody_syncs_just_then_is_left_to_them(
    settings: Settings, sandbox: RunningSandbox, cast: Cast
) -> None:
    homeroom = section(settings, cast, "Homeroom 8C")
    gone = min(students(homeroom))
    sandbox.withdraw(homeroom.class_sourced_id, gone)
    click, _ = SyncRun.request(homeroom, RunSource.TEACHER, clock.now())
    run = mirror_whole_district(settings, cast.id, NIGHTLY)
    assert (run.state, nights_runs()) == ("done", [])

    sync_section(click, partial(districts.read_roster, settings))
    assert gone not in students(homeroom)


def _read_only(settings: Settings, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> DistrictRun:
    """A run whose worker had no time left for the sections."""
    connection = DistrictConnection.of("clever", cast.id)
    assert connection is not None
    run, _ = DistrictRun.request(connection, NIGHTLY, clock.now())
    with monkeypatch.context() as hurried:
        hurried.setattr(district_sync, "SLICE", timedelta())
        assert district_sync.carry_out(run, settings)
    waiting: DistrictRun = DistrictRun.get_by_id(run.id)
    assert (waiting.state, waiting.step) == (RunState.QUEUED, DistrictStep.SECTIONS)
    return waiting
