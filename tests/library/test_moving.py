"""The district connects: accounts, sections and work stay, and names are spelled out (K7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from portal import clock, library
from portal.models.accounts import Account, LinkedAccount
from portal.models.districts import DistrictConnection
from portal.models.lessons import LessonCompletion
from portal.models.library_tokens import LibraryToken
from portal.models.sections import Section
from portal.models.shared.records import SharedClass, SharedStudent
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_changes import SyncChange
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.roster.snapshot import RosterSnapshot
from portal.sync import sync_section
from tests.districts.whole import mirror_whole_district
from tests.library.teaching import MATH, ROBOTICS, SCIENCE, add_class, names_in, press_sync
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.browsing import RunningPortal, Visitor


@pytest.fixture
def connect(
    portal: RunningPortal, sandbox: RunningSandbox, juniper: Cast
) -> Callable[[], DistrictConnection]:
    """The district connects, and its first run comes to its end."""

    def moved() -> DistrictConnection:
        sandbox.connect(juniper.id)
        mirror_whole_district(portal.settings, juniper.id)
        return DistrictConnection.get(DistrictConnection.district_sourced_id == juniper.id)

    return moved


def rows_of(model: Any, *columns: str) -> set[tuple[Any, ...]]:
    return set(model.select(*(getattr(model, each) for each in ("id", *columns))).tuples())


def test_the_same_accounts_places_and_work(
    section: Section, connect: Callable[[], DistrictConnection]
) -> None:
    wren = Account.get(Account.given_name == "Wren")
    LessonCompletion.create(
        account=wren, course_slug="maps", lesson_slug="north", completed_at=clock.now()
    )

    def kept() -> list[Any]:
        return [
            rows_of(Account, "public_id"),
            rows_of(LinkedAccount, "account", "sourced_id"),
            rows_of(Section, "public_id", "class_sourced_id"),
            rows_of(Enrollment, "section", "account", "sourced_id", "ended_at"),
            rows_of(LessonCompletion, "account", "lesson_slug"),
        ]

    before = kept()
    connect()

    assert kept() == before


def test_the_section_is_the_districts_and_matches_it(
    section: Section, juniper: Cast, connect: Callable[[], DistrictConnection]
) -> None:
    connect()
    moved = Section.by_key(section.id)

    assert moved.district_sourced_id == juniper.id
    assert moved.school_sourced_id == juniper.schools["Juniper Falls Middle School"]
    assert moved.outdated_at is None
    assert ("Wren", "Castillo") in names_in(moved)


def test_eighteen_initials_that_are_spelled_out_are_no_identity_change(
    section: Section, connect: Callable[[], DistrictConnection]
) -> None:
    connect()
    run = SyncRun.get((SyncRun.section == section) & (SyncRun.source == RunSource.NIGHTLY))

    assert (run.state, run.held_count) == (RunState.DONE, 0)
    assert {each.kind for each in SyncChange.select().where(SyncChange.run == run)} == {"refreshed"}
    assert Hold.select().count() == 0


def test_its_people_belong_to_the_district(
    section: Section, park: LinkedAccount, juniper: Cast, connect: Callable[[], DistrictConnection]
) -> None:
    connect()
    students = LinkedAccount.select().join(Account).where(Account.kind == "student")

    assert LinkedAccount.get_by_id(park.id).district_sourced_id == juniper.id
    assert {each.district_sourced_id for each in students} == {juniper.id}


def test_her_token_is_dropped_and_the_districts_reads_from_then_on(
    portal: RunningPortal,
    helen: Visitor,
    section: Section,
    sandbox: RunningSandbox,
    connect: Callable[[], DistrictConnection],
) -> None:
    connect()
    sandbox.forget_requests()
    run = press_sync(portal, helen, section)
    helen.page("/sections/new/clever")

    assert LibraryToken.select().count() == 0
    assert run.state == RunState.DONE
    kinds = {hit["token_kind"] for hit in sandbox.requests() if hit["path"].startswith("/v3.")}
    assert kinds == {"district"}


def test_what_library_showed_is_shown_by_the_district_alone(
    portal: RunningPortal,
    section: Section,
    park: LinkedAccount,
    juniper: Cast,
    update_rosters: Callable[[], None],
    connect: Callable[[], DistrictConnection],
) -> None:
    update_rosters()
    district = connect()
    of_library = DistrictConnection.of("clever", "")

    assert of_library is not None
    shown = SharedClass.select().where(SharedClass.of(of_library))
    assert {each.sourced_id for each in shown} == {juniper.sections[MATH]}
    assert SharedStudent.select().where(SharedStudent.of(district)).count() == 28


def test_a_sync_by_her_token_that_is_under_way_saves_nothing_any_more(
    portal: RunningPortal,
    helen: Visitor,
    section: Section,
    account: Account,
    connect: Callable[[], DistrictConnection],
) -> None:
    """Its initials would stand in place of the district's names."""
    run, _ = SyncRun.request(section, RunSource.TEACHER, clock.now(), account)

    def read(*asked: Any) -> RosterSnapshot:
        found = library.read_roster(portal.settings, account, *asked)
        connect()
        return found

    sync_section(run, read)

    assert SyncRun.get_by_id(run.id).state == RunState.RUNNING
    assert Section.by_key(section.id).district_sourced_id != ""


def test_a_second_run_finds_nothing_to_adopt(
    section: Section, connect: Callable[[], DistrictConnection]
) -> None:
    assert library.adopt(connect(), clock.now()) == 0


def test_a_class_that_the_district_does_not_share_stays_where_it_is(
    portal: RunningPortal,
    helen: Visitor,
    section: Section,
    sandbox: RunningSandbox,
    connect: Callable[[], DistrictConnection],
    juniper: Cast,
) -> None:
    math = add_class(portal, helen, juniper.sections[MATH])
    before = Enrollment.sourced_ids(math)
    sandbox.unshare(juniper.sections[MATH])
    connect()

    assert Section.by_key(math.id).district_sourced_id == ""
    assert press_sync(portal, helen, math).reason == "not_shared"
    assert Enrollment.sourced_ids(math) == before


def test_a_section_without_clever_is_nobodys(
    portal: RunningPortal, helen: Visitor, connect: Callable[[], DistrictConnection]
) -> None:
    helen.post("/sections/new/own", login_type="secret_words", name="Garden club")
    own = Section.get(Section.name == "Garden club")
    connect()

    assert Section.by_key(own.id).district_sourced_id == ""


def test_her_next_sign_in_gets_her_district_where_she_had_no_section(
    helen: Visitor,
    park: LinkedAccount,
    juniper: Cast,
    connect: Callable[[], DistrictConnection],
) -> None:
    connect()
    before = LinkedAccount.get_by_id(park.id).district_sourced_id
    helen.sign_in(juniper.teachers["Helen Park"])
    page = helen.page("/sections/new/clever").text

    assert before is None
    assert LinkedAccount.get_by_id(park.id).district_sourced_id == juniper.id
    assert SCIENCE in page
    assert ROBOTICS not in page
