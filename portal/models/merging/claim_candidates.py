"""Which accounts a student's claim may be about, as their teacher can tell them apart (AC7)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import ModelSelect, fn

from portal.models.accounts import Account, LinkedAccount
from portal.models.base import from_microseconds, tuples_of
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.student_secrets import StudentSecret
from portal.models.lessons import LessonCompletion
from portal.models.merging import duplicates
from portal.models.merging.claims import Claim
from portal.models.merging.duplicates import Evidence
from portal.models.merging.known_students import taught_by
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.names import fold

MOST = 50  # Rows a page may have (experience.md 2.8).


@dataclass(frozen=True, slots=True)
class Candidate:
    """An account with what a teacher knows it by; `evidence` is what it shares with the claim's."""

    account: Account
    evidence: tuple[Evidence, ...]
    section_names: tuple[str, ...]
    last_used_at: datetime | None
    lesson_count: int


def candidates(claim: Claim, teacher: Account, search: str = "") -> list[Candidate]:
    """The likeliest first: evidence, then how much of the name is the same."""
    evidence = _suspected_of(claim.account, teacher)
    found = _found(claim, teacher, evidence)
    for word in fold(search).split():
        found = found.where(Account.sort_name.contains(word))
    ranked = sorted(found, key=lambda each: _rank(each, claim.account, evidence))[:MOST]
    return _described(ranked, evidence, teacher)


def candidate(claim: Claim, teacher: Account, public_id: str) -> Account | None:
    """The account with this id, if it is one of them."""
    found = _found(claim, teacher, _suspected_of(claim.account, teacher))
    account: Account | None = found.where(Account.public_id == public_id).get_or_none()
    return account


def _suspected_of(student: Account, teacher: Account) -> dict[int, tuple[Evidence, ...]]:
    """What speaks for each account that looks like this student's, by the account's key."""
    pairs = [each for each in duplicates.taught_by(teacher) if student in (each.first, each.second)]
    return {
        (each.second if each.first == student else each.first).id: each.evidence for each in pairs
    }


def _found(claim: Claim, teacher: Account, evidence: Collection[int]) -> ModelSelect[Account]:
    """Students of hers whom no provider lists today, and all that look like the claim's."""
    listed = (
        Enrollment.select(Enrollment.account)
        .join(Section)
        .where(
            Enrollment.ended_at.is_null() & (Section.provider != "") & Section.archived_at.is_null()
        )
    )
    unlisted = Account.id.not_in(listed) | Account.id.in_(list(evidence))
    is_open = Account.disabled_at.is_null() & Account.merged_into.is_null()
    return taught_by(teacher).where((Account.id != claim.account_id) & is_open & unlisted)


def _rank(account: Account, student: Account, evidence: Collection[int]) -> tuple[bool, int, str]:
    shared = set(account.sort_name.split()) & set(student.sort_name.split())
    return account.id not in evidence, -len(shared), account.sort_name


def _described(
    accounts: list[Account], evidence: dict[int, tuple[Evidence, ...]], teacher: Account
) -> list[Candidate]:
    """In five more queries however many they are."""
    keys = [each.id for each in accounts]
    names, last_uses, lessons = _section_names(keys, teacher), _last_uses(keys), _lessons(keys)
    return [
        Candidate(
            each,
            evidence.get(each.id, ()),
            tuple(names.get(each.id, ())),
            last_uses.get(each.id),
            lessons.get(each.id, 0),
        )
        for each in accounts
    ]


def _section_names(keys: list[int], teacher: Account) -> dict[int, list[str]]:
    """The sections of this teacher that each of them is or was in."""
    taught = Section.visible_to(teacher).select(Section.id)
    found = (
        Enrollment.select(Enrollment.account, Section.name)
        .join(Section)
        .where(Enrollment.account.in_(keys) & Enrollment.section.in_(taught))
        .order_by(Enrollment.ended_at.is_null().desc(), Section.name)
    )
    names: dict[int, list[str]] = {}
    for key, name in tuples_of(found):
        names.setdefault(key, []).append(name)
    return names


def _last_uses(keys: list[int]) -> dict[int, datetime]:
    """When each of them last signed in, in whatever way."""
    secrets = (
        StudentSecret.select(Enrollment.account, fn.MAX(StudentSecret.last_used_at).coerce(False))
        .join(Enrollment)
        .group_by(Enrollment.account)
    )
    ways: tuple[Any, ...] = (
        _last_use(LinkedAccount, keys),
        _last_use(PasswordSignIn, keys),
        secrets.where(Enrollment.account.in_(keys)),
    )
    newest: dict[int, int] = {}
    for key, at in (row for way in ways for row in tuples_of(way)):
        newest[key] = max(newest.get(key, 0), at or 0)
    return {key: from_microseconds(at) for key, at in newest.items() if at}


def _last_use(model: Any, keys: list[int]) -> Any:
    newest = fn.MAX(model.last_used_at).coerce(False)
    return (
        model.select(model.account, newest).where(model.account.in_(keys)).group_by(model.account)
    )


def _lessons(keys: list[int]) -> dict[int, int]:
    done = LessonCompletion.select(LessonCompletion.account, fn.COUNT(LessonCompletion.id))
    mine = done.where(LessonCompletion.account.in_(keys)).group_by(LessonCompletion.account)
    return dict(tuples_of(mine))
