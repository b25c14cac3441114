"""Back from Clever with an identity that is to be connected to one's account (AC2, A29 to A33)."""

from __future__ import annotations

import logging

from flask import redirect, session, url_for
from werkzeug import Response

from jobs import send_letter
from portal import clock
from portal.database import write
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.sign_in_attempts import SignInAttempt
from portal.models.entrance.ways_in import note_change
from portal.models.linking import LinkRefusal, link
from portal.providers.clever import PROVIDER
from portal.roster.names import display_name
from portal.roster.records import PersonRecord
from portal.sealing import Purpose, seal, unseal
from portal.web.entrance import proofs
from portal.web.entrance.library_sign_in import keep_library_token
from portal.web.ground.access import current_account
from portal.web.ground.current import current_settings
from portal.web.ground.sessions import browser_session

logger = logging.getLogger(__name__)

KEY = "connected_as"


def come_back(_attempt: SignInAttempt, person: PersonRecord) -> Response:
    """Connect the identity; one that has another account leads to bringing both together (AC4)."""
    account = current_account()
    outcome = write(lambda: connect(account, person))
    if isinstance(outcome, list):
        send_letter.ring_all(outcome)
        _keep_name(person)
        return redirect(url_for("account.show", done="connected"), 303)
    logger.warning("Identity not connected", extra={"reason": outcome})
    if outcome is LinkRefusal.ELSEWHERE and not account.is_student:
        proofs.keep(owner_of(person))
        return redirect(url_for("merges.preview", found=""), 303)
    return redirect(url_for("account.show", problem=outcome), 303)


def connect(account: Account, person: PersonRecord) -> list[Letter] | LinkRefusal:
    """Link this identity and write to its person, or say why not. Call inside a transaction."""
    now, issuer = clock.now(), current_settings().clever_issuer
    known = LinkedAccount.find(PROVIDER, issuer, person.sourced_id)
    linked = link(account, PROVIDER, issuer, person, now)
    if isinstance(linked, LinkRefusal):
        AuditEvent.record(now, account.public_id, "link.refused", account.public_id)
        return linked
    keep_library_token(browser_session().row, person, now)
    if known is not None:
        return []
    return note_change(account, LetterKind.CONNECTED, now, but=browser_session().row)


def connected_as() -> str:
    """Whose identity was connected just now, told once: it may be a colleague's by mistake."""
    sealed = session.pop(KEY, "")
    return unseal(sealed, current_settings().secret_keys, Purpose.ARRIVALS) or "" if sealed else ""


def _keep_name(person: PersonRecord) -> None:
    """Sealed: a session's values hold no names."""
    name = display_name(person.given_name, person.family_name)
    session[KEY] = seal(name, current_settings().secret_keys, Purpose.ARRIVALS)


def owner_of(person: PersonRecord) -> Account:
    """The account that this identity signs in to."""
    linked = LinkedAccount.find(PROVIDER, current_settings().clever_issuer, person.sourced_id)
    if linked is None:
        raise LookupError(person.sourced_id)
    account: Account = linked.account
    return account
