"""Somebody has come back from Clever as a person: what their trip was for decides what follows."""

from __future__ import annotations

import logging
from dataclasses import replace

from flask import redirect, session, url_for
from werkzeug import Response

from portal import districts
from portal.models.accounts import LinkedAccount
from portal.models.arrivals import welcome
from portal.models.entrance.sessions import SignInWay
from portal.models.entrance.sign_in_attempts import SignInAttempt
from portal.providers.base import ProviderError
from portal.providers.clever import PROVIDER
from portal.roster.records import PersonRecord, Role, StaffPlaces
from portal.web.entrance import arriving
from portal.web.entrance.arriving import Arriving
from portal.web.entrance.entering import enter, onward
from portal.web.ground.current import current_settings
from portal.web.ground.device import remember_district

logger = logging.getLogger(__name__)

NOWHERE = StaffPlaces("", ())


def arrive(attempt: SignInAttempt, person: PersonRecord) -> Response:
    """Sign this person in; of the staff and new here, ask first whether they are (S4, S5)."""
    places = _places(person)
    schools = tuple(school.sourced_id for school in places.schools) or person.school_sourced_ids
    guest = Arriving(replace(person, school_sourced_ids=schools), places, attempt.wanted)
    if _is_new_here(person):
        arriving.hold(attempt, guest)
        return redirect(url_for("first_run.show"), 303)
    return let_in(guest, attempt)


def let_in(guest: Arriving, attempt: SignInAttempt | None = None) -> Response:
    """Sign this person in, with an account of their own made on the first visit."""
    issuer = current_settings().clever_issuer
    enter(
        lambda now: welcome(PROVIDER, issuer, guest.person, now).account,
        guest.person.roles,
        SignInWay.CLEVER,
        attempt,
        guest.person,
    )
    note_places(guest.places)
    response = onward(guest.wanted)
    remember_district(response, guest.person.district_sourced_id)
    return response


def note_places(places: StaffPlaces) -> None:
    """What an admin's pages call their district and schools by."""
    session["district_name"] = places.district_name
    session["school_names"] = [school.name for school in places.schools]


def _is_new_here(person: PersonRecord) -> bool:
    """Whether they must be asked; students never are (experience.md 2.2)."""
    if Role.STUDENT in person.roles:
        return False
    issuer = current_settings().clever_issuer
    return LinkedAccount.find(PROVIDER, issuer, person.sourced_id) is None


def _places(person: PersonRecord) -> StaffPlaces:
    """District and schools by name, which a person's own token may not read (Clever page "SSO").

    Admins see them on their pages, and who is new here in the question. Signing in works without.
    """
    district = person.district_sourced_id
    admin = {Role.SCHOOL_ADMIN, Role.DISTRICT_ADMIN}.intersection(person.roles)
    if district is None or not (admin or _is_new_here(person)):
        return NOWHERE
    try:
        return districts.read_staff_places(current_settings(), district, person.sourced_id)
    except ProviderError as error:
        logger.warning("Places unknown", extra={"reason": error.reason, "detail": error.detail})
        return NOWHERE
