"""An operator brings accounts together, takes them apart, and sees it by opaque ids alone."""

from __future__ import annotations

import json

import pytest
from flask import Flask

from portal import cli, clock
from portal.models.accounts import Account
from portal.models.districts import DistrictConnection
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.emailed_links import EmailedLink, LinkPurpose
from portal.models.entrance.letters import Letter
from portal.models.entrance.sessions import Session
from portal.models.merging.merges import Merge
from portal.models.plans import PlanGrant, SubscriptionAdmin
from portal.roster.records import SchoolRecord
from portal.roster.sharing import Kind
from tests.accounts import finish, lessons_of, now, pupil, teacher, with_password
from tests.mirror.sharing import put
from tests.rosters import (
    DISTRICT,
    RIVERA,
    account_of,
    algebra,
    reading,
    section_of,
    student,
    synced,
)

pytestmark = pytest.mark.usefixtures("database")

ELSEWHERE = "64a000000000000000000009"
Inspection = dict[str, list[dict[str, object]]]


def run(*arguments: str) -> tuple[int, str]:
    app = Flask("operating")
    app.register_blueprint(cli.bp)
    answer = app.test_cli_runner().invoke(args=arguments)
    return answer.exit_code, answer.output


def inspected() -> Inspection:
    _, printed = run("inspect", "--json")
    found: Inspection = json.loads(printed)
    return found


@pytest.fixture
def pair(database: str) -> tuple[Account, Account]:
    return teacher("t1"), with_password("maria@school.example")


def test_two_accounts_are_brought_together_and_taken_apart(pair: tuple[Account, Account]) -> None:
    kept, absorbed = pair
    code, printed = run("merge", kept.public_id, absorbed.public_id)
    merge = Merge.get()
    assert (code, now(absorbed).merged_into) == (0, kept)
    assert f"unmerge {merge.public_id}" in printed

    assert run("unmerge", merge.public_id)[0] == 0
    assert now(absorbed).merged_into is None


def test_a25_whoever_is_in_either_account_signs_in_anew_and_is_told(
    pair: tuple[Account, Account],
) -> None:
    for account in pair:
        Session.start(f"of {account.id}", clock.now(), account)
    run("merge", *(account.public_id for account in pair))

    assert Session.select().count() == 0
    assert [each.kind for each in AccountNotice.unread(pair[0])] == ["merged"]
    run("unmerge", Merge.get().public_id)
    assert [AccountNotice.unread(each).count() for each in pair] == [2, 1]
    assert {letter.kind for letter in Letter.select()} == {"merged", "unmerged"}


def test_a25_links_that_wait_in_a_mailbox_open_nothing_any_more(
    pair: tuple[Account, Account],
) -> None:
    for account in pair:
        EmailedLink.make(LinkPurpose.RESET, "maria@school.example", clock.now(), account)
    run("merge", *(account.public_id for account in pair))
    assert EmailedLink.select().count() == 0

    EmailedLink.make(LinkPurpose.RESET, "maria@school.example", clock.now(), pair[0])
    run("unmerge", Merge.get().public_id)
    assert EmailedLink.select().count() == 0


def test_two_districts_are_brought_together_only_when_the_operator_says_so() -> None:
    ids = teacher("t1").public_id, teacher("t9", ELSEWHERE).public_id

    assert run("merge", *ids) == (1, "Error: Not brought together: districts.\n")
    assert run("merge", *ids, "--across-districts")[0] == 0


def test_an_id_may_begin_with_hyphens(pair: tuple[Account, Account]) -> None:
    for account, public_id in zip(pair, ("-hfpacross000000", "--m1xpacross0000"), strict=True):
        Account.update(public_id=public_id).where(Account.id == account.id).execute()
    assert run("merge", "-hfpacross000000", "--m1xpacross0000")[0] == 0
    Merge.update(public_id="-mergemergemerge").execute()

    assert run("unmerge", "-mergemergemerge")[0] == 0


