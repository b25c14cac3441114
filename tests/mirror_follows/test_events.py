"""Between nights a district's Events are followed (Y3, clever-platform 4)."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from portal import clock, districts
from portal.models.districts import DistrictConnection, EventsState
from portal.models.shared.records import SharedClass, SharedStudent, SharedTeacher
from portal.models.shared.sharing_holds import SharingHold
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunState
from portal.roster.records import ClassRecord
from tests.mirror.sharing import in_class, shared_ids
from tests.mirror_follows.telling import ToldDistrict
from tests.rosters import RIVERA, account_of, section_of, synced

ALGEBRA = "Algebra I - Period 3"


def asked(told: ToldDistrict) -> list[str]:
    return [each["path"] for each in told.sandbox.requests()]


def test_the_feed_is_asked_where_it_is_before_the_district_is_read_whole(
    told: ToldDistrict,
) -> None:
    run = DistrictRun.get()
    assert (run.source, run.state) == (DistrictRunSource.GAP, RunState.DONE)
    assert told.connection.events_state == EventsState.SEEDED
    assert told.connection.read_at > told.connection.events_at


def test_where_nothing_is_new_one_request_is_made_and_no_run(told: ToldDistrict) -> None:
    before = DistrictRun.select().count()
    assert told.poll() is None
    assert asked(told) == ["/v3.0/events"]
    assert told.connection.events_state == EventsState.ON
    assert DistrictRun.select().count() == before


def test_what_is_told_is_here_after_one_look(told: ToldDistrict) -> None:
    algebra = told.cast.sections[ALGEBRA]
    new = told.sandbox.enrol_new(algebra, "Nova", "Newman")
    told.sandbox.rename(told.cast.teachers["Nina Alvarez"], "Nina", "Brown")
    run = told.poll()

    assert run
    assert (run.source, run.state, run.added_count) == (DistrictRunSource.EVENTS, RunState.DONE, 1)
    assert new in in_class(algebra)
    assert SharedStudent.get(SharedStudent.sourced_id == new).given_name == "Nova"
    assert SharedTeacher.get().family_name == "Brown"
    assert "/v3.0/users" not in asked(told)


def test_what_is_shared_no_more_and_again_is_told_too(told: ToldDistrict) -> None:
    algebra = told.cast.sections[ALGEBRA]
    told.sandbox.unshare(algebra)
    told.poll()
    assert algebra not in shared_ids(SharedClass, told.connection)
    told.sandbox.share(algebra)
    told.poll()
    assert algebra in shared_ids(SharedClass, told.connection)


def test_a_school_that_is_shared_again_has_the_same_accounts_and_enrollments(
    told: ToldDistrict,
) -> None:
    school = next(iter(told.cast.schools.values()))
    section = told.section(told.cast.sections[ALGEBRA])
    places = set(Enrollment.active(section).tuples())
    told.sandbox.unshare(school)
    told.poll()
    (hold,) = SharingHold.waiting_for(told.connection, [school], clock.now())
    assert (hold.class_count, hold.classes_before) == (2, 2)
    assert set(Enrollment.active(section).tuples()) == places

    told.sandbox.share(school)
    told.poll()
    assert set(Enrollment.active(section).tuples()) == places
    assert not SharingHold.waiting_for(told.connection, None, clock.now()).exists()


def test_a_person_who_is_a_teacher_no_more_is_listed_no_more(told: ToldDistrict) -> None:
    nina = told.cast.teachers["Nina Alvarez"]
    school = next(iter(told.cast.schools.values()))
    told.sandbox.edit(nina, roles={"teacher": None, "staff": {"schools": [school]}})
    told.poll()
    assert nina not in shared_ids(SharedTeacher, told.connection)


def test_who_is_told_of_without_any_role_is_still_who_they_were(told: ToldDistrict) -> None:
    kid = told.sandbox.student_ids(told.cast.sections[ALGEBRA])[0]
    before = shared_ids(SharedStudent, told.connection)
    _tell(told, {"id": kid, "district": told.cast.id, "name": {"first": "No", "last": "Role"}})
    assert shared_ids(SharedStudent, told.connection) == before


@pytest.mark.parametrize("previous", ["", [], None, {}])
def test_an_event_that_does_not_say_what_was_before_is_followed(
    told: ToldDistrict, previous: Any
) -> None:
    kid = told.sandbox.student_ids(told.cast.sections[ALGEBRA])[0]
    name = {"first": "Nova", "last": "Newman"}
    record = {"id": kid, "district": told.cast.id, "name": name, "roles": {"student": {}}}
    run = _tell(told, record, previous)
    assert run
    assert run.source == DistrictRunSource.EVENTS
    assert SharedStudent.get(SharedStudent.sourced_id == kid).given_name == "Nova"


def test_a_read_that_begins_before_the_feed_has_answered_is_not_behind_its_seed(
    told: ToldDistrict,
) -> None:
    DistrictConnection.update(events_state=EventsState.NEVER_ASKED).execute()
    told.sandbox.fail_next("drip", path_contains="ending_before", seconds=0.2)
    began = clock.now()
    told.poll()
    assert told.connection.events_at - began > timedelta(seconds=0.2)


def test_a_feed_that_says_nothing_yet_takes_nobody_back_whom_a_sync_has_read(
    told: ToldDistrict,
) -> None:
    told.poll()
    of_class = ClassRecord(told.cast.sections[ALGEBRA], told.cast.id, ALGEBRA, ("t1",), ())
    section = section_of(of_class, account_of(RIVERA))
    new = told.sandbox.enrol_new(of_class.sourced_id, "Nova", "Newman")
    synced(section, partial(districts.read_roster, told.settings))
    silence = json.dumps({"data": [], "links": []})
    told.sandbox.fail_next("body", times=2, path_contains="/events", body=silence)
    for _ in range(2):
        told.poll()
        assert new in Enrollment.roster(section)
    told.poll()
    assert new in Enrollment.roster(section)


def test_a_long_feed_is_read_to_its_end_page_by_page(told: ToldDistrict) -> None:
    nina = told.cast.teachers["Nina Alvarez"]
    for number in range(320):
        told.sandbox.rename(nina, "Nina", f"Name{number}")
    told.settings = replace(told.settings, clever_page_size=100)
    told.poll()
    assert SharedTeacher.get().family_name == "Name319"
    assert len(asked(told)) == 5


def test_told_twice_is_as_told_once(told: ToldDistrict) -> None:
    algebra, cursor = told.cast.sections[ALGEBRA], told.connection.events_cursor
    leaver = told.sandbox.student_ids(algebra)[0]
    told.sandbox.withdraw(algebra, leaver)
    told.sandbox.enrol(algebra, leaver)
    told.poll()
    once = in_class(algebra)
    DistrictConnection.update(events_cursor=cursor).execute()
    told.poll()
    assert in_class(algebra) == once


def test_a_district_without_events_is_asked_again_after_a_day(told: ToldDistrict) -> None:
    DistrictConnection.update(events_state=EventsState.NEVER_ASKED).execute()
    for kind in ("403", "404", "html"):
        told.sandbox.fail_next(kind, times=9, path_contains="/events")
        assert told.poll() is None
        assert told.connection.events_state == EventsState.OFF
        told.sandbox.stop_failing()
    now = clock.now()
    assert not DistrictConnection.with_events("clever", now).where(_is(told)).exists()
    tomorrow = now + timedelta(days=1, seconds=1)
    assert DistrictConnection.with_events("clever", tomorrow).where(_is(told)).exists()


def test_a_cursor_that_clever_knows_no_more_means_a_whole_read(told: ToldDistrict) -> None:
    told.poll()
    told.sandbox.fail_next("404", path_contains="starting_after")
    DistrictConnection.update(events_cursor="f" * 24).execute()
    run = told.poll()
    assert run
    assert (run.source, run.state) == (DistrictRunSource.GAP, RunState.DONE)
    assert told.connection.is_seeded


def test_a_cursor_as_old_as_clever_keeps_events_means_a_whole_read(told: ToldDistrict) -> None:
    told.poll()
    DistrictConnection.update(event_told_at=clock.now() - timedelta(days=29)).execute()
    run = told.poll()
    assert run
    assert run.source == DistrictRunSource.GAP


def test_a_clever_that_is_down_changes_nothing_and_the_next_look_goes_on(
    told: ToldDistrict,
) -> None:
    told.poll()
    before = told.connection.__data__
    told.sandbox.fail_next("503", times=3, path_contains="/events")
    assert told.poll() is None
    assert told.connection.__data__ == before


def test_while_a_whole_read_is_under_way_the_feed_waits(told: ToldDistrict) -> None:
    told.poll()
    cursor = told.connection.events_cursor
    DistrictRun.request(told.connection, DistrictRunSource.NIGHTLY, clock.now())
    told.sandbox.enrol_new(told.cast.sections[ALGEBRA], "Nova", "Newman")
    assert told.poll() is None
    assert told.connection.events_cursor == cursor


def _is(told: ToldDistrict) -> object:
    return DistrictConnection.id == told.connection.id


def _tell(told: ToldDistrict, record: dict[str, Any], previous: Any = None) -> DistrictRun | None:
    """One event of this user, in these words, and then the feed as it is."""
    told.poll()
    what = {"object": record, "previous_attributes": previous}
    event = {"id": "f" * 24, "type": "users.updated", "created": "", "data": what}
    body = json.dumps({"data": [{"data": event}], "links": []})
    told.sandbox.fail_next("body", path_contains="/events", body=body)
    return told.poll()
