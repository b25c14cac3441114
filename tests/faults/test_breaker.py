"""A provider that is down is asked by one worker at a time, and quickly (F29)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal import clock
from portal.models.breakers import LONGEST_QUESTION, OPENS_AT, Breaker
from portal.providers.clever import PROVIDER
from tests.faults.office import Office, open_office
from tests.healthy_district import DISTRICT, SECTION
from tests.hostile_clever import status
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


def test_while_one_worker_asks_the_others_end_at_once_and_say_why(
    office: Office, outage: Breaker
) -> None:
    assert outage.take_turn(clock.now())
    before, run = office.list(), office.sync()

    assert (run.reason, run.retry_at is None, office.clever.hits) == ("down", False, [])
    assert "Your list has not changed Clever is not answering anyone here" in office.page()
    assert office.list() == before


def test_a_worker_that_dies_while_it_asks_keeps_the_turn_for_seconds_only(outage: Breaker) -> None:
    now = clock.now()

    turns = [outage.take_turn(at) for at in (now, now, now + LONGEST_QUESTION)]

    assert turns == [True, False, True]


@pytest.mark.parametrize("answer", [200, 403, 404])
def test_any_answer_ends_the_row_of_reads_without_one(office: Office, answer: int) -> None:
    take_down(office)
    for _ in range(OPENS_AT - 1):
        office.sync()
    office.clever.heal()
    if answer != 200:
        office.clever.answer(SECTION, status(answer))
    office.sync()
    take_down(office)
    office.sync()

    assert not is_open()


def test_a_class_that_clever_has_no_more_is_found_gone_by_the_quick_question(
    office: Office, outage: Breaker
) -> None:
    office.clever.heal()
    office.clever.always(SECTION, status(404))

    assert (office.sync().reason, is_open()) == ("class_gone", False)


def test_a_sync_of_a_provider_that_answers_writes_nothing_of_it(office: Office) -> None:
    office.sync()

    assert Breaker.of(PROVIDER) is None
