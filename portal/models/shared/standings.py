"""How shared students stand here: in a section, in none, left, or with two accounts (K5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from peewee import ModelSelect

from portal.models.accounts import Account, LinkedAccount
from portal.models.base import tuples_of
from portal.models.merging.duplicates import TOO_MANY
from portal.models.merging.told_apart import ToldApart
from portal.models.sections import Section
from portal.models.shared.records import SharedStudent
from portal.models.syncs.enrollments import Enrollment


@dataclass(frozen=True, slots=True)
class Standing:
    """`left_at` is when the student left the last of the reader's sections."""

    in_section: bool = False
    left_at: datetime | None = None
    has_two_accounts: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks: where their district's identities are from, and whom they may look at here."""

    issuer: str
    sections: ModelSelect[Section]
    students: ModelSelect[Account]


def standings(reader: Reader, shown: Sequence[SharedStudent]) -> dict[str, Standing]:
    """How each of these students stands, by their id, in six questions at most."""
    if not shown:
        return {}
    provider = shown[0].connection.provider
    accounts = _accounts(provider, reader.issuer, [each.sourced_id for each in shown])
    places = _places(reader.sections, accounts.values())
    twice = _twice(reader, provider, shown)
    return {
        sourced_id: _standing(places.get(account, ()), account in twice)
        for sourced_id, account in accounts.items()
    }


def _standing(ends: Sequence[datetime | None], has_two_accounts: bool) -> Standing:
    """`ends` are of all places in the reader's sections; None is a place of today."""
    ended = [each for each in ends if each is not None]
    in_section = len(ended) < len(ends)
    left_at = None if in_section or not ended else max(ended)
    return Standing(in_section, left_at, has_two_accounts)


def _accounts(provider: str, issuer: str, sourced_ids: Collection[str]) -> dict[str, int]:
    known = LinkedAccount.select(LinkedAccount.sourced_id, LinkedAccount.account).where(
        (LinkedAccount.provider == provider)
        & (LinkedAccount.issuer == issuer)
        & LinkedAccount.sourced_id.in_(list(sourced_ids))
    )
    return dict(tuples_of(known))


def _places(
    sections: ModelSelect[Section], accounts: Collection[int]
) -> dict[int, list[datetime | None]]:
    query = (
        sections.select(Enrollment.account, Enrollment.ended_at)
        .join(Enrollment, on=(Enrollment.section == Section.id))
        .where(Enrollment.account.in_(list(accounts)))
    )
    found: dict[int, list[datetime | None]] = defaultdict(list)
    for account, ended_at in tuples_of(query):
        found[account].append(ended_at)
    return found


def _twice(reader: Reader, provider: str, shown: Sequence[SharedStudent]) -> set[int]:
    """Accounts of which another of the reader's students has a number too.

    What somebody told apart is two people; a number of many tells nothing (AC6).
    """
    groups = _same_numbers(shown)
    if not groups:
        return set()
    accounts = _accounts(provider, reader.issuer, {each for group in groups for each in group})
    visible = reader.students.select(Account.id).where(Account.id.in_(list(accounts.values())))
    keys = {key for (key,) in tuples_of(visible)}
    apart = ToldApart.among(keys)
    return {
        key
        for group in groups
        for pair in combinations(sorted({accounts.get(each, 0) for each in group} & keys), 2)
        if pair not in apart
        for key in pair
    }


def _same_numbers(shown: Sequence[SharedStudent]) -> list[set[str]]:
    """Students of the district, shared or not, with one school id or student number."""
    numbers = {
        SharedStudent.sis_id: {each.sis_id for each in shown} - {""},
        SharedStudent.student_number: {each.student_number for each in shown} - {""},
    }
    groups: list[set[str]] = []
    for column, values in numbers.items():
        found: dict[str, set[str]] = defaultdict(set)
        query = SharedStudent.select(column, SharedStudent.sourced_id).where(
            (SharedStudent.connection == shown[0].connection_id) & column.in_(list(values))
        )
        for number, sourced_id in tuples_of(query):
            found[number].add(sourced_id)
        groups += [each for each in found.values() if 1 < len(each) <= TOO_MANY]
    return groups
