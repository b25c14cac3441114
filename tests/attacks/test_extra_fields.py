"""What a form did not ask for is not read, whoever sends it along (trust.md A61)."""

from __future__ import annotations

from typing import Any

from portal.models.accounts import Account, LinkedAccount
from portal.models.entrance.sessions import Session
from portal.models.merging.merges import Merge
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import SyncRun
from tests.attacks.test_access_matrix import MATRIX
from tests.attacks.world import World

WRITTEN_IN = {
    "owner": "1",
    "account": "1",
    "account_id": "1",
    "created_by": "1",
    "started_by": "1",
    "answered_by": "1",
    "role": "district_admin",
    "roles": "district_admin",
    "kind": "staff",
    "provider": "google",
    "issuer": "https://evil.example",
    "district": "64aaaaaaaaaaaaaaaaaaaaaa",
    "district_sourced_id": "64aaaaaaaaaaaaaaaaaaaaaa",
    "class_sourced_id": "64aaaaaaaaaaaaaaaaaaaaaa",
    "state": "done",
    "source": "hold",
    "archived_at": "1",
    "disabled_at": "1",
    "login_type": "email",
    "public_id": "AAAAAAAAAAAAAAAA",
    "id": "1",
}
# Their own field of that name is the one thing they read; what it may say is tested elsewhere.
READS_ROLE = "POST /sign-in/role"
ENDS_THE_SESSION = "POST /sign-out"
# What these move is named by their addresses; that it is no more has a test of its own.
MOVE_IDENTITIES = (
    "POST /claims/<claim_id>/accounts/<account_id>",
    "POST /duplicates/<one_id>/<other_id>/merge",
    "POST /students/merges/<vouched_id>/undo",
)
LEFT_OUT = (READS_ROLE, ENDS_THE_SESSION, *MOVE_IDENTITIES)


def facts() -> dict[str, set[tuple[Any, ...]]]:
    """What belongs to whom and where it comes from: nothing of it is a browser's to say."""
    return {
        "people": set(Account.select(Account.id, Account.kind, Account.disabled_at).tuples()),
        "identities": set(
            LinkedAccount.select(
                LinkedAccount.account,
                LinkedAccount.provider,
                LinkedAccount.issuer,
                LinkedAccount.sourced_id,
                LinkedAccount.district_sourced_id,
                LinkedAccount.roles,
            ).tuples()
        ),
        "sessions": set(Session.select(Session.account, Session.role).tuples()),
        "sections": set(
            Section.select(
                Section.provider,
                Section.issuer,
                Section.district_sourced_id,
                Section.class_sourced_id,
                Section.created_by,
                Section.archived_at,
                Section.login_type,
            ).tuples()
        ),
        "teachers": set(
            SectionTeacher.select(SectionTeacher.sourced_id, SectionTeacher.account).tuples()
        ),
        "starters": set(SyncRun.select(SyncRun.started_by).tuples()),
    }


def test_A61_fields_that_were_never_asked_for_change_nothing(world: World) -> None:
    """Every form of the portal, by somebody who may send it; a second section is of the same
    class, district and maker as the first."""
    before = facts()
    for route in MATRIX:
        if route.startswith("POST") and route not in LEFT_OUT:
            rule = route.removeprefix("POST ")
            who = "owner" if MATRIX[route]["owner"] in ("yes", "422") else "student in it"
            visitor = world.people[who]
            answer = visitor.post(world.address(rule), **WRITTEN_IN | world.fields(rule))
            as_told = str(answer.status_code) == MATRIX[route][who]
            assert answer.status_code < 400 or as_told, (route, answer.text)

    assert facts() == before
    assert {run.source for run in SyncRun.select()} == {"first", "teacher"}
    assert Hold.get().answered_by.id == Section.select().first().created_by_id


def test_A61_only_the_two_accounts_of_the_address_become_one_whatever_else_is_sent(
    world: World,
) -> None:
    owner, pairs = world.people["owner"], world.pairs
    for route in MOVE_IDENTITIES:
        owner.post(world.address(route.removeprefix("POST ")), **WRITTEN_IN)

    made = list(Merge.select().where(Merge.id > pairs.vouched.id))
    assert {frozenset((each.kept, each.absorbed)) for each in made} == {
        frozenset((pairs.claim.account, pairs.candidate)),
        frozenset(pairs.twins),
    }
    assert {each.made_by for each in made} == {world.section.created_by}
    assert Merge.get_by_id(pairs.vouched.id).undone_by == world.section.created_by


def test_A61_no_address_reads_them_either(world: World) -> None:
    before = facts()
    for route, cells in MATRIX.items():
        if route.startswith("GET /s") and cells["owner"] == "yes":
            world.people["owner"].get(world.address(route.split()[1]), params=WRITTEN_IN)

    assert facts() == before
