"""The audit log: written once, never changed, and whoever changes it is found out (V09, V10)."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from peewee import DatabaseError

from jobs.anchor_audit import anchor_audit
from portal import cli, clock
from portal.database import connected, db, execute, insert_many, is_postgresql, write
from portal.models import audit_chain
from portal.models.audit import AuditEvent, AuditHead
from portal.models.audit_chain import Anchor, check
from tests.audit_log import unguarded

pytestmark = pytest.mark.usefixtures("database")

ROWS = 6
COLUMNS = ("id", "at", "actor", "action", "subject", "counts", "digest")
CHANGES = (
    "UPDATE audit_events SET actor = 'eve'",
    "DELETE FROM audit_events",
    "TRUNCATE audit_events",
)
numbers = st.integers(1, ROWS)
Rows = list[tuple[object, ...]]


def happens(actor: str = "ada", action: str = "sync.applied") -> None:
    AuditEvent.record(clock.now(), actor, action, "algebra", students=3)


def run(*arguments: str) -> tuple[int, str]:
    app = Flask("operating")
    app.register_blueprint(cli.bp)
    answer = app.test_cli_runner().invoke(args=arguments)
    return answer.exit_code, answer.output


def test_v10_the_database_refuses_to_change_an_event_and_to_delete_one() -> None:
    happens()
    for sql in CHANGES if is_postgresql() else CHANGES[:-1]:
        with pytest.raises(DatabaseError, match="append-only"), db.atomic():
            execute(sql)

    assert check().misfit is None


@st.composite
def tampering(draw: st.DrawFn) -> tuple[str, tuple[object, ...]]:
    """One edit, deletion, insertion or swap, as a statement."""
    one = draw(numbers)
    match draw(st.sampled_from(["edit", "delete", "insert", "swap"])):
        case "edit":
            column = draw(st.sampled_from(COLUMNS))
            return _edit(one, column, draw(_value_of(column)))
        case "delete":
            return "DELETE FROM audit_events WHERE id = ?", (one,)
        case "insert":
            copied = f"SELECT ?, {', '.join(COLUMNS[1:])} FROM audit_events WHERE id = ?"
            place = draw(st.integers(-3, 0) | st.integers(ROWS + 1, ROWS + 3))
            return f"INSERT INTO audit_events ({', '.join(COLUMNS)}) {copied}", (place, one)
        case _:
            other = draw(numbers.filter(lambda number: number != one))
            return _swap(draw(st.sampled_from(COLUMNS[1:4])), one, other)


def _value_of(column: str) -> st.SearchStrategy[object]:
    if column == "id":
        return st.integers(-5, 0) | st.integers(ROWS + 1, 2**31 - 1)
    if column == "at":
        return st.integers(0, 2**62)
    return st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


def _edit(one: int, column: str, value: object) -> tuple[str, tuple[object, ...]]:
    return f"UPDATE audit_events SET {column} = ? WHERE id = ?", (value, one)


def _swap(column: str, one: int, other: int) -> tuple[str, tuple[object, ...]]:
    theirs = f"(SELECT o.{column} FROM audit_events o WHERE o.id = ? + ? - audit_events.id)"
    sql = f"UPDATE audit_events SET {column} = {theirs} WHERE id IN (?, ?)"
    return sql, (one, other, one, other)


@pytest.fixture
def log(database: str) -> Rows:
    """So many events, each of which could be mistaken for no other."""
    for number in range(ROWS):
        at = clock.now() + timedelta(seconds=number)
        AuditEvent.record(at, f"person {number}", f"action {number}", "algebra", students=number)
    return rows()


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(change=tampering())
def test_v10_any_one_edit_deletion_insertion_or_swap_is_found(
    log: Rows, change: tuple[str, tuple[object, ...]]
) -> None:
    with unguarded():
        execute(*change)
    try:
        assert (check().misfit is not None) == (rows() != log)
    finally:
        with unguarded():
            execute("DELETE FROM audit_events")
            insert_many("audit_events", COLUMNS, log)


def rows() -> Rows:
    return list(execute(f"SELECT {', '.join(COLUMNS)} FROM audit_events ORDER BY id").fetchall())


@pytest.mark.parametrize("last", [1, 2, 3])
def test_v10_events_missing_from_the_end_are_found_by_the_head(last: int) -> None:
    for _ in range(3):
        happens()
    with unguarded():
        execute("DELETE FROM audit_events WHERE id >= ?", (last,))

    assert check().misfit == last
    assert run("audit", "check") == (1, f"Error: Event {last} does not fit.\n")


def test_v10_a_chain_that_was_written_anew_is_found_by_an_anchor_from_the_logs() -> None:
    happens()
    happens("eve")
    anchor = audit_chain.head()
    with unguarded():
        execute("DELETE FROM audit_events")
        execute("DELETE FROM audit_heads")
    happens()
    happens("ada")

    assert run("audit", "check")[0] == 0
    assert run("audit", "check", "--anchor", str(anchor))[0] == 1


def test_an_anchor_that_the_log_is_shorter_than_does_not_fit() -> None:
    happens()
    assert check(Anchor(2, "some digest")).misfit == 2
    assert run("audit", "check", "--anchor", "two")[0] == 2


def test_the_check_says_how_long_the_log_is_and_how_it_ends() -> None:
    assert run("audit", "check") == (0, "OK 0:\n")
    happens()
    happens()
    assert run("audit", "check") == (0, f"OK {audit_chain.head()}\n")
    assert audit_chain.head().length == 2


def test_what_is_rolled_back_leaves_no_gap() -> None:
    happens()
    with db.atomic() as transaction:
        happens("somebody else")
        transaction.rollback()
    happens()

    assert [event.id for event in AuditEvent.select().order_by(AuditEvent.id)] == [1, 2]
    assert check().misfit is None


def test_many_who_record_at_once_make_one_chain() -> None:
    def recording(number: int) -> None:
        with connected():
            write(lambda: (happens(f"{number}"), happens(f"{number}")))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(recording, range(30)))

    assert check() == audit_chain.Checked(Anchor(60, AuditHead.get().digest))


def test_the_operator_reads_the_events_of_one_kind_since_a_day_without_names() -> None:
    AuditEvent.record(clock.now() - timedelta(days=9), "ada", "sync.applied", "old")
    happens()
    happens(action="hold.kept")
    day = str((clock.now() - timedelta(days=1)).date())
    _, printed = run("audit", "show", "--since", day, "--action", "sync.applied")

    [event] = map(json.loads, printed.splitlines())
    assert (event["number"], event["actor"], event["counts"]) == (2, "ada", {"students": 3})
    assert len(run("audit", "show", "--since", day)[1].splitlines()) == 2


def test_the_end_of_the_log_is_noted_in_the_portals_logs_once_a_day(
    caplog: pytest.LogCaptureFixture,
) -> None:
    happens()
    with caplog.at_level(logging.INFO, "jobs.anchor_audit"):
        anchor_audit()
        anchor_audit()

    [noted] = caplog.records
    assert vars(noted)["anchor"] == str(audit_chain.head())
