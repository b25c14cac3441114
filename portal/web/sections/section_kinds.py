"""Finders by the kind of a section: what one kind has does not exist for the other (N11)."""

from __future__ import annotations

from flask import abort, url_for

from portal.models.accounts import Account
from portal.models.own_students import place_of
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.timelines import past_student
from portal.roster.secrets import LoginType
from portal.web.ground.access import find_section


def find_synced_section(public_id: str) -> Section:
    """A section this person teaches that follows a class of a provider, or 404."""
    section = find_section(public_id)
    return section if section.synced else abort(404)


def find_own_section(public_id: str) -> Section:
    """One whose list its teacher keeps, or 404."""
    section = find_section(public_id)
    return abort(404) if section.synced else section


def find_section_with_secrets(public_id: str) -> Section:
    """One whose students sign in with what their teacher made for them, or 404."""
    section = find_own_section(public_id)
    return section if LoginType(section.login_type).has_secrets else abort(404)


def find_place(section: Section, student_id: str) -> Enrollment:
    """A student's place in the section, now or before, or 404."""
    place = place_of(section, student_id)
    return place if place else abort(404)


def find_past_student(section: Section, student_id: str) -> Account:
    """Somebody whom the section's list names, today or in its history, or 404."""
    return past_student(section, student_id) or abort(404)


def page_of(section: Section) -> str:
    """Where a section's runs are followed: one without Clever has any on its way to a class."""
    endpoint = "sections.show" if section.synced else "class_changes.show"
    return url_for(endpoint, section_id=section.public_id)
