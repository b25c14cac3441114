"""People an admin looks for: those Clever shares, and those who have an account here (AD1)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from peewee import ModelSelect

from portal.models.accounts import Account, LinkedAccount
from portal.models.admins.admin_scopes import AdminScope
from portal.models.shared import tabs
from portal.models.shared.records import SharedStudent, SharedTeacher
from portal.models.shared.scopes import Scope
from portal.models.shared.tabs import ROWS_A_PAGE, Place
from portal.roster.names import fold
from portal.roster.records import Role
from portal.roster.sharing import Kind

SharedPerson = SharedStudent | SharedTeacher
PEOPLE = (Kind.STUDENTS, Kind.TEACHERS)


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """What Clever shares of them today, and what they sign in with; one of the two at least."""

    sourced_id: str
    record: SharedPerson | None
    identity: LinkedAccount | None

    @property
    def named(self) -> Account | SharedPerson:
        """Whoever tells the name: Clever as it is today, else what we knew last."""
        if self.record is not None:
            return self.record
        assert self.identity is not None
        return self.identity.account

    @property
    def grade(self) -> str:
        return str(getattr(self.named, "grade", ""))

    @property
    def roles(self) -> tuple[Role, ...]:
        return known_roles(self.record, self.identity)

    @property
    def is_listed(self) -> bool:
        """Whether Clever shares people like them at all: admins come by signing in alone."""
        return Role.STUDENT in self.roles or Role.TEACHER in self.roles


@dataclass(frozen=True, slots=True)
class FoundPeople:
    """The first by name; `more` says that there are others, for whom to type more of the name."""

    people: tuple[FoundPerson, ...]
    more: bool


def find_people(scope: AdminScope, search: str) -> FoundPeople:
    """Those of the scope with each word in their name, or with this number."""
    seen = scope.shared()
    lists = [tabs.listed(seen, kind, Place(search)) for kind in PEOPLE] if seen else []
    shared = {each.sourced_id: each for listed in lists for each in listed.rows}
    known = {each.sourced_id: each for each in _identities(scope, search)}
    shared |= _seen(seen, known.keys() - shared.keys())
    known |= {each.sourced_id: each for each in scope.identities_of(shared)}
    ids = shared.keys() | known.keys()
    found = [FoundPerson(key, shared.get(key), known.get(key)) for key in ids]
    found.sort(key=lambda each: (each.named.sort_name, each.sourced_id))
    more = len(found) > ROWS_A_PAGE or any(listed.after for listed in lists)
    return FoundPeople(tuple(found[:ROWS_A_PAGE]), more)


def known_roles(record: SharedPerson | None, identity: LinkedAccount | None) -> tuple[Role, ...]:
    """What somebody is to Clever: as it shares them, and as they signed in."""
    if isinstance(record, SharedStudent):
        return (Role.STUDENT,)
    shared = record.roles.split() if record else []
    signed_in = identity.role_list if identity else ()
    return tuple(role for role in Role if role in {*shared, *signed_in})


def _seen(seen: Scope | None, sourced_ids: Collection[str]) -> dict[str, SharedPerson]:
    """Those of these whom Clever shares today, be it under another name than ours."""
    if seen is None or not sourced_ids:
        return {}
    found = [each for kind in PEOPLE for each in tabs.seen(seen, kind, sourced_ids)]
    return {each.sourced_id: each for each in found}


def _identities(scope: AdminScope, search: str) -> ModelSelect[LinkedAccount]:
    query = LinkedAccount.select(LinkedAccount, Account).join(Account).where(scope.identities)
    number = search.strip()
    if any(each.isdigit() for each in number):
        numbered = (LinkedAccount.student_number == number) | (LinkedAccount.sis_id == number)
        return query.where(numbered).limit(ROWS_A_PAGE + 1)
    for word in fold(search).split():
        query = query.where(Account.sort_name.contains(word))
    return query.order_by(Account.sort_name, LinkedAccount.id).limit(ROWS_A_PAGE + 1)
