"""A Library teacher's own token: sealed, for her session alone, gone with it (K7, V14, V23)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.sweep import sweep
from portal import clock
from portal.models.accounts import Account, LinkedAccount
from portal.models.library_tokens import LibraryToken
from portal.models.sections import Section
from portal.models.sessions import Session
from portal.sealing import unseal
from tests.library.teaching import press_sync, synced_by_nobody
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.browsing import RunningPortal, Visitor

PASSWORD = "three-green-lanterns"


def kept() -> int:
    return int(LibraryToken.select().count())


def opened(portal: RunningPortal) -> str:
    token = unseal(LibraryToken.get().sealed_token, portal.settings.secret_keys)
    assert token
    return token


def test_it_is_kept_sealed_for_24_hours(portal: RunningPortal, helen: Visitor) -> None:
    token = LibraryToken.get()

    assert opened(portal).startswith("il")
    assert opened(portal) not in repr(list(LibraryToken.select().tuples()))
    assert token.expires_at - clock.now() > timedelta(hours=23)


def test_a_district_teachers_token_is_not_kept(
    portal: RunningPortal, new_visitor: Callable[[], Visitor], sandbox: RunningSandbox
) -> None:
    new_visitor().sign_in(sandbox.cast().teachers["Maria Rivera"])

    assert kept() == 0


def test_a_students_token_is_not_kept(
    portal: RunningPortal, new_visitor: Callable[[], Visitor], juniper: Cast
) -> None:
    answer = new_visitor().sign_in(juniper.students["Wren Castillo"])

    assert answer.headers["location"] == "/home"
    assert kept() == 0


def test_it_waits_with_her_until_the_first_question_is_answered(
    portal: RunningPortal, new_visitor: Callable[[], Visitor], juniper: Cast
) -> None:
    helen = new_visitor()
    helen.arrive(juniper.teachers["Helen Park"])
    waiting = kept(), repr(list(Session.select(Session.values).tuples()))
    helen.answer_question("new")

    assert waiting[0] == 0
    assert opened(portal) not in waiting[1]
    assert kept() == 1


def test_V14_signing_out_drops_it(helen: Visitor) -> None:
    helen.post("/sign-out")

    assert kept() == 0


def test_somebody_else_on_the_device_drops_it(helen: Visitor, juniper: Cast) -> None:
    helen.sign_in(juniper.students["Wren Castillo"])

    assert kept() == 0


def test_a_new_sign_in_brings_a_new_one_in_its_place(
    portal: RunningPortal, helen: Visitor, juniper: Cast
) -> None:
    first = opened(portal)
    helen.sign_in(juniper.teachers["Helen Park"])

    assert kept() == 1
    assert opened(portal) != first


def test_V14_disconnecting_clever_drops_it(helen: Visitor, park: LinkedAccount) -> None:
    park.delete_instance()

    assert kept() == 0


def test_A25_ending_her_sessions_drops_it(helen: Visitor, account: Account) -> None:
    Session.end_all(account)

    assert kept() == 0


@pytest.mark.parametrize("ends", ["its day", "its session", "its account"])
def test_what_opens_nothing_any_more_is_swept(
    helen: Visitor, account: Account, valkey_of_the_queue: object, ends: str
) -> None:
    past = clock.now() - timedelta(seconds=1)
    if ends == "its day":
        LibraryToken.update(expires_at=past).execute()
    elif ends == "its session":
        Session.update(expires_at=past).execute()
    else:
        Account.update(disabled_at=past).where(Account.id == account.id).execute()
    sweep(clock.now())

    assert kept() == 0


def test_a_living_one_is_not_swept(helen: Visitor, valkey_of_the_queue: object) -> None:
    sweep(clock.now())

    assert kept() == 1


def test_A44_a_disabled_teachers_token_reads_nothing(
    portal: RunningPortal, section: Section, account: Account
) -> None:
    Account.update(disabled_at=clock.now()).where(Account.id == account.id).execute()

    assert synced_by_nobody(portal, section).reason == "sign_in"


def test_one_that_clever_refuses_is_dropped(
    portal: RunningPortal, helen: Visitor, section: Section, sandbox: RunningSandbox, juniper: Cast
) -> None:
    sandbox.remove_from_library(juniper.teachers["Helen Park"])

    assert press_sync(portal, helen, section).reason == "sign_in"
    assert kept() == 0


def test_V02_no_log_has_it(portal: RunningPortal, helen: Visitor, capfd: object) -> None:
    token = opened(portal)
    helen.page("/sections/new/clever")
    out, err = capfd.readouterr()  # type: ignore[attr-defined]

    assert token not in out + err


def test_V23_it_stands_nowhere_in_the_database_file(
    portal: RunningPortal, helen: Visitor, section: Section
) -> None:
    url = portal.settings.database_url
    if not url.startswith("sqlite"):
        return
    folder = Path(url.removeprefix("sqlite:///")).parent
    written = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())

    assert section.class_sourced_id.encode() in written
    assert opened(portal).encode() not in written
