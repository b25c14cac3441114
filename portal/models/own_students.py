"""The list of a section without Clever: its teacher adds, renames and removes (S3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from peewee import ModelSelect, fn

from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.base import from_microseconds, new_public_id, tuples_of
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.student_secrets import StudentSecret
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.names import fold, sort_key
from portal.roster.typed_names import TypedName, taken

MOST_STUDENTS = 200


class OwnStudent(NamedTuple):
    """A student as their teacher's list shows them; `with_provider` ones sign in with Clever."""

    public_id: str
    given_name: str
    family_name: str
    last_used_at: datetime | None
    with_provider: bool = False

    @classmethod
    def of(cls, row: tuple[Any, ...]) -> OwnStudent:
        """From a row of `listed`: the newest of the account's sign-ins of each kind."""
        public_id, given_name, family_name, with_provider, *last_uses = row
        newest = max((at for at in last_uses if at is not None), default=None)
        at = None if newest is None else from_microseconds(newest)
        return cls(public_id, given_name, family_name, at, bool(with_provider))


class FormerOwnStudent(NamedTuple):
    """Who was removed from the list, and when (Y7)."""

    public_id: str
    given_name: str
    family_name: str
    ended_at: datetime


class Refused(NamedTuple):
    """Why nobody was added: names that are on the list, or more of them than there is room for."""

    taken: tuple[TypedName, ...]
    room: int


def listed(section: Section, search: str = "") -> ModelSelect[Enrollment]:
    """The section's students by name; ask for `.tuples()` and make each an `OwnStudent`."""
    found = (
        Enrollment.active(section)
        .select(
            Account.public_id,
            Account.given_name,
            Account.family_name,
            fn.EXISTS(LinkedAccount.select().where(LinkedAccount.account == Account.id)),
            *_last_uses(),
        )
        .join(Account)
        .order_by(Account.sort_name, Enrollment.id)
    )
    for word in fold(search).split():
        found = found.where(Account.sort_name.contains(word))
    return found


def former(section: Section, most: int) -> list[FormerOwnStudent]:
    """Those who were removed last, the newest first."""
    found = (
        Enrollment.select(
            Account.public_id, Account.given_name, Account.family_name, Enrollment.ended_at
        )
        .join(Account)
        .where(
            (Enrollment.section == section)
            & Enrollment.ended_at.is_null(False)
            & Account.merged_into.is_null()
        )
        .order_by(Enrollment.ended_at.desc(), Enrollment.id)
        .limit(most)
    )
    return [FormerOwnStudent(*row) for row in tuples_of(found)]


def place_of(section: Section, student_id: str) -> Enrollment | None:
    """This student's place in the section, now or before, with their account.

    The place of an account that became a part of another only rests: nobody brings it back.
    """
    found: Enrollment | None = (
        Enrollment.select(Enrollment, Account)
        .join(Account)
        .where(
            (Enrollment.section == section)
            & (Account.public_id == student_id)
            & Account.merged_into.is_null()
        )
        .get_or_none()
    )
    if found is not None:
        found.section = section
    return found


def names(section: Section) -> list[TypedName]:
    """The names of all who are or were in the section: no two students have the same."""
    found = (
        Enrollment.select(Account.given_name, Account.family_name)
        .join(Account)
        .where(Enrollment.section == section)
    )
    return [TypedName(*row) for row in tuples_of(found)]


def add(
    section: Section, new: Sequence[TypedName], sealed: Sequence[str], now: datetime
) -> Refused | None:
    """Put new students on the list, each with a sealed secret, or nobody and say why.

    The same form sent twice adds its students once. Call inside a transaction.
    """
    section.lock()  # Two forms at once must not both find a name free.
    again = taken(new, {name.key for name in names(section)})
    room = MOST_STUDENTS - Enrollment.count(section)
    if again or len(new) > room:
        return Refused(tuple(again), room)
    made = [_account(name, now) for name in new]
    Account.insert_many(made).execute()
    _enroll(section, [account["public_id"] for account in made], now)
    _give_secrets(section, made, sealed, now)
    section.roster_changed()
    return None


