"""What a class's sign-in page may know of its students: little of their names, and no secret."""

from __future__ import annotations

from typing import Any, NamedTuple

from portal.models.accounts import Account
from portal.models.base import tuples_of
from portal.models.entrance.ways_in import WaysIn
from portal.models.own_students import place_of
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.names import fold
from portal.roster.typed_names import TypedName, class_list


class Choice(NamedTuple):
    """A student to choose oneself by: first name and initial."""

    public_id: str
    name: str


def students_to_choose(section: Section) -> list[Choice]:
    """Everybody who may sign in to the section, by what they are called."""
    found = tuples_of(
        Enrollment.active(section)
        .select(Account.public_id, Account.given_name, Account.family_name)
        .join(Account)
        .where(_open())
        .order_by(Enrollment.id)
    )
    shown = class_list([TypedName(given, family) for _, given, family in found])
    choices = [Choice(row[0], name) for row, name in zip(found, shown, strict=True)]
    return sorted(choices, key=lambda each: fold(each.name))


def place_to_enter(section: Section, student_id: str) -> Enrollment | None:
    """The place of somebody who may sign in to this section today."""
    place = place_of(section, student_id)
    return place if place and place.ended_at is None and place.account.is_open else None


def found_again(place: Enrollment) -> bool:
    """Whether nothing of that has changed. Call inside the transaction that signs them in."""
    account = place.account.lock()
    still_there = place_to_enter(place.section, account.public_id) is not None
    return still_there and not WaysIn.of(account).has_sign_in


def _open() -> Any:
    return Account.disabled_at.is_null() & Account.merged_into.is_null()
