"""A provider that is down is asked by one worker at a time, for one record (F29)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from portal import clock, districts
from portal.database import connected
from portal.models.breakers import LONGEST_QUESTION, OPENS_AT, Breaker
from portal.models.districts import DistrictConnection
from portal.models.syncs.sync_runs import RunLost, RunState, SyncRun
from portal.providers.clever import PROVIDER
from portal.providers.http import ReadLimits
from tests.faults.office import QUICK, Office, open_office
from tests.healthy_district import DISTRICT, ROSTER, SECTION
from tests.hostile_clever import Exchange, silence, status
from tests.servers import RunningValkey

DISTRICT_RECORD = f"/v3.0/districts/{DISTRICT}"


@pytest.fixture
def office(database_url: str, valkey: RunningValkey) -> Iterator[Office]:
    with open_office(database_url, valkey.url) as office:
        yield office


@pytest.fixture
def outage(office: Office) -> Breaker:
    """Clever answers nobody, and the breaker has opened."""
    take_down(office)
    for _ in range(OPENS_AT):
        assert office.sync().reason == "not_answering"
    breaker = Breaker.of(PROVIDER)
    assert breaker is not None
    assert breaker.is_open
    office.clever.hits.clear()
    return breaker


def take_down(office: Office) -> None:
    for path in (DISTRICT_RECORD, SECTION):
        office.clever.always(path, status(504))


def is_open() -> bool:
    breaker = Breaker.of(PROVIDER)
    return breaker is not None and breaker.is_open


def test_an_open_breaker_asks_for_the_class_alone_and_tries_again_by_itself(
    office: Office, outage: Breaker
) -> None:
    run = office.sync()

    assert office.clever.paths() == [SECTION]
    assert (run.reason, run.retry_at is None) == ("not_answering", False)


def test_the_next_press_is_allowed_and_an_answer_closes_the_breaker(
    office: Office, outage: Breaker
) -> None:
    office.clever.heal()

    assert office.sync().state == "done"
    assert not is_open()


def test_while_one_worker_asks_the_runs_of_others_wait_a_little_without_asking(
    office: Office, outage: Breaker
) -> None:
    assert outage.take_turn()
    before, run = office.list(), office.sync()

    assert (run.state, office.clever.hits) == (RunState.QUEUED, [])
    assert run.not_before is not None
    assert run.not_before < clock.now() + timedelta(seconds=30)
    assert office.list() == before
    assert "Clever needs a moment. We go on" in office.page()


def test_a_run_that_has_waited_for_minutes_while_others_ask_fails_and_says_why(
    office: Office, outage: Breaker
) -> None:
    assert outage.take_turn()
    office.sync()
    long_ago = clock.now() - timedelta(minutes=4)
    SyncRun.update(requested_at=long_ago, not_before=None).execute()
    run = office.sync()

    assert (run.reason, run.retry_at is None, office.clever.hits) == ("down", False, [])
    assert "Your list has not changed Clever is not answering anyone here" in office.page()


def test_another_workers_question_gives_no_districts_token_a_rest(
    office: Office, outage: Breaker
) -> None:
    assert outage.take_turn()
    office.sync()

    assert DistrictConnection.get().rests_until is None


def test_a_worker_that_dies_while_it_asks_keeps_the_turn_for_two_minutes(outage: Breaker) -> None:
    until = outage.take_turn()
    assert until is not None
    assert abs(until - clock.now() - LONGEST_QUESTION) < timedelta(seconds=10)
    assert outage.take_turn() is None

    Breaker.update(asked_until=clock.now() - timedelta(seconds=1)).execute()

    assert outage.take_turn() is not None


def test_F53_a_worker_whose_clock_is_fast_does_not_take_the_turn_of_another(
    office: Office, outage: Breaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    fast = clock.now() + timedelta(seconds=200)
    assert outage.take_turn()
    monkeypatch.setattr(clock, "now", lambda: fast)

    office.sync()

    assert office.clever.hits == []


def test_an_old_read_that_ends_late_frees_nobody_elses_turn(outage: Breaker) -> None:
    ran_out = clock.now() - timedelta(seconds=1)
    assert outage.take_turn()

    Breaker.count(PROVIDER)
    Breaker.half_open(PROVIDER)
    outage.end_turn(ran_out)

    assert outage.take_turn() is None


def test_a_question_waits_for_a_page_as_long_as_the_read_that_may_follow() -> None:
    read, question = districts.PATIENT, districts.PATIENT.for_one_page()

    assert question == replace(read, read_seconds=question.read_seconds)
    assert question.read_seconds > question.page_seconds
    assert LONGEST_QUESTION.total_seconds() > 3 * question.read_seconds


def test_a_clever_that_is_silent_is_asked_as_patiently_as_the_job_is(
    office: Office, outage: Breaker
) -> None:
    """A page view's limits would let it wait longer here, and in production give up sooner."""
    office.clever.heal()
    office.clever.always(SECTION, silence())
    office.sync(ReadLimits(page_seconds=0.2, backoff_seconds=0.01))

    assert office.clever.paths() == [SECTION] * 3


def test_whoever_stops_a_sync_is_heard_during_the_question_and_the_turn_is_free_again(
    office: Office, outage: Breaker
) -> None:
    def stopped(*_progress: int | datetime | None) -> None:
        raise RunLost("stopped")

    office.clever.heal()
    office.clever.always(SECTION, status(503))
    with pytest.raises(RunLost):
        districts.read_roster(office.settings, office.section, (), stopped, QUICK)

    assert office.clever.paths() == [SECTION]
    assert outage.take_turn()


def test_another_worker_may_not_ask_before_the_question_is_over(
    office: Office, outage: Breaker
) -> None:
    turns: list[datetime | None] = []

    def during_the_question(exchange: Exchange) -> None:
        with connected():
            turns.append(outage.take_turn())
        status(504)(exchange)

    office.clever.heal()
    office.clever.always(SECTION, during_the_question)
    office.sync()

    assert turns == [None]
    assert outage.take_turn()


def test_in_a_partial_outage_one_more_read_without_an_answer_opens_the_breaker_again(
    office: Office, outage: Breaker
) -> None:
    office.clever.heal()
    office.clever.always(ROSTER, status(504))

    assert office.sync().reason == "not_answering"
    assert ROSTER in office.clever.paths()
    assert is_open()


@pytest.mark.parametrize(("answer", "opens"), [(200, False), (403, True), (404, True)])
def test_only_a_whole_read_ends_the_count_of_reads_without_an_answer(
    office: Office, answer: int, opens: bool
) -> None:
    take_down(office)
    for _ in range(OPENS_AT - 1):
        office.sync()
    office.clever.heal()
    if answer != 200:
        office.clever.answer(SECTION, status(answer))
    office.sync()
    take_down(office)
    office.sync()

    assert is_open() is opens


def test_a_class_that_clever_has_no_more_is_found_gone_by_the_quick_question(
    office: Office, outage: Breaker
) -> None:
    office.clever.heal()
    office.clever.always(SECTION, status(404))

    assert (office.sync().reason, is_open()) == ("class_gone", False)


def test_a_sync_of_a_provider_that_answers_writes_nothing_of_it(office: Office) -> None:
    office.sync()

    assert Breaker.of(PROVIDER) is None


def test_a_late_answer_leaves_a_breaker_closed_that_a_whole_read_has_closed(
    office: Office, outage: Breaker
) -> None:
    Breaker.close(PROVIDER)
    Breaker.half_open(PROVIDER)
    Breaker.count(PROVIDER)

    assert not is_open()
