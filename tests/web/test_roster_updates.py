"""Update class rosters: one press, all of a teacher's classes, one result (Y2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from portal import clock, leaving
from portal.models.accounts import LinkedAccount
from portal.models.sections import Section
from portal.models.shared.records import (
    ClassStudent,
    ClassTeacher,
    SharedClass,
    SharedSchool,
    SharedStudent,
    SharedTeacher,
)
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.providers.base import FailureReason, ProviderError, ReadProgress
from portal.roster.sharing import OwnClasses
from portal.roster_updates import ClassesReader, update_rosters
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.browsing import RunningPortal, Visitor
from tests.web.updates import (
    as_it_is_now,
    asks,
    carried_out,
    has_section,
    panel_of,
    presses,
)

ALGEBRA, MATH, BAND = "Algebra I - Period 3", "Math 7 - Period 1", "Band - All Grades"


@pytest.fixture
def linked(maria: Visitor, cast: Cast) -> LinkedAccount:
    """Ms Rivera's identity at Clever."""
    found: LinkedAccount = LinkedAccount.get(
        LinkedAccount.sourced_id == cast.teachers["Maria Rivera"]
    )
    return found


@pytest.fixture
def sections(linked: LinkedAccount, cast: Cast) -> list[Section]:
    """Three sections of hers that were never synced."""
    return [has_section(linked, cast.sections[name], name) for name in (ALGEBRA, BAND, MATH)]


def no_classes(*_: object) -> OwnClasses:
    """Clever answers, and shows nothing new."""
    return OwnClasses((), (), (), (), (), ())


def refuses(reason: FailureReason, retry_at: datetime | None = None) -> ClassesReader:
    def read(*_: object) -> OwnClasses:
        raise ProviderError(reason, retry_at=retry_at)

    return read


def test_y2_one_press_syncs_every_class_and_says_so_once(
    maria: Visitor, portal: RunningPortal, sections: list[Section]
) -> None:
    update = carried_out(presses(maria), portal.settings)

    assert update.finished
    told = panel_of(maria, update)
    assert "All 3 classes match Clever" in told
    assert "added 300 removed 0 updated 0 no change 0" in told
    assert Enrollment.counts(sections) == {
        section.id: count for section, count in zip(sections, (26, 250, 24), strict=True)
    }
    assert {run.source for run in SyncRun.select()} == {RunSource.TEACHER}


def test_f48_two_presses_on_two_devices_are_one_update(
    maria: Visitor, new_visitor: Callable[[], Visitor], cast: Cast, sections: list[Section]
) -> None:
    other = new_visitor()
    other.sign_in(cast.teachers["Maria Rivera"])

    assert presses(maria).id == presses(other).id
    assert RosterUpdate.select().count() == 1


def test_a_form_that_is_sent_twice_is_one_update_also_when_it_has_ended(
    maria: Visitor, portal: RunningPortal, sections: list[Section]
) -> None:
    first = carried_out(presses(maria, "one key"), portal.settings)

    assert presses_again(maria, "one key") == first.id
    assert presses(maria, "another key").id != first.id


def presses_again(visitor: Visitor, key: str) -> int:
    visitor.post("/roster-updates", idempotency_key=key)
    newest: RosterUpdate = RosterUpdate.select().order_by(RosterUpdate.id.desc()).get()
    assert newest.idempotency_key == key
    return int(newest.id)


def test_without_javascript_the_press_leads_back_to_the_dashboard_which_shows_it(
    maria: Visitor, sections: list[Section]
) -> None:
    answer = maria.submit("/dashboard", "/roster-updates")

    assert (answer.status_code, answer.headers["location"]) == (303, "/dashboard")
    assert "Asking Clever for your classes" in maria.page("/dashboard").text


