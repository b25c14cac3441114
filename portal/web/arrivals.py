"""Somebody has come back from Clever as a person: their account, their new session, their page."""

from __future__ import annotations

import logging
from dataclasses import replace

from flask import session
from werkzeug import Response

from portal import districts
from portal.models.arrivals import welcome
from portal.models.sessions import SignInWay
from portal.models.sign_in_attempts import SignInAttempt
from portal.providers.base import ProviderError
from portal.providers.clever import PROVIDER
from portal.roster.records import PersonRecord, Role, StaffPlaces
from portal.web.current import current_settings
from portal.web.device import remember_district
from portal.web.entering import enter, onward

logger = logging.getLogger(__name__)

NOWHERE = StaffPlaces("", ())


def let_in(attempt: SignInAttempt, person: PersonRecord) -> Response:
    """Sign this person in, with an account made on the first visit (S5)."""
    places = _places(person)
    person = replace(person, school_sourced_ids=_schools(person, places))
    issuer = current_settings().clever_issuer
    enter(
        lambda now: welcome(PROVIDER, issuer, person, now).account,
        person.roles,
        SignInWay.CLEVER,
        attempt,
    )
    session["district_name"] = places.district_name
    session["school_names"] = [school.name for school in places.schools]
    response = onward(person.roles, attempt.wanted)
    remember_district(response, person.district_sourced_id)
    return response


def _places(person: PersonRecord) -> StaffPlaces:
    """An admin's district and schools, which their own token may not read (Clever page "SSO").

    Signing in works without them: the overview then counts what was known before.
    """
    district = person.district_sourced_id
    if district is None or not {Role.SCHOOL_ADMIN, Role.DISTRICT_ADMIN}.intersection(person.roles):
        return NOWHERE
    try:
        return districts.read_staff_places(current_settings(), district, person.sourced_id)
    except ProviderError as error:
        logger.warning("Places unknown", extra={"reason": error.reason, "detail": error.detail})
        return NOWHERE


def _schools(person: PersonRecord, places: StaffPlaces) -> tuple[str, ...]:
    found = tuple(school.sourced_id for school in places.schools)
    return found or person.school_sourced_ids
