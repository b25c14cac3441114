"""Somebody has come back from Clever as a person: their account, their new session, their page."""

from __future__ import annotations

import logging
import secrets
from dataclasses import replace

from flask import redirect, session, url_for
from flask_login import login_user
from werkzeug import Response

from portal import clock, districts
from portal.database import write
from portal.models.accounts import Account
from portal.models.arrivals import welcome
from portal.models.audit import AuditEvent
from portal.models.sessions import Session
from portal.models.sign_in_attempts import SignInAttempt
from portal.providers.base import ProviderError
from portal.providers.clever import PROVIDER
from portal.roster.records import PersonRecord, Role, StaffPlaces
from portal.web import handover
from portal.web.current import current_settings
from portal.web.device import remember_district
from portal.web.people import SignedIn, signed_in
from portal.web.sessions import browser_session, new_token
from portal.web.wanted import arrival_page

logger = logging.getLogger(__name__)

NOWHERE = StaffPlaces("", ())


def let_in(attempt: SignInAttempt, person: PersonRecord) -> Response:
    """A new session under a new token in place of whatever this browser had (S6, A38, A41)."""
    former = _whoever_was_here()
    places = _places(person)
    person = replace(person, school_sourced_ids=_schools(person, places))
    account, role = _start_session(attempt, person)
    login_user(SignedIn(account, role, person.roles))
    session.pop("_id")  # Flask-Login's digest of address and browser: nothing here needs it.
    session["csrf_token"] = secrets.token_hex(32)  # Now, so that no page has to write one (A47).
    session["roles"] = list(person.roles)
    session["district_name"] = places.district_name
    session["school_names"] = [school.name for school in places.schools]
    handover.remember(former, account)

    response = _go_on(person, attempt.wanted)
    remember_district(response, person.district_sourced_id)
    return response


def _whoever_was_here() -> Account | None:
    person = signed_in()
    return person.account if person else None


def _go_on(person: PersonRecord, wanted: str) -> Response:
    """To the page that was wanted or the role's own; several roles are a question first (S7)."""
    if len(person.roles) == 1:
        return redirect(arrival_page(person.roles[0], wanted), 303)
    session["wanted"] = wanted
    return redirect(url_for("sign_in.choose_role"), 303)


def _start_session(attempt: SignInAttempt, person: PersonRecord) -> tuple[Account, str]:
    """Account, session and audit in one transaction; the network is done."""
    browser, token, now = browser_session(), new_token(), clock.now()
    role = person.roles[0] if len(person.roles) == 1 else ""

    def step() -> tuple[Account, Session]:
        account = welcome(PROVIDER, current_settings().clever_issuer, person, now).account
        row = Session.start(token, now, account, role)
        attempt.move_all_to(row)
        Session.end(browser.cookie_token or "")
        AuditEvent.record(now, account.public_id, "sign_in", account.public_id)
        return account, row

    account, row = write(step)
    browser.adopt(token, row)
    return account, role


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
