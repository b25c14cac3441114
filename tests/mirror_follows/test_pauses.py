"""A district's lists rest between two days, and then show what would change (Y14)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from jobs import queue
from jobs.start_districts import start_districts
from jobs.sweep import retry_failed
from portal import clock, events, pausing
from portal.models.audit import AuditEvent
from portal.models.district_pauses import DistrictPause
from portal.models.sections import Section, SectionMode
from portal.models.syncs.district_runs import DistrictRun, DistrictRunSource
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.planned_changes import PlannedChange
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from tests.districts.whole import mirror_whole_district
from tests.mirror_follows.telling import ToldDistrict
from tests.rosters import staff

pytestmark = pytest.mark.usefixtures("database")

HOMEROOM = "Homeroom 8C"
A_DAY = timedelta(days=1)


class RestingDistrict:
    """Cedar Valley, whose lists rest from yesterday to tomorrow, and a section of it."""

    def __init__(self, told: ToldDistrict) -> None:
        self.told = told
        self.class_id = told.cast.sections[HOMEROOM]
        self.section = told.section(self.class_id)
        self.today = clock.today(told.settings.timezone)
        self.admin = staff()
        made = pausing.pause(told.connection, self.today - A_DAY, self.today + A_DAY, self.admin)
        assert made
        self.pause = made

    def loses(self, count: int) -> None:
        """So many students leave the class in Clever."""
        sandbox = self.told.sandbox
        sandbox.withdraw(self.class_id, *sandbox.student_ids(self.class_id)[-count:])

    def night(self) -> DistrictRun:
        source = DistrictRunSource.NIGHTLY
        return mirror_whole_district(self.told.settings, self.told.cast.id, source)

    def is_over(self) -> None:
        """The scheduler looks at the clock on the day after the last one."""
        pausing.release_over(self.told.settings, clock.now() + 2 * A_DAY)

    @property
    def newest(self) -> SyncRun:
        found = SyncRun.latest(self.section)
        assert found
        return found

    @property
    def count(self) -> int:
        return Enrollment.count(self.section)


@pytest.fixture
def district(told: ToldDistrict) -> RestingDistrict:
    return RestingDistrict(told)


def test_while_it_stands_the_district_is_read_and_no_list_follows(
    district: RestingDistrict,
) -> None:
    before, newest = district.count, district.newest
    district.loses(1)
    run = district.night()

    assert (run.state, run.section_count) == (RunState.DONE, 0)
    assert district.told.connection.read_at > newest.requested_at
    assert (district.count, district.newest) == (before, newest)
    assert Section.by_key(district.section.id).outdated_at is not None


def test_news_is_saved_and_no_list_follows_it(district: RestingDistrict) -> None:
    before = district.count
    district.loses(1)
    district.told.poll()
    again = events.poll(district.told.settings, district.told.connection)

    assert district.count == before
    assert again is None  # A list that rests is no news.


def test_what_failed_before_is_not_tried_again(district: RestingDistrict) -> None:
    run = SyncRun.create(
        section=district.section,
        source=RunSource.TEACHER,
        state=RunState.FAILED,
        requested_at=clock.now(),
        finished_at=clock.now(),
        retry_at=clock.now(),
    )
    retry_failed(clock.now() + A_DAY, district.today)

    assert district.newest == run
    assert SyncRun.by_key(run.id).retry_at is None


def test_after_the_last_day_the_next_night_shows_what_would_change(
    district: RestingDistrict,
) -> None:
    before = district.count
    district.loses(1)
    district.is_over()
    district.night()

    assert (district.newest.state, district.newest.removed_count) == (RunState.PREVIEWED, 1)
    assert district.newest.source == RunSource.NIGHTLY
    assert district.count == before
    assert PlannedChange.select().where(PlannedChange.run == district.newest).count() == 1


def test_it_stays_shown_and_is_shown_anew_only_when_clever_changes(
    district: RestingDistrict,
) -> None:
    district.loses(1)
    district.is_over()
    district.night()
    shown = district.newest
    district.night()
    assert district.newest == shown

    district.loses(1)
    district.night()
    assert (district.newest.state, district.newest.removed_count) == (RunState.PREVIEWED, 2)


def test_a_list_without_changes_just_follows_again(district: RestingDistrict) -> None:
    district.is_over()
    assert Section.by_key(district.section.id).previews_next
    district.night()
    assert not Section.by_key(district.section.id).previews_next

    district.loses(1)
    before = district.count
    district.night()
    assert (district.newest.state, district.count) == (RunState.DONE, before - 1)


def test_the_scheduler_ends_it_before_it_asks_for_the_night(district: RestingDistrict) -> None:
    queue.init(district.told.settings.redis_url)
    start_districts(district.told.settings, clock.now() + 2 * A_DAY)

    assert Section.by_key(district.section.id).previews_next


def test_it_is_over_once_and_only_with_the_day_of_the_schools(district: RestingDistrict) -> None:
    zone = district.told.settings.timezone
    end = district.pause.ends_on + A_DAY
    midnight = datetime.combine(end, datetime.min.time(), zone)

    assert pausing.release_over(district.told.settings, midnight - timedelta(seconds=1)) == []
    assert pausing.release_over(district.told.settings, midnight) == [district.pause]
    assert pausing.release_over(district.told.settings, midnight + A_DAY) == []


def test_sections_that_follow_by_hand_show_nothing_by_themselves(
    district: RestingDistrict,
) -> None:
    Section.update(mode=SectionMode.MANUAL).where(Section.id == district.section.id).execute()
    district.is_over()

    assert not Section.by_key(district.section.id).previews_next


def test_what_would_be_too_much_is_held_in_the_plan(district: RestingDistrict) -> None:
    district.loses(district.count - 1)
    district.is_over()
    district.night()

    assert district.newest.state == RunState.PREVIEWED
    assert (district.newest.removed_count, district.newest.held_count) == (0, district.count - 1)


def test_ended_early_it_shows_what_would_change_at_once(district: RestingDistrict) -> None:
    district.loses(1)
    district.night()
    pausing.end(district.pause, district.admin, district.today)
    pausing.end(district.pause, district.admin, district.today)
    district.night()

    assert district.newest.state == RunState.PREVIEWED
    pause = DistrictPause.get()
    assert (pause.released_by, pause.ended_at is not None) == (district.admin, True)
    actions = [each.action for each in AuditEvent.select() if each.action.startswith("pause.")]
    assert actions == ["pause.made", "pause.ended"]


def test_two_at_once_never_have_the_same_days(district: RestingDistrict) -> None:
    connection, end = district.told.connection, district.pause.ends_on
    days = (end + A_DAY, end + 3 * A_DAY)
    made = [pausing.pause(connection, *days, district.admin) for _ in range(2)]

    assert [each is not None for each in made] == [True, False]
    assert not pausing.change(district.pause, district.pause.starts_on, days[0], district.admin)
    assert pausing.change(district.pause, district.pause.starts_on, end, district.admin)