def test_classes_are_counted_while_they_are_checked(
    maria: Visitor, linked: LinkedAccount, sections: list[Section]
) -> None:
    update = asks(linked)
    update_rosters(update, no_classes)
    run = SyncRun.in_flight(sections[0])
    assert run is not None
    run.stop(clock.now())

    answer = maria.get(f"/roster-updates/{update.public_id}/panel").text
    assert "Checking class 2 of 3" in panel_of(maria, update)
    assert 'value="1" max="3"' in answer
    assert 'data-progress="2 of 3"' in answer
    assert "Checking class 2 of 3" in maria.page("/dashboard").text


def test_a_sync_that_runs_already_is_joined(
    maria: Visitor, portal: RunningPortal, sections: list[Section]
) -> None:
    running, _ = SyncRun.request(sections[0], RunSource.TEACHER, clock.now())
    update = presses(maria)
    update_rosters(update, no_classes)

    assert running.id in {run.id for run in update.runs()}
    assert SyncRun.select().count() == 3


def test_what_is_shown_instead_of_saved_is_told_and_counts_as_no_change(
    maria: Visitor, sections: list[Section]
) -> None:
    """A plan was being saved as the update joined it, and Clever had changed since."""
    update = presses(maria)
    update_rosters(update, no_classes)
    runs = list(update.runs())
    ended = {"finished_at": clock.now(), "state": RunState.DONE}
    SyncRun.update(ended).where(SyncRun.id.in_([run.id for run in runs])).execute()
    shown = {"state": RunState.PREVIEWED, "preview": True, "added_count": 4}
    SyncRun.update(shown).where(SyncRun.id == runs[0].id).execute()
    told = panel_of(maria, update)

    assert "2 of 3 classes match Clever" in told
    assert "Nobody was added, removed or renamed." in told
    assert "Clever's list has changed. Nothing is saved yet." in told


def test_one_class_that_fails_stops_no_other_and_is_told_with_its_way_on(
    maria: Visitor,
    portal: RunningPortal,
    sandbox: RunningSandbox,
    cast: Cast,
    sections: list[Section],
) -> None:
    sandbox.unshare(cast.sections[BAND])
    update = carried_out(presses(maria), portal.settings)
    told = panel_of(maria, update)

    assert "2 of 3 classes match Clever" in told
    assert "Your list has not changed. Clever no longer has this class. Review" in told
    page = maria.page("/dashboard")
    assert page.links[f"Review {BAND}"] == f"/sections/{sections[1].public_id}"


def test_a_class_on_hold_is_told_and_waits_for_its_answer(
    maria: Visitor,
    portal: RunningPortal,
    sandbox: RunningSandbox,
    cast: Cast,
    sections: list[Section],
) -> None:
    carried_out(presses(maria), portal.settings)
    algebra = cast.sections[ALGEBRA]
    sandbox.withdraw(algebra, *sandbox.student_ids(algebra)[-11:])
    told = panel_of(maria, carried_out(presses(maria), portal.settings))

    assert "2 of 3 classes match Clever" in told
    assert "11 changes wait for your answer. Review" in told
    assert "Nobody was added, removed or renamed." in told


def test_a_class_she_no_longer_teaches_is_told_and_its_card_goes(
    maria: Visitor,
    portal: RunningPortal,
    sandbox: RunningSandbox,
    cast: Cast,
    sections: list[Section],
) -> None:
    sandbox.set_teachers(cast.sections[MATH], cast.teachers["Sofia Lindqvist"])
    update = carried_out(presses(maria), portal.settings)

    assert "Clever no longer lists you as a teacher of this class." in panel_of(maria, update)
    assert "You no longer teach this class" in panel_of(maria, update)
    assert f"card-{sections[2].public_id}" not in maria.page("/dashboard").ids


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (FailureReason.NOT_ANSWERING, "Clever did not answer after three tries. Try now"),
        (FailureReason.RECONNECT, "Reconnect Clever"),
        (FailureReason.NOT_SHARED, "Copy a message to send To your Clever admin"),
    ],
)
def test_classes_that_cannot_be_read_leave_every_list_alone_and_say_why(
    maria: Visitor, sections: list[Section], reason: FailureReason, words: str
) -> None:
    update = presses(maria)
    update_rosters(update, refuses(reason))
    told = panel_of(maria, update)

    assert "Your lists have not changed" in told
    assert words in told
    assert as_it_is_now(update).reference in told
    assert not SyncRun.select().exists()


