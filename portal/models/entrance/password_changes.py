"""A password is set, changed or taken off; all that follows is `note_change`'s (A25, AC3)."""

from __future__ import annotations

from datetime import datetime

from portal.models.accounts import Account
from portal.models.entrance.emailed_links import EmailedLink
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import Session
from portal.models.entrance.sign_ups import LinkRefused
from portal.models.entrance.ways_in import WaysIn, note_change


def add_password(
    account: Account, link: EmailedLink, password_hash: str, now: datetime, session: Session
) -> list[Letter]:
    """The account that asked for this link gets its first password. Call inside a transaction.

    Raises LinkRefused for any session but the one that asked (trojan identifier).
    """
    account = account.lock()
    asked_here = (link.account_id, link.session_id) == (account.id, session.id)
    may_have_one = account.is_open and not PasswordSignIn.of(account).exists()
    if not (asked_here and may_have_one and link.use(now)):
        raise LinkRefused
    if PasswordSignIn.add(account, link.email, password_hash, now) is None:
        raise LinkRefused
    return note_change(account, LetterKind.PASSWORD_ADDED, now, but=session)


def change_password(
    password: PasswordSignIn, password_hash: str, now: datetime, session: Session
) -> list[Letter] | None:
    """Call inside a transaction, once the old password was shown; None if it is older by now.

    Who takes the account back meanwhile is not overruled by a form on its way (A25).
    """
    account = password.account.lock()  # One who takes the account back waits, or we wait for them.
    if not password.change(password_hash, now):
        return None
    return note_change(account, LetterKind.PASSWORD_CHANGED, now, but=session)


def reset_password(
    link: EmailedLink, password_hash: str, now: datetime
) -> tuple[Account, list[Letter]]:
    """Whoever reads the mail of this address takes the account back: every session ends (A25).

    Call inside a transaction; raises LinkRefused.
    """
    owner = PasswordSignIn.find(link.email)
    if not link.use(now) or owner is None or owner.account_id != link.account_id:
        raise LinkRefused
    account = owner.account.lock()
    password = PasswordSignIn.find(link.email)  # As it is now that nobody else changes it.
    if not account.is_open or password is None or not password.change(password_hash, now):
        raise LinkRefused
    return account, note_change(account, LetterKind.PASSWORD_CHANGED, now, but=None)


def remove_password(
    password: PasswordSignIn, now: datetime, session: Session
) -> list[Letter] | None:
    """Take it off, or answer None: it is the last way in (A36). Call inside a transaction."""
    account = password.account.lock()  # Two ways in, taken off at once, must not be the last two.
    if WaysIn.of(account).without(password).count == 0:
        return None
    password.delete_instance()
    told = note_change(account, LetterKind.PASSWORD_REMOVED, now, but=session)
    return [*told, Letter.write(LetterKind.PASSWORD_REMOVED, password.email, now, account)]
