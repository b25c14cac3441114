"""A browser that something elsewhere has signed out is told so, and nothing more (A25, A39)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from jobs.sweep import sweep
from portal import clock, vouching
from portal.models.accounts import Account
from portal.models.entrance.ended_sessions import EndedSession
from portal.models.entrance.letters import LetterKind
from portal.models.entrance.sessions import IDLE_LIMIT, SECRET_WAYS, Session
from portal.models.entrance.ways_in import note_change
from portal.models.merging.merges import MergeGround
from tests.accounts import pupil
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor

NewVisitor = Callable[[], Visitor]
SAID = "You were signed out here, because your account was changed"
OTHERS = "/account/sessions/sign-out-others"


@pytest.fixture
def laptop(maria: Visitor, new_visitor: NewVisitor, cast: Cast) -> Visitor:
    """Ms Rivera's other device."""
    visitor = new_visitor()
    visitor.sign_in(cast.teachers["Maria Rivera"])
    return visitor


def told(visitor: Visitor) -> bool:
    """Whether this browser, when it asks for a page of its own, reads why it may not."""
    page = visitor.page("/account")
    assert page.title.startswith("Sign in")
    return SAID in page.text


def test_a25_the_other_device_reads_why_each_time_it_asks(maria: Visitor, laptop: Visitor) -> None:
    maria.post(OTHERS)

    assert told(laptop)
    assert told(laptop)
    assert "Error" not in laptop.page("/account").title


def test_a25_so_it_is_when_one_session_alone_is_ended(maria: Visitor, laptop: Visitor) -> None:
    there = Session.select().order_by(Session.id.desc()).get()
    maria.post(f"/account/sessions/{there.public_id}/sign-out")

    assert told(laptop)


@pytest.mark.parametrize("kind", [LetterKind.PASSWORD_CHANGED, LetterKind.DISCONNECTED])
def test_a25_so_it_is_when_a_way_in_changes(laptop: Visitor, kind: LetterKind) -> None:
    note_change(Account.get(), kind, clock.now(), but=None)

    assert told(laptop)


def test_a_student_whose_accounts_were_brought_together_and_apart_reads_it(
    visitor: Visitor, cast: Cast
) -> None:
    visitor.sign_in(cast.students["Ada Byrne"])
    ada, other = Account.get(), pupil("old", district=cast.id)
    joined = vouching.bring_together(ada, other, MergeGround.ADMIN, ada)
    assert isinstance(joined, vouching.Vouched)
    assert told(visitor)

    visitor.sign_in(cast.students["Ada Byrne"])
    vouching.undo(joined.merge, ada)
    assert told(visitor)


def test_a_student_who_got_new_pictures_reads_it(visitor: Visitor, cast: Cast) -> None:
    visitor.sign_in(cast.students["Ada Byrne"])
    Session.update(signed_in_with=SECRET_WAYS[0]).execute()
    Session.end_of_secrets([Account.get().id])

    assert told(visitor)


def test_a_form_sent_from_there_is_answered_with_it(maria: Visitor, laptop: Visitor) -> None:
    token = laptop.csrf_token()
    maria.post(OTHERS)
    answer = laptop.client.post(OTHERS, data={"csrf_token": token})

    assert (answer.status_code, SAID in answer.text) == (401, True)


def test_who_signs_in_again_reads_it_no_more(maria: Visitor, laptop: Visitor, cast: Cast) -> None:
    maria.post(OTHERS)
    laptop.sign_in(cast.teachers["Maria Rivera"])
    assert laptop.get("/account").status_code == 200

    laptop.post("/sign-out")
    assert not told(laptop)


def test_what_went_wrong_last_comes_first(maria: Visitor, laptop: Visitor) -> None:
    maria.post(OTHERS)

    assert SAID not in laptop.page("/sign-in?problem=cancelled").text


def test_a_session_that_ran_out_says_nothing(laptop: Visitor) -> None:
    Session.update(expires_at=clock.now()).execute()

    assert not told(laptop)


def test_a_session_that_its_own_browser_ended_says_nothing(
    maria: Visitor, new_visitor: NewVisitor
) -> None:
    kept = maria.token or ""
    maria.post("/sign-out")
    thief = new_visitor()
    thief.client.cookies.set("rosterly", kept, domain="127.0.0.1")

    assert not told(thief)
    assert EndedSession.select().count() == 0


def test_a44_a_disabled_account_says_nothing(laptop: Visitor) -> None:
    Account.update(disabled_at=clock.now()).execute()

    assert not told(laptop)


def test_a_visitor_and_a_cookie_that_nobody_gave_out_read_nothing(
    maria: Visitor, laptop: Visitor, new_visitor: NewVisitor
) -> None:
    maria.post(OTHERS)
    stranger, forger = new_visitor(), new_visitor()
    forger.client.cookies.set("rosterly", "made up", domain="127.0.0.1")

    assert not told(stranger)
    assert not told(forger)


def test_it_lasts_no_longer_than_the_session_would_have(maria: Visitor, laptop: Visitor) -> None:
    maria.post(OTHERS)
    left = EndedSession.get()
    assert left.expires_at <= clock.now() + IDLE_LIMIT
    EndedSession.update(expires_at=clock.now()).execute()

    assert not told(laptop)


def test_nothing_of_the_person_is_left(maria: Visitor, laptop: Visitor) -> None:
    maria.post(OTHERS)
    left = EndedSession.get().__data__

    assert set(left) == {"id", "token_digest", "expires_at"}
    assert str(laptop.token) not in str(left)


def test_ended_twice_it_is_kept_once_and_the_sweeper_forgets_it(
    maria: Visitor, laptop: Visitor
) -> None:
    EndedSession.note(Session.select(Session.token_digest, Session.expires_at))
    maria.post(OTHERS)
    assert EndedSession.select().count() == 2

    sweep(clock.now() + IDLE_LIMIT + timedelta(minutes=1))
    assert EndedSession.select().count() == 0
