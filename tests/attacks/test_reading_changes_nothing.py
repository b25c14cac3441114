"""Opening a page changes nothing, whoever may open it (trust.md decision 8, A47)."""

from __future__ import annotations

from collections.abc import Iterator

from portal.models.audit import ROSTER_VIEWED, AuditEvent
from tests.attacks.matrix import MATRIX
from tests.attacks.world import World
from tests.web.browsing import Visitor
from tests.web.tables import contents

TRIPS = {"/sign-in/clever", "/sign-in/clever/callback"}
BY_CODE = "/class/<code>"
STARTS = TRIPS | {"/sign-in/password", "/sign-up", "/reset", "/join", BY_CODE}
# These send everybody on; every other page has somebody who sees it.
ONWARDS = {"/", "/clever", BY_CODE} | TRIPS
# What only somebody on the way sees: new to us by Clever, with two accounts, or reading a mail.
ON_THE_WAY = {"/sign-in/question", "/sign-in/proof"}
ON_THE_WAY |= {"/account/merge", "/account/merges/<merge_id>"}
# Only while a section without Clever becomes one with it (N7).
ON_THE_WAY |= {"/roster-syncs/<run_id>/matches", "/sections/<section_id>/class/change"}
BY_MAIL = {"/links/<token>", "/sign-up/name", "/reset/password", "/account/password/first"}
SIGN_IN_STATE = frozenset({"sessions", "sign_in_attempts"})
VIEWS = frozenset({"audit_events", "audit_heads"})  # who saw whose names, and nothing else


def test_A47_a_page_opened_twice_by_all_who_may_leaves_every_table_as_it_was(world: World) -> None:
    unseen: set[str] = set()
    changed: set[tuple[str, str]] = set()
    audited = AuditEvent.select().count()
    for rule, readers in pages(world):
        may_change = VIEWS | (SIGN_IN_STATE if rule in STARTS else frozenset())
        address = world.address(rule)  # It may make what the page is about.
        before = contents(leaving_out=may_change)
        seen = opened(address, readers)
        after = contents(leaving_out=may_change)
        changed |= {(rule, table) for table in after if after[table] != before[table]}
        unseen |= set() if 200 in seen else {rule}

    assert changed == set()
    assert unseen == ONWARDS | ON_THE_WAY | BY_MAIL
    views = [(view.action, view.actor, view.subject) for view in events_after(audited)]
    assert {action for action, _, _ in views} == {ROSTER_VIEWED}
    assert len(views) == len(set(views))


def events_after(number: int) -> list[AuditEvent]:
    return list(AuditEvent.select().where(AuditEvent.id > number))


def pages(world: World) -> Iterator[tuple[str, list[Visitor]]]:
    """Every GET route with all who may open it."""
    for route, cells in MATRIX.items():
        method, rule = route.split()
        if method == "GET":
            yield rule, [world.people[who] for who, said in cells.items() if said == "yes"]


def opened(address: str, readers: list[Visitor]) -> set[int]:
    """What GET answers all of them, each asked twice, and by HEAD twice as well."""
    asked = [(reader, method) for reader in readers for method in ("GET", "HEAD") * 2]
    answers = [reader.client.request(method, address) for reader, method in asked]
    return {answer.status_code for answer in answers if answer.request.method == "GET"}