def take_in(section: Section, student: Account, now: datetime) -> bool:
    """Put somebody a provider lists on this list as well (K5); False where it is full.

    They get no secret: who has a sign-in of their own uses that. Call inside a transaction.
    """
    section.lock()
    if Enrollment.count(section) >= MOST_STUDENTS:
        return False
    Enrollment.join(section, student, now)
    return True


def sections_of(student: Account) -> frozenset[int]:
    """The keys of the sections that somebody is in today."""
    places = Enrollment.select(Enrollment.section).where(
        (Enrollment.account == student) & Enrollment.ended_at.is_null()
    )
    return frozenset(key for (key,) in tuples_of(places))


def describe(place: Enrollment, name: TypedName, school_number: str, now: datetime) -> bool:
    """Correct a student's name, and note their school id number.

    False when another of the section has the name already. Call inside a transaction.
    """
    place.section.lock()
    others = {each.key for each in names(place.section)} - {_name_of(place).key}
    if name.key not in others:
        Account.update(
            given_name=name.given_name,
            family_name=name.family_name,
            sort_name=sort_key(*name),
            named_at=now,
        ).where(Account.id == place.account_id).execute()
        Enrollment.update(school_number=school_number).where(Enrollment.id == place.id).execute()
    return name.key not in others


def remove(place: Enrollment, now: datetime) -> bool:
    """Archive the place: the work stays, and so does the secret (Y7). Inside a transaction."""
    return _change(place, Enrollment.ended_at.is_null(), ended_at=now)


def bring_back(place: Enrollment) -> bool:
    """The same place again. Call inside a transaction."""
    open_accounts = Account.select(Account.id).where(Account.merged_into.is_null())
    ended = Enrollment.ended_at.is_null(False) & Enrollment.account.in_(open_accounts)
    return _change(place, ended, ended_at=None, ended_by=None)


def is_named_here(account: Account) -> bool:
    """Whether the name is the teacher's to correct: neither a provider's nor the student's own."""
    return not (
        LinkedAccount.select().where(LinkedAccount.account == account).exists()
        or PasswordSignIn.of(account).exists()
    )


def _change(place: Enrollment, still: Any, **columns: Any) -> bool:
    changed = Enrollment.update(**columns).where((Enrollment.id == place.id) & still).execute()
    if changed:
        place.section.roster_changed()
    return bool(changed)


def _account(name: TypedName, now: datetime) -> dict[str, Any]:
    return {
        "public_id": new_public_id(),
        "kind": AccountKind.STUDENT,
        "given_name": name.given_name,
        "family_name": name.family_name,
        "sort_name": sort_key(*name),
        "named_at": now,
        "created_at": now,
    }


def _enroll(section: Section, public_ids: Sequence[str], now: datetime) -> None:
    accounts = Account.select(Account.id, Account.public_id).where(
        Account.public_id.in_(public_ids)
    )
    Enrollment.insert_many(
        {"section": section, "account": key, "sourced_id": public_id, "started_at": now}
        for key, public_id in tuples_of(accounts)
    ).execute()


def _give_secrets(
    section: Section, made: Sequence[dict[str, Any]], sealed: Sequence[str], now: datetime
) -> None:
    places = Enrollment.select(Enrollment.id).where(
        (Enrollment.section == section)
        & Enrollment.sourced_id.in_([account["public_id"] for account in made])
    )
    StudentSecret.give([key for (key,) in tuples_of(places)], sealed, now)


def _last_uses() -> list[Any]:
    """When the account was last signed in to with a provider, a password, this section's secret."""
    return [
        LinkedAccount.select(fn.MAX(LinkedAccount.last_used_at)).where(
            LinkedAccount.account == Account.id
        ),
        PasswordSignIn.select(fn.MAX(PasswordSignIn.last_used_at)).where(
            PasswordSignIn.account == Account.id
        ),
        StudentSecret.select(fn.MAX(StudentSecret.last_used_at)).where(
            StudentSecret.enrollment == Enrollment.id
        ),
    ]


def _name_of(place: Enrollment) -> TypedName:
    return TypedName(place.account.given_name, place.account.family_name)
