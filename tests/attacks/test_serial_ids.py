"""No row's own number leaves the server: what is shown cannot be counted or guessed (A64, V03)."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from portal import database
from portal.models.accounts import Account
from portal.models.audit import AuditHead
from portal.models.entrance.sessions import Session
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import SyncRun
from tests.attacks.matrix import MATRIX
from tests.attacks.test_access_matrix import ask, fields_of
from tests.attacks.world import NewPerson, World, made_world
from tests.faults.parts import Stack
from tests.faults.teaching import Teacher
from tests.sandbox_clever import RunningSandbox
from tests.servers import everything_in

FIRST = 777_000_000  # From here on rows are numbered, so that a number of one is known at sight.
SERIAL = re.compile(r"777000\d{3}")
NUMBERED = ("accounts", "linked_accounts", "sections", "section_teachers", "enrollments") + (
    "sessions",
    "sign_in_attempts",
    "sync_runs",
    "sync_changes",
    "claims",
    "merges",
)
FAR_AWAY = 4_102_444_800_000_000  # microseconds: nothing of the year 2100 is swept up


@pytest.fixture
def stack(stack: Stack) -> Stack:
    for table in NUMBERED:
        number_from(FIRST, table)
    AuditHead.create(count=FIRST, digest="")
    return stack


@pytest.fixture
def seen() -> list[httpx.Response]:
    return []


@pytest.fixture
def new_browser(
    new_browser: Callable[[], Teacher], seen: list[httpx.Response]
) -> Callable[[], Teacher]:
    """A browser of which every answer is kept."""

    def make() -> Teacher:
        browser = new_browser()
        browser.client.event_hooks["response"].append(lambda answer: keep(answer, seen))
        return browser

    return make


def keep(answer: httpx.Response, seen: list[httpx.Response]) -> None:
    answer.read()
    seen.append(answer)


def number_from(first: int, table: str) -> None:
    """The table's next row is this one's successor."""
    if database.is_postgresql():
        database.db.execute_sql(f"ALTER SEQUENCE {table}_id_seq RESTART WITH {first + 1}")
        return
    columns = [each for each in database.db.get_columns(table) if not each.null]
    values = {each.name: stand_in(each.name, each.data_type) for each in columns} | {"id": first}
    database.db.execute_sql("PRAGMA foreign_keys = OFF")
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join("?" * len(values))
    database.db.execute_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", [*values.values()])


def stand_in(name: str, kind: str) -> int | str:
    if "INT" not in kind.upper():
        return "x"
    return FIRST if name.endswith("_id") else FAR_AWAY if name.endswith(("_at", "until")) else 0


def test_a64_no_page_address_header_or_job_holds_a_serial_id(
    sandbox: RunningSandbox,
    new_person: NewPerson,
    new_browser: Callable[[], Teacher],
    seen: list[httpx.Response],
    stack: Stack,
) -> None:
    world = made_world(sandbox, new_person, new_browser())
    open_everything(world)

    for model in (Account, Section, Enrollment, SyncRun, Session):
        assert model.select().where(model.id > FIRST).exists()
    ours = [each for each in seen if str(each.request.url).startswith(stack.portal.url)]
    assert len(ours) > 200
    assert {what for answer in ours for what in serials_in(answer)} == set()
    assert SERIAL.findall(repr(everything_in(stack.valkey.server))) == []


def open_everything(world: World) -> None:
    """Every route by everybody who may; what it answers to others is nothing."""
    for who, visitor in world.people.items():
        for route, cells in MATRIX.items():
            rule = route.split()[1]
            if cells[who] == "yes" and rule != "/sign-out":
                ask(visitor, route, world.address(rule), fields_of(world, who, rule))


def serials_in(answer: httpx.Response) -> set[tuple[str, str]]:
    """Where one stands, be it in the address asked for, the head or the body."""
    shown = f"{answer.request.url}\n{answer.headers}\n{answer.text}"
    return {(answer.request.url.path, serial) for serial in SERIAL.findall(shown)}
