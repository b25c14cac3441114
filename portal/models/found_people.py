"""People an admin looks for: those Clever shares, and those who have an account here (AD1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from peewee import ModelSelect

from portal.models.accounts import Account, LinkedAccount
from portal.models.admin_scopes import AdminScope
from portal.models.shared import tabs
from portal.models.shared.records import SharedStudent, SharedTeacher
from portal.models.shared.tabs import ROWS_A_PAGE, Place
from portal.roster.names import fold
from portal.roster.sharing import Kind

SharedPerson = SharedStudent | SharedTeacher


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """`shared` is whether Clever shares them today; `has_account` whether they were ever here."""

    sourced_id: str
    given_name: str
    family_name: str
    sort_name: str
    grade: str
    is_student: bool
    shared: bool
    has_account: bool


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The first by name; `more` says that there are others, for whom to type more of the name."""

    people: tuple[FoundPerson, ...]
    more: bool


def find_people(scope: AdminScope, search: str) -> FoundPeople:
    """Those of the scope with each word in their name, or with this number."""
    shared = {each.sourced_id: each for each in _shared(scope, search)}
    known = {each.sourced_id: each for each in _identities(scope, search)}
    known |= {each.sourced_id: each for each in scope.identities_of(shared)}
    found = [_found(key, shared, known) for key in shared.keys() | known.keys()]
    found.sort(key=lambda each: (each.sort_name, each.sourced_id))
    return FoundPeople(tuple(found[:ROWS_A_PAGE]), len(found) > ROWS_A_PAGE)


def _found(
    sourced_id: str, shared: Mapping[str, SharedPerson], known: Mapping[str, LinkedAccount]
) -> FoundPerson:
    record, identity = shared.get(sourced_id), known.get(sourced_id)
    named = record or known[sourced_id].account
    is_student = (
        isinstance(record, SharedStudent) if record else known[sourced_id].account.is_student
    )
    return FoundPerson(
        sourced_id,
        named.given_name,
        named.family_name,
        named.sort_name,
        getattr(named, "grade", ""),
        is_student=is_student,
        shared=record is not None,
        has_account=identity is not None,
    )


def _shared(scope: AdminScope, search: str) -> Iterable[SharedPerson]:
    seen = scope.shared()
    if seen is not None:
        for kind in (Kind.STUDENTS, Kind.TEACHERS):
            yield from tabs.listed(seen, kind, Place(search)).rows


def _identities(scope: AdminScope, search: str) -> ModelSelect[LinkedAccount]:
    query = LinkedAccount.select(LinkedAccount, Account).join(Account).where(scope.identities)
    number = search.strip()
    if any(each.isdigit() for each in number):
        numbered = (LinkedAccount.student_number == number) | (LinkedAccount.sis_id == number)
        return query.where(numbered).limit(ROWS_A_PAGE + 1)
    for word in fold(search).split():
        query = query.where(Account.sort_name.contains(word))
    return query.order_by(Account.sort_name, LinkedAccount.id).limit(ROWS_A_PAGE + 1)
