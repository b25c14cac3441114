"""A section that was put away, or deleted, is not touched by any sync (N9, Y12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import archiving, clock, holds
from portal.database import execute
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.districts import DistrictConnection
from portal.models.sections import Section, SectionTeacher
from portal.models.shared import outdating
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold, HoldState
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_changes import SyncChange
from portal.models.syncs.sync_runs import OwnReason, RunSource, RunState, SyncRun, Wish
from portal.providers.base import FailureReason, ProviderError
from portal.roster.records import StudentRecord
from portal.roster.sharing import Kind
from portal.sync import RosterReader, sync_section
from tests.log_lines import Lines
from tests.rosters import (
    DISTRICT,
    RIVERA,
    account_of,
    algebra,
    reading,
    refusing,
    section_of,
    students,
    synced,
)

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def rivera(database: str) -> Account:
    return account_of(RIVERA)


@pytest.fixture
def section(rivera: Account) -> Section:
    section = section_of(algebra(), rivera)
    synced(section, reading(*students(26)))
    return section


def meanwhile(step: Callable[[], object], *roster: StudentRecord) -> RosterReader:
    """A read of this roster, during which something happens."""
    read = reading(*roster)

    def reader(section: Section, enrolled: object, progress: object) -> object:
        step()
        return read(section, enrolled, progress)  # type: ignore[arg-type]

    return reader  # type: ignore[return-value]


def asked(section: Section) -> SyncRun:
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now())
    return run


def as_it_is(section: Section) -> Section:
    return Section.by_key(section.id)


def test_n9_an_archived_section_keeps_its_students_and_comes_back_with_them(
    section: Section, rivera: Account
) -> None:
    first = archiving.archive(section, rivera), archiving.archive(section, rivera)
    away = as_it_is(section)
    back = archiving.restore(section, rivera), archiving.restore(section, rivera)

    assert (first, back) == ((True, False), (True, False))
    assert away.archived_at is not None
    assert as_it_is(section).archived_at is None
    assert Enrollment.count(section) == 26
    told = [each.action for each in AuditEvent.select().order_by(AuditEvent.id.desc()).limit(2)]
    assert told == ["section.restored", "section.archived"]


def test_n9_what_comes_back_is_shown_before_it_changes(section: Section, rivera: Account) -> None:
    archiving.archive(section, rivera)
    archiving.restore(section, rivera)

    back = as_it_is(section)
    assert back.previews_next
    assert back.outdated_at is not None


def test_y12_a_sync_in_flight_ends_when_its_section_is_archived(
    section: Section, rivera: Account
) -> None:
    run = asked(section)
    sync_section(run, meanwhile(lambda: archiving.archive(section, rivera), *students(3)))

    ended = SyncRun.get_by_id(run.id)
    assert (ended.state, ended.reason) == (RunState.STOPPED, OwnReason.ARCHIVED)
    assert as_it_is(section).archived_at is not None
    assert Enrollment.count(section) == 26


def test_y12_a_sync_that_was_asked_for_too_late_reads_nothing(
    section: Section, rivera: Account
) -> None:
    archiving.archive(section, rivera)
    run = asked(section)
    sync_section(run, meanwhile(lambda: pytest.fail("read")))

    assert SyncRun.get_by_id(run.id).reason == OwnReason.ARCHIVED


def test_y12_a_worker_that_missed_the_stop_saves_nothing(section: Section) -> None:
    """Put away without a word to its run, as by an older process of a rolling deploy."""
    run = asked(section)
    now = clock.now()
    sync_section(run, meanwhile(lambda: as_it_is(section).archive(now), *students(3)))

    ended = SyncRun.get_by_id(run.id)
    assert (ended.state, ended.reason) == (RunState.STOPPED, OwnReason.ARCHIVED)
    assert Enrollment.count(section) == 26


def test_y12_a_class_that_is_gone_is_not_noted_on_an_archived_section(section: Section) -> None:
    run, gone, now = asked(section), ProviderError(FailureReason.CLASS_GONE, "404"), clock.now()

    def read(section: Section, enrolled: object, progress: object) -> object:
        as_it_is(section).archive(now)
        return refusing(gone)(section, enrolled, progress)  # type: ignore[arg-type]

    sync_section(run, read)  # type: ignore[arg-type]

    assert as_it_is(section).class_gone_at is None


def test_y12_questions_end_and_nothing_is_tried_again(section: Section, rivera: Account) -> None:
    synced(section, reading(*students(15, first=12)))
    hold, now = Hold.get(), clock.now()
    failed = synced(section, refusing(ProviderError(FailureReason.NOT_ANSWERING, "")))
    archiving.archive(section, rivera)

    assert Hold.get_by_id(hold.id).state == HoldState.EXPIRED
    assert not holds.apply(hold, rivera)
    assert failed.retry_at is not None
    assert not SyncRun.failed_and_due(now + timedelta(days=1)).exists()
    assert Enrollment.count(section) == 26


def test_y12_nothing_that_a_district_says_reaches_an_archived_section(
    section: Section, rivera: Account
) -> None:
    now = clock.now()
    DistrictConnection.keep("clever", DISTRICT, "", now)
    connection = DistrictConnection.of("clever", DISTRICT)
    assert connection is not None
    archiving.archive(section, rivera)
    before = as_it_is(section).outdated_at
    outdating.mark(connection, Kind.CLASSES, ["c1"], now)
    Hold.ask_anew(connection, now, now)

    assert as_it_is(section).outdated_at == before
    assert not list(Section.outdated_by(connection, now + timedelta(days=1)))


def test_y12_update_class_rosters_leaves_archived_sections_out(
    section: Section, rivera: Account
) -> None:
    archiving.archive(section, rivera)
    update, _ = RosterUpdate.request(rivera, "pressed", clock.now())
    claimed = update.claim()

    assert claimed is not None
    assert claimed.start_syncs(clock.now()) == []


def test_y12_what_was_shown_of_an_archived_section_is_nobodys_to_save(
    section: Section, rivera: Account
) -> None:
    now = clock.now()
    run, _ = SyncRun.request(section, RunSource.TEACHER, now, wish=Wish(preview=True))
    sync_section(run, reading(*students(27)))
    shown = SyncRun.get_by_id(run.id).state
    archiving.archive(section, rivera)

    assert shown == RunState.PREVIEWED
    assert SyncRun.get_by_id(run.id).state == RunState.STOPPED


def test_a_deletion_during_a_sync_brings_no_section_back(section: Section, lines: Lines) -> None:
    run, rows = asked(section), (Section, SectionTeacher, Enrollment, SyncRun, SyncChange)
    sync_section(run, meanwhile(lambda: delete("sections", section.id), *students(30)))

    assert [row.select().count() for row in rows] == [0] * len(rows)
    assert "sync broken" not in lines.getvalue()


def test_a_deletion_during_a_sync_brings_no_student_back(section: Section) -> None:
    key = LinkedAccount.get(LinkedAccount.sourced_id == "s00007").account_id
    run = asked(section)
    sync_section(run, meanwhile(lambda: delete("accounts", key), *students(26)))

    assert SyncRun.get_by_id(run.id).state == RunState.DONE
    assert "s00007" not in Enrollment.sourced_ids(section)
    assert LinkedAccount.get_or_none(LinkedAccount.sourced_id == "s00007") is None


def test_a_sync_whose_starter_was_deleted_leaves_the_list_alone(
    section: Section, rivera: Account, lines: Lines
) -> None:
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now(), rivera)
    sync_section(run, meanwhile(lambda: delete("accounts", rivera.id), *students(20)))

    assert Enrollment.count(section) == 26
    assert Account.get_or_none(Account.id == rivera.id) is None
    assert SyncRun.get_by_id(run.id).state == RunState.FAILED
    assert "sync broken" not in lines.getvalue()


def delete(table: str, key: int) -> None:
    """By hand, as an operator would; the database takes along what hangs on it."""
    execute(f"DELETE FROM {table} WHERE id = ?", (key,))
