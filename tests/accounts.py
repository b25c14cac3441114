"""Accounts for tests, and what the tables say of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal import clock
from portal.database import db, write
from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.lessons import LessonCompletion
from portal.roster.records import PersonRecord, Role
from tests.rosters import DISTRICT, account_of

# What bringing together and taking apart must leave as it was.
BELONGINGS = (
    "accounts",
    "linked_accounts",
    "password_sign_ins",
    "student_secrets",
    "sections",
    "section_teachers",
    "enrollments",
    "lesson_completions",
    "sync_runs",
    "sync_changes",
    "claims",
    "account_notices",
)


def pupil(sourced_id: str, **changed: Any) -> Account:
    """A student as signing in by Clever makes them."""
    district = changed.get("district", DISTRICT)
    given, family = changed.get("given_name", "Ada"), changed.get("family_name", sourced_id)
    return account_of(PersonRecord(sourced_id, district, (Role.STUDENT,), given, family))


def teacher(sourced_id: str, district: str | None = DISTRICT) -> Account:
    return account_of(PersonRecord(sourced_id, district, (Role.TEACHER,), "Maria", "Rivera"))


def with_password(email: str, kind: AccountKind = AccountKind.STAFF) -> Account:
    """An account that signs in with nothing but this."""

    def step() -> Account:
        account: Account = Account.create(kind=kind, given_name="Maria", created_at=clock.now())
        add_password(account, email)
        return account

    return write(step)


def add_password(account: Account, email: str) -> PasswordSignIn:
    now = clock.now()
    made: PasswordSignIn = PasswordSignIn.create(
        account=account, email=email, email_key=email, password_hash="", linked_at=now, set_at=now
    )
    return made


def finish(account: Account, *lessons: str) -> None:
    for lesson in lessons:
        LessonCompletion.mark(account, "course", lesson, clock.now())


def lessons_of(account: Account) -> set[str]:
    return {lesson for _, lesson in LessonCompletion.of(account)}


def identities_of(account: Account) -> set[str]:
    return {each.sourced_id for each in LinkedAccount.of(account, "clever")}


def now(account: Account) -> Account:
    """The account as the table has it."""
    found: Account = Account.get_by_id(account.id)
    return found


def belongings() -> dict[str, list[tuple[Any, ...]]]:
    """Every row that is somebody's, but for the count that makes plans outdated."""
    return {table: _rows(table, leaving_out={"roster_version"}) for table in BELONGINGS}


def _rows(table: str, leaving_out: Iterable[str]) -> list[tuple[Any, ...]]:
    names = [each.name for each in db.get_columns(table) if each.name not in {*leaving_out}]
    columns = ", ".join(f'"{name}"' for name in names)
    return sorted(db.execute_sql(f"SELECT {columns} FROM {table} ORDER BY id").fetchall())