def test_unknown_ids_are_said(pair: tuple[Account, Account]) -> None:
    assert run("merge", pair[0].public_id, "x") == (1, "Error: No account has the id x.\n")
    assert run("unmerge", "x") == (1, "Error: No merge has this id.\n")


def test_a_merge_that_is_undone_already_is_said(pair: tuple[Account, Account]) -> None:
    run("merge", pair[0].public_id, pair[1].public_id)
    merge = Merge.get()
    run("unmerge", merge.public_id)

    assert run("unmerge", merge.public_id) == (1, "Error: Not taken apart: done.\n")


def test_inspect_shows_accounts_and_merges_by_opaque_id(pair: tuple[Account, Account]) -> None:
    kept, absorbed = pair
    run("merge", kept.public_id, absorbed.public_id)
    found = inspected()

    accounts = {each["id"]: each for each in found["accounts"]}
    assert accounts[absorbed.public_id]["merged_into"] == kept.public_id
    assert accounts[kept.public_id]["passwords"] == 1
    (merge,) = found["merges"]
    assert (merge["kept"], merge["absorbed"]) == (kept.public_id, absorbed.public_id)
    assert (merge["ground"], merge["state"]) == ("operator", "standing")
    assert merge["moved"] == {"password_sign_ins": 1}


def test_inspect_says_no_name_and_no_address(pair: tuple[Account, Account]) -> None:
    section = section_of(algebra(), account_of(RIVERA))
    synced(section, reading(student(1)))
    finish(pupil("s00009", given_name="Ada", family_name="Lovelace"), "first")
    run("merge", pair[0].public_id, pair[1].public_id)
    printed = json.dumps(inspected())

    for said in ("Rivera", "Lovelace", "Family00001", "school.example"):
        assert said not in printed


def test_what_was_learned_comes_back_too() -> None:
    kept, absorbed = pupil("s00001"), pupil("s00002")
    finish(absorbed, "first")
    run("merge", kept.public_id, absorbed.public_id)
    assert lessons_of(kept) == {"first"}
    run("unmerge", Merge.get().public_id)

    assert lessons_of(absorbed) == {"first"}


@pytest.fixture
def connection(database: str) -> DistrictConnection:
    DistrictConnection.keep("clever", DISTRICT, "sealed", clock.now())
    found = DistrictConnection.of("clever", DISTRICT)
    assert found
    return found


def granted() -> set[tuple[str, str]]:
    return {(each.school_sourced_id, each.plan) for each in PlanGrant.select()}


def test_k6_a_plan_is_given_to_a_district_and_to_one_of_its_schools_and_taken_back(
    connection: DistrictConnection,
) -> None:
    put(connection, Kind.SCHOOLS, SchoolRecord("north", "North"))
    given = run("plan", DISTRICT, "free"), run("plan", DISTRICT, "premium-plus", "--school=north")

    assert [code for code, _ in given] == [0, 0]
    assert granted() == {("", "free"), ("north", "premium-plus")}
    run("plan", DISTRICT, "default")
    assert granted() == {("north", "premium-plus")}


@pytest.mark.parametrize(
    "arguments",
    [(ELSEWHERE, "free"), (DISTRICT, "free", "--school=nowhere"), (DISTRICT, "gold"), ("", "free")],
)
def test_k6_a_plan_for_what_is_not_there_is_refused(
    connection: DistrictConnection, arguments: tuple[str, ...]
) -> None:
    assert run("plan", *arguments)[0] != 0
    assert granted() == set()


def test_k3_an_operator_names_and_dismisses_who_sees_all_teachers(
    connection: DistrictConnection,
) -> None:
    rivera = account_of(RIVERA).public_id
    run("subscription-admin", rivera, DISTRICT)
    named = SubscriptionAdmin.select().count()
    run("subscription-admin", rivera, DISTRICT, "--dismiss")

    assert (named, SubscriptionAdmin.select().count()) == (1, 0)


def test_k3_a_student_administers_nothing(connection: DistrictConnection) -> None:
    assert run("subscription-admin", pupil("s1").public_id, DISTRICT)[0] != 0
