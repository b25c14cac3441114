"""Whose students somebody of the staff may look at, by the role in use (A58, AD1)."""

from __future__ import annotations

from collections.abc import Collection

from flask import abort
from peewee import ModelSelect

from portal.models.accounts import Account
from portal.models.admins.admin_scopes import AdminScope
from portal.models.merging import duplicates, known_students
from portal.models.merging.duplicates import Duplicate
from portal.models.merging.merges import Merge, MergeGround
from portal.models.sections import Section
from portal.roster.records import Role
from portal.web.ground.access import current_account, current_linked_account, current_person

ADMINS = (Role.SCHOOL_ADMIN, Role.DISTRICT_ADMIN)
READERS = (Role.TEACHER, *ADMINS)


def readers_students() -> ModelSelect[Account]:
    match current_person().role:
        case Role.DISTRICT_ADMIN:
            return known_students.in_district(current_linked_account())
        case Role.SCHOOL_ADMIN:
            return known_students.in_schools(current_linked_account())
        case _:
            return known_students.taught_by(current_account())


def readers_sections() -> ModelSelect[Section]:
    if current_person().role in ADMINS:
        return Section.select().where(admins_scope().sections)
    return Section.visible_to(current_account())


def admins_scope() -> AdminScope:
    """What the admin who reads may see, by the role in use."""
    admin = current_linked_account()
    if current_person().role == Role.DISTRICT_ADMIN:
        return AdminScope.of_district(admin)
    return AdminScope.of_schools(admin)


def readers_section_ids(among: Collection[str]) -> frozenset[str]:
    """Which of these sections the reader may see."""
    found = readers_sections().where(Section.public_id.in_(list(among)))
    return frozenset(each.public_id for each in found)


def readers_duplicates() -> list[Duplicate]:
    """Pairs of which the reader may see both."""
    match current_person().role:
        case Role.DISTRICT_ADMIN:
            return duplicates.in_district(current_linked_account())
        case Role.SCHOOL_ADMIN:
            return duplicates.in_schools(current_linked_account())
        case _:
            return duplicates.taught_by(current_account())


def readers_ground() -> MergeGround:
    """What the reader's word is worth when two accounts become one."""
    is_teacher = current_person().role == Role.TEACHER
    return MergeGround.TEACHER if is_teacher else MergeGround.ADMIN


def find_student(public_id: str) -> Account:
    """One of the reader's students, or an account that became a part of one, or 404."""
    return known_students.find(readers_students(), public_id) or abort(404)


def readers_merges() -> ModelSelect[Merge]:
    """What they brought together, of the students they still may look at.

    For an admin also what anybody else did, of two whom both they may look at: who vouched may
    have left the school.
    """
    mine = Merge.kept.in_(readers_students().select(Account.id))
    mine &= Merge.made_by == current_account()
    match current_person().role:
        case Role.DISTRICT_ADMIN:
            theirs = known_students.identities_of_district(current_linked_account())
        case Role.SCHOOL_ADMIN:
            theirs = known_students.identities_of_schools(current_linked_account())
        case _:
            return Merge.vouched().where(mine)
    return Merge.vouched().where(mine | Merge.is_within(theirs))


def find_vouched_merge(public_id: str) -> Merge:
    """One of those, or 404."""
    found = readers_merges().where(Merge.public_id == public_id)
    return found.get_or_none() or abort(404)
