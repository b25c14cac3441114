"""What a card on My Dashboard says of its section."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock, holds
from portal.models.sections import Section
from portal.models.syncs.holds import Hold
from portal.providers.base import FailureReason, ProviderError
from tests.rosters import refusing, students, synced
from tests.web.browsing import Visitor
from tests.web.syncs import failed, queued, read, rivera


def dashboard(visitor: Visitor) -> str:
    return visitor.page("/dashboard").text


def test_a_failed_sync_is_told_before_the_question_that_waits(
    maria: Visitor, section: Section
) -> None:
    synced(section, refusing(ProviderError(FailureReason.NOT_SHARED)), rivera())
    text = dashboard(maria)

    assert "Failed" in text
    assert text.index("has stopped sharing") < text.index("Check before we remove 12 of 12")


def offers_to_try_again(visitor: Visitor) -> bool:
    forms = visitor.page("/dashboard").forms
    return any(form.action.endswith("/roster-syncs") for form in forms)


@pytest.mark.parametrize("reason", ["slow_down", "reconnect", "not_shared", "class_gone"])
def test_where_trying_again_cannot_help_the_card_leads_to_what_can(
    maria: Visitor, section: Section, reason: str
) -> None:
    holds.keep(Hold.get(), rivera())
    failed(section, reason, retry_at=clock.now() + timedelta(minutes=5))

    assert "Review" in dashboard(maria)
    assert not offers_to_try_again(maria)


@pytest.mark.parametrize("reason", ["not_answering", "unusable_answer", "slow_down"])
def test_a_card_offers_to_try_again_once_no_wait_is_left(
    maria: Visitor, section: Section, reason: str
) -> None:
    holds.keep(Hold.get(), rivera())
    failed(section, reason, retry_at=clock.now() - timedelta(minutes=5))

    assert offers_to_try_again(maria)


def test_a_list_that_matches_says_so(maria: Visitor, section: Section) -> None:
    read(section, *students(12))

    assert "12 students · matches Clever, checked today at" in dashboard(maria)


def test_a_list_that_was_kept_does_not_match(maria: Visitor, section: Section) -> None:
    holds.keep(Hold.get(), rivera())
    read(section)
    text = dashboard(maria)

    assert "12 students · stays as you chose, checked today at" in text
    assert "matches" not in text


def test_an_answer_is_no_check_that_the_list_matches(maria: Visitor, section: Section) -> None:
    holds.apply(Hold.get(), rivera())
    text = dashboard(maria)

    assert "0 students · changed as you chose, today at" in text
    assert "matches" not in text


def test_a_run_that_clever_postponed_says_why_and_is_asked_after_seldom(
    maria: Visitor, section: Section
) -> None:
    soon = clock.now() + timedelta(minutes=40)
    queued(section, timedelta(hours=1), not_before=soon, waiting_until=soon)

    assert "Clever needs a moment. We go on" in dashboard(maria)
    assert 'data-hx-trigger="every 10s"' in maria.get("/dashboard").text