def test_f26_a_clever_that_asks_for_time_is_asked_again_then(
    maria: Visitor, sections: list[Section]
) -> None:
    later, update = clock.now() + timedelta(minutes=5), presses(maria)
    update_rosters(update, refuses(FailureReason.SLOW_DOWN, retry_at=later))

    assert "Clever needs a moment. We go on" in panel_of(maria, update)
    assert not as_it_is_now(update).finished
    assert update_rosters(update, no_classes) == ()
    assert not list(RosterUpdate.waiting_for_a_ring(later, timedelta()))


def test_a_worker_that_lost_its_lease_saves_and_starts_nothing(
    maria: Visitor, sections: list[Section]
) -> None:
    update = presses(maria)

    def read(*_: object) -> OwnClasses:
        RosterUpdate.update(reading_until=1).execute()
        update_rosters(update, no_classes)
        return no_classes()

    assert update_rosters(update, read) == ()
    assert SyncRun.select().count() == 3
    assert as_it_is_now(update).attempt == 2


def test_f55_a_worker_that_must_end_gives_the_read_back(
    maria: Visitor, sections: list[Section]
) -> None:
    def read(_identity: object, progress: ReadProgress) -> OwnClasses:
        leaving.tell()
        progress(0, None)
        return no_classes()

    update = presses(maria)
    try:
        assert update_rosters(update, read) == ()
    finally:
        leaving.stay()
    given = as_it_is_now(update)
    assert (given.reading_until, given.attempt, given.finished) == (None, 0, False)
    assert len(update_rosters(update, no_classes)) == 3


def test_an_update_whose_workers_all_died_is_given_up(
    maria: Visitor, sections: list[Section]
) -> None:
    update = presses(maria)
    RosterUpdate.update(attempt=5).execute()
    update_rosters(update, no_classes)

    assert as_it_is_now(update).reason == "unexpected"
    assert "Something went wrong here, not at your school." in panel_of(maria, update)


def test_the_sweep_rings_for_an_update_that_nobody_reads(
    maria: Visitor, sections: list[Section]
) -> None:
    update, soon = presses(maria), clock.now() + timedelta(seconds=9)

    assert [each.id for each in waiting(soon)] == [update.id]
    update.claim()
    assert waiting(soon) == []
    RosterUpdate.update(reading_until=1).execute()
    assert [each.id for each in waiting(soon)] == [update.id]


def waiting(now: datetime) -> list[RosterUpdate]:
    return list(RosterUpdate.waiting_for_a_ring(now, timedelta(seconds=8)))


def test_somebody_elses_update_does_not_exist(
    maria: Visitor, new_visitor: Callable[[], Visitor], cast: Cast, sections: list[Section]
) -> None:
    daniel, update = new_visitor(), presses(maria)
    daniel.sign_in(cast.teachers["Daniel Okafor"])

    assert daniel.get(f"/roster-updates/{update.public_id}/panel").status_code == 404


def test_the_button_stands_where_a_section_is_synced_and_nowhere_else(
    maria: Visitor, cast: Cast, linked: LinkedAccount
) -> None:
    assert "Update class rosters" not in maria.page("/dashboard").text
    has_section(linked, cast.sections[ALGEBRA])

    assert maria.page("/dashboard").form("/roster-updates")


