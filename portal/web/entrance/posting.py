"""Letters that a page writes; whoever has the address, the page does the same (A64)."""

from __future__ import annotations

from functools import wraps

from flask import render_template
from flask.typing import ResponseReturnValue

from jobs import send_letter
from portal import clock
from portal.addresses import address_key
from portal.database import write
from portal.models.accounts import Account
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.sessions import Session
from portal.models.sections import Section
from portal.web.ground import limits
from portal.web.ground.access import Arguments, View
from portal.web.ground.current import current_settings
from portal.web.ground.known_devices import is_owned_here
from portal.web.ground.limits import Limit, spend


def mail_required(view: View[Arguments]) -> View[Arguments]:
    """Nothing is promised where no mail is sent: the page says whom to ask (S8)."""

    @wraps(view)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        if current_settings().sends_mail:
            return view(*args, **kwargs)
        return render_template("letters/off.html")

    return guarded


def post_letter(
    kind: LetterKind,
    email: str,
    account: Account | None = None,
    section: Section | None = None,
    session: Session | None = None,
) -> None:
    """Write a letter and ring for it, or answer 429; a job looks up who has the address."""
    spend(Limit.MAILS, limits.device())
    spend(Limit.MAILS_HERE, limits.crowd())
    spend(Limit.MAILS_TO, address_key(email), _asked_by(email, account))
    now = clock.now()
    letter = write(lambda: Letter.write(kind, email, now, account, section, session))
    send_letter.ring(letter)


def _asked_by(email: str, account: Account | None) -> str:
    """Who counts for themselves, so that no stranger spends an owner's mails; "" for strangers."""
    if account is not None:
        return account.public_id
    return limits.device() if is_owned_here(email) else ""
