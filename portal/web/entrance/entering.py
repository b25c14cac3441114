"""Somebody gets in: a new session in place of whatever this browser had (S6, A38, A41)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from flask import redirect, request, session, url_for
from flask_login import login_user
from werkzeug import Response

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.sessions import Session, SignInWay
from portal.models.entrance.sign_in_attempts import SignInAttempt
from portal.models.entrance.ways_in import WaysIn
from portal.models.sections import Section
from portal.roster.records import PersonRecord, Role
from portal.web.entrance.credentials import roles_of
from portal.web.entrance.library_sign_in import keep_library_token
from portal.web.ground import handover
from portal.web.ground.access import current_person
from portal.web.ground.device import device_in_words
from portal.web.ground.known_devices import mark_device
from portal.web.ground.people import SignedIn, signed_in
from portal.web.ground.sessions import browser_session, new_token
from portal.web.ground.wanted import arrival_page

NOTICES = "account_notices"


def enter(
    step: Callable[[datetime], Account],
    roles: tuple[Role, ...],
    way: SignInWay,
    attempt: SignInAttempt | None = None,
    person: PersonRecord | None = None,
) -> Account:
    """Carry out `step` and sign its account in, in one transaction under a new token.

    `step` is given the time and returns the account; what it raises leaves this browser as it
    was. `attempt` is the trip to a provider that led here, if one did, and `person` who came back.
    """
    former, browser, token, now = _whoever_was_here(), browser_session(), new_token(), clock.now()

    def save() -> tuple[Account, tuple[Role, ...], Session]:
        account = step(now)
        every = _with_own_teaching(account, roles)
        device = device_in_words(request.user_agent)
        row = Session.start(token, now, account, _role_in_use(every), way, device)
        if attempt is not None:
            attempt.move_all_to(row)
        keep_library_token(row, person, now)
        Session.end(browser.cookie_token or "")
        AuditEvent.record(now, account.public_id, "sign_in", account.public_id)
        return account, every, row

    account, every, row = write(save)
    browser.adopt(token, row)
    _fill_session(account, every, former, now)
    mark_device(account)
    return account


def onward(wanted: str) -> Response:
    """To the page that was wanted or the role's own; several roles are a question first (S7)."""
    role = current_person().role
    if role is not None:
        return redirect(arrival_page(role, wanted), 303)
    session["wanted"] = wanted
    return redirect(url_for("sign_in.choose_role"), 303)


def leave_roles() -> None:
    """Go on with the roles that this account still has a sign-in for (S7, A33)."""
    person = current_person()
    linked = WaysIn.of(person.account).linked_accounts
    own = roles_of(person.account.kind)
    left = {*own, *(role for each in linked for role in each.role_list)}

    roles = tuple(role for role in person.roles if role in left) or own
    session["roles"] = list(roles)
    if person.role not in roles:
        browser_session().take_role(_role_in_use(roles))


def _with_own_teaching(account: Account, roles: tuple[Role, ...]) -> tuple[Role, ...]:
    """The roles, and a teacher's for an admin who has sections here: they made them (S7)."""
    if account.is_student or Role.TEACHER in roles or not Section.visible_to(account).exists():
        return roles
    return (*roles, Role.TEACHER)


def _role_in_use(roles: tuple[Role, ...]) -> str:
    """The only one; of several, none until the person has chosen."""
    return roles[0] if len(roles) == 1 else ""


def _fill_session(
    account: Account, roles: tuple[Role, ...], former: Account | None, now: datetime
) -> None:
    login_user(SignedIn(account, _role_in_use(roles), roles))
    session.pop("_id")  # Flask-Login's digest of address and browser: nothing here needs it.
    session["csrf_token"] = secrets.token_hex(32)  # Now, so that no page has to write one (A47).
    session["roles"] = list(roles)
    if AccountNotice.wait_for(account, now):  # What this very step changed, its own page says.
        session[NOTICES] = True  # Pages of all others need not ask.
    handover.remember(former, account)


def _whoever_was_here() -> Account | None:
    person = signed_in()
    return person.account if person else handover.former()