def test_a_result_of_long_ago_is_not_shown_any_more(
    maria: Visitor, portal: RunningPortal, sections: list[Section]
) -> None:
    carried_out(presses(maria), portal.settings)
    assert "All 3 classes match Clever" in maria.page("/dashboard").text
    RosterUpdate.update(requested_at=clock.now() - timedelta(hours=1)).execute()

    assert "All 3 classes match Clever" not in maria.page("/dashboard").text


def test_a_stopped_sync_ends_the_update_too(maria: Visitor, sections: list[Section]) -> None:
    update = presses(maria)
    for run in update_rosters(update, no_classes):
        run.stop(clock.now())

    assert "0 of 3 classes match Clever" in panel_of(maria, update)
    assert {run.state for run in update.runs()} == {RunState.STOPPED}


def test_who_has_disconnected_clever_is_led_to_account_settings(
    maria: Visitor, sections: list[Section]
) -> None:
    LinkedAccount.delete().execute()

    answer = maria.post("/roster-updates", idempotency_key="a key")
    assert answer.headers["location"] == "/account?problem=not_connected"


def test_the_read_of_her_classes_is_what_the_clever_page_shows(
    maria: Visitor, portal: RunningPortal, sandbox: RunningSandbox, cast: Cast
) -> None:
    carried_out(asked_by(maria), portal.settings)

    shown = {row.sourced_id: students_of(row) for row in SharedClass.select()}
    taught = [one for one in cast.sections.values() if is_taught(sandbox, one, "Maria Rivera")]
    assert shown == {one: set(sandbox.student_ids(one)) for one in taught}
    assert {each.name for each in SharedSchool.select()} == {"Lincoln Middle School"}
    names = {(each.given_name, each.family_name) for each in SharedTeacher.select()}
    assert names == {("Maria", "Rivera"), ("Daniel", "Okafor"), ("Sofia", "Lindqvist")}


def asked_by(visitor: Visitor) -> RosterUpdate:
    visitor.post("/roster-updates", idempotency_key="a key")
    update: RosterUpdate = RosterUpdate.get()
    return update


def students_of(roster_class: SharedClass) -> set[str]:
    listed = ClassStudent.select().where(
        (ClassStudent.shared_class == roster_class) & ClassStudent.ended_at.is_null()
    )
    return {each.sourced_id for each in listed}


def is_taught(sandbox: RunningSandbox, class_id: str, name: str) -> bool:
    return name in {each["name"] for each in sandbox.section(class_id)["teachers"]}


def test_a_class_she_no_longer_teaches_loses_her_and_nothing_else(
    maria: Visitor,
    portal: RunningPortal,
    sandbox: RunningSandbox,
    cast: Cast,
    linked: LinkedAccount,
) -> None:
    carried_out(asks(linked), portal.settings)
    band, lindqvist = cast.sections[BAND], cast.teachers["Sofia Lindqvist"]
    sandbox.set_teachers(band, lindqvist)
    carried_out(asks(linked), portal.settings)

    row = SharedClass.get(SharedClass.sourced_id == band)
    assert (row.unshared_at, row.digest) == (None, 0)
    teachers = ClassTeacher.select().where(ClassTeacher.shared_class == row)
    assert {each.sourced_id for each in teachers} == {lindqvist}
    assert students_of(row) == set(sandbox.student_ids(band))


def test_what_is_not_hers_is_never_unshared_by_her_read(
    maria: Visitor,
    portal: RunningPortal,
    sandbox: RunningSandbox,
    cast: Cast,
    linked: LinkedAccount,
) -> None:
    carried_out(asks(linked), portal.settings)
    math = cast.sections[MATH]
    sandbox.withdraw(math, *sandbox.student_ids(math))
    sandbox.unshare(cast.sections[ALGEBRA])
    carried_out(asks(linked), portal.settings)

    assert not SharedStudent.select().where(SharedStudent.unshared_at.is_null(False)).exists()
    assert students_of(SharedClass.get(SharedClass.sourced_id == math)) == set()
    assert not SharedClass.select().where(SharedClass.unshared_at.is_null(False)).exists()
