"""A Library teacher's own token: sealed, for her session alone, gone with it (K7, V14, V23)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from jobs.sweep import sweep
from portal import clock, merging
from portal.models.accounts import Account, LinkedAccount
from portal.models.base import EPOCH
from portal.models.entrance.sessions import Session
from portal.models.library_tokens import LibraryToken
from portal.models.merging.merges import MergeGround
from portal.models.sections import Section
from portal.sealing import unseal
from tests.library.teaching import press_sync, synced_by_nobody
from tests.log_lines import Lines
from tests.rosters import staff
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.accounts import oduya, sign_in
from tests.web.browsing import RunningPortal, Visitor


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


def test_V02_no_log_has_it(portal: RunningPortal, helen: Visitor, lines: Lines) -> None:
    helen.page("/sections/new/clever")

    assert lines.records()
    assert opened(portal) not in lines.getvalue()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_V23_it_stands_nowhere_in_the_database_file(
    portal: RunningPortal, helen: Visitor, section: Section
) -> None:
    folder = Path(portal.settings.database_url.removeprefix("sqlite:///")).parent
    written = b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())

    assert section.class_sourced_id.encode() in written
    assert opened(portal).encode() not in written


def test_who_connects_clever_library_to_an_account_reads_at_once(
    portal: RunningPortal, new_visitor: Callable[[], Visitor], juniper: Cast
) -> None:
    oduya()
    tunde = new_visitor()
    sign_in(tunde)
    tunde.arrive_at_clever(juniper.teachers["Helen Park"])
    at_clever = tunde.submit("/account", "/account/clever").headers["location"]
    tunde.get(str(tunde.get(at_clever).headers["location"]))

    assert kept() == 1
    assert "Life Science - Period 2" in tunde.page("/sections/new/clever").text


def test_showing_once_more_who_she_is_brings_a_newer_one(
    portal: RunningPortal, helen: Visitor
) -> None:
    first = opened(portal)
    at_clever = helen.submit("/account/confirm", "/account/confirm/clever").headers["location"]
    helen.get(str(helen.get(at_clever).headers["location"]))

    assert kept() == 1
    assert opened(portal) != first


def test_V14_an_account_that_became_a_part_of_another_has_none(
    helen: Visitor, account: Account
) -> None:
    older = staff("Helen")
    Account.update(created_at=EPOCH).where(Account.id == older.id).execute()
    merging.merge(account, older, MergeGround.BOTH_PROVED)

    assert Account.get_by_id(account.id).merged_into == older
    assert kept() == 0
