"""A teacher's classes at Clever, read for a page."""

from __future__ import annotations

from flask import abort

from portal import districts, library
from portal.models.accounts import LinkedAccount
from portal.providers.base import FailureReason, ProviderError
from portal.roster.names import clean_id
from portal.roster.records import ClassRecord, TeacherClasses, TermRecord
from portal.web.ground.access import current_linked_account
from portal.web.ground.current import current_settings

ChosenClass = tuple[ClassRecord, TermRecord | None]


def own_classes() -> TeacherClasses | ProviderError:
    """All classes of this teacher with their evidence, or why they could not be read."""
    identity = current_linked_account()
    try:
        return _classes_of(identity)
    except ProviderError as error:
        return error


def chosen_class(class_sourced_id: str) -> ChosenClass | ProviderError:
    """One class of this teacher; a class of anybody else does not exist (404).

    Whether she teaches it is Clever's word, never the browser's (Y11).
    """
    if clean_id(class_sourced_id) is None:
        abort(404)
    identity = current_linked_account()
    try:
        found, term = _class_at(identity, class_sourced_id)
    except ProviderError as error:
        if error.reason is FailureReason.CLASS_GONE:
            abort(404)
        return error
    if identity.sourced_id not in found.teacher_sourced_ids:
        abort(404)
    return found, term


def _classes_of(identity: LinkedAccount) -> TeacherClasses:
    """By the district's token, or by her own where no district stands behind her (K7)."""
    settings, district = current_settings(), identity.district_sourced_id
    if district is None:
        return library.read_teacher_classes(settings, identity)
    return districts.read_teacher_classes(settings, district, identity.sourced_id)


def _class_at(identity: LinkedAccount, class_sourced_id: str) -> ChosenClass:
    settings, district = current_settings(), identity.district_sourced_id
    if district is None:
        return library.read_class(settings, identity, class_sourced_id)
    return districts.read_class(settings, district, class_sourced_id)
