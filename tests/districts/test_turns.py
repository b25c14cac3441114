"""Two hundred syncs at eight o'clock: fair to every district, and each is told its place (F58)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.syncs.sync_runs import LEASE, RunSource, RunState, SyncRun
from portal.roster.records import ClassRecord
from portal.sync import sync_next
from tests.rosters import algebra, reading, section_of, staff, student

pytestmark = pytest.mark.usefixtures("database")

MICROSECOND = timedelta(microseconds=1)


@pytest.fixture
def maria(database: str) -> Account:
    return staff()


def waiting(maria: Account, district: str, count: int = 1) -> list[SyncRun]:
    """So many sections of a district, each with a sync that waits."""
    write(lambda: DistrictConnection.keep("clever", district, "", clock.now()))
    made = []
    for number in range(count):
        roster_class = ClassRecord(f"{district}-c{number}", district, "Class", (), ())
        section = section_of(roster_class, maria)
        made.append(SyncRun.request(section, RunSource.TEACHER, clock.now())[0])
    return made


def place(run: SyncRun) -> int:
    return run.ahead(clock.now())


def do_the_next() -> SyncRun | None:
    """What a worker does that is rung for, whoever rang."""
    return sync_next(
        lambda run: reading(student(1), roster_class=algebra(run.section.class_sourced_id))
    )


def districts_done(count: int) -> str:
    """The districts of the next syncs, in the order in which they are carried out."""
    done = [do_the_next() for _ in range(count)]
    return "".join(run.section.district_sourced_id for run in done if run is not None)


def test_districts_take_turns_however_many_syncs_each_has(maria: Account) -> None:
    for district, count in (("a", 5), ("b", 2), ("c", 1)):
        waiting(maria, district, count)

    assert districts_done(9) == "abcabaaa"


def test_a_district_that_comes_late_does_not_wait_for_a_large_one(maria: Account) -> None:
    waiting(maria, "a", 20)
    assert districts_done(3) == "aaa"
    (late,) = waiting(maria, "b")

    assert place(late) == 0
    assert districts_done(2) == "ba"


def test_a_place_is_the_number_of_syncs_that_begin_before(maria: Account) -> None:
    runs = [run for each, n in (("a", 4), ("b", 3), ("c", 1)) for run in waiting(maria, each, n)]
    districts_done(2)
    left = [run for run in runs if not SyncRun.get_by_id(run.id).finished]
    told = {place(run): run.id for run in left}
    done = [do_the_next() for _ in left]

    assert [told[number] for number in range(len(left))] == [run.id for run in done if run]


def test_syncs_at_work_count_for_their_district(maria: Account) -> None:
    """However long they take: two workers of three are not both at the large one for ever."""
    first, second, _ = waiting(maria, "a", 3)
    (other,) = waiting(maria, "b")
    first.claim(clock.now())

    assert (place(other), place(second)) == (0, 1)
    assert districts_done(1) == "b"


def test_F53_a_worker_whose_clock_is_fast_leaves_a_run_that_is_held(maria: Account) -> None:
    (run,) = waiting(maria, "a")
    run.claim(clock.now())
    fast = clock.now() + timedelta(seconds=200)

    assert SyncRun.next_in_turn(fast) is None
    assert run.claim(fast) is None


def test_a_run_whose_worker_died_has_its_turn_again(maria: Account) -> None:
    (run,) = waiting(maria, "a")
    run.claim(clock.now())
    assert do_the_next() is None
    over = SyncRun.lease_until - (LEASE + timedelta(seconds=1)) // MICROSECOND
    SyncRun.update(lease_until=over).execute()

    done = do_the_next()
    assert done is not None
    assert SyncRun.get_by_id(run.id).state == RunState.DONE


def test_a_run_that_clever_put_off_takes_no_place(maria: Account) -> None:
    put_off, next_one = waiting(maria, "a", 2)
    later = clock.now() + timedelta(minutes=1)
    SyncRun.update(not_before=later).where(SyncRun.id == put_off.id).execute()

    assert (place(next_one), place(put_off)) == (0, 0)
    assert districts_done(2) == "a"


def test_sections_without_a_connection_have_turns_too(maria: Account) -> None:
    runs = waiting(maria, "a", 2)
    DistrictConnection.delete().execute()

    assert [place(run) for run in runs] == [0, 1]
    assert districts_done(3) == "aa"
    assert Section.select().where(Section.last_fence > 0).count() == 2
