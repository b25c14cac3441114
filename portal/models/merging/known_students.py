"""Whose students: those a teacher has or had in class, and those of an admin's schools (A58)."""

from __future__ import annotations

from typing import Any

from peewee import ModelSelect

from portal.models.accounts import Account, AccountKind, LinkedAccount
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment


def taught_by(teacher: Account) -> ModelSelect[Account]:
    """Who is or was in a section that this person teaches today."""
    taught = Section.visible_to(teacher).select(Section.id)
    return _students(Enrollment.select(Enrollment.account).where(Enrollment.section.in_(taught)))


def in_district(admin: LinkedAccount) -> ModelSelect[Account]:
    """The students of the admin's own district."""
    return _students(identities_of_district(admin).select(LinkedAccount.account))


def in_schools(admin: LinkedAccount) -> ModelSelect[Account]:
    """The students of the admin's own schools."""
    return _students(identities_of_schools(admin).select(LinkedAccount.account))


def is_listed_for(teacher: Account, student: Account) -> bool:
    """Whether a provider lists the student, or did, in a class that this person teaches today."""
    taught = Section.visible_to(teacher).where(Section.provider != "").select(Section.id)
    places = Enrollment.select().where(Enrollment.account == student)
    return bool(places.where(Enrollment.section.in_(taught)).exists())


def find(students: ModelSelect[Account], public_id: str) -> Account | None:
    """The student with this id, if one of these, or a part of one of these."""
    keys = students.select(Account.id)
    known = Account.id.in_(keys) | Account.merged_into.in_(keys)
    found: Account | None = Account.get_or_none((Account.public_id == public_id) & known)
    return found


def identities_of_district(admin: LinkedAccount) -> ModelSelect[LinkedAccount]:
    """Whom the admin's own district lists."""
    return LinkedAccount.select().where(
        (LinkedAccount.provider == admin.provider)
        & (LinkedAccount.issuer == admin.issuer)
        & (LinkedAccount.district_sourced_id == (admin.district_sourced_id or ""))
    )


def identities_of_schools(admin: LinkedAccount) -> ModelSelect[LinkedAccount]:
    """Those of the admin's own schools; a roster names a student's primary school alone."""
    at_schools = LinkedAccount.school_sourced_ids.in_(admin.school_list)
    return identities_of_district(admin).where(at_schools)


def _students(keys: Any) -> ModelSelect[Account]:
    return Account.select().where((Account.kind == AccountKind.STUDENT) & Account.id.in_(keys))
