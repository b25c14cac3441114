"""Setting out for a provider: fresh state, PKCE and nonce, kept on the server (RFC 9700, O3)."""

from __future__ import annotations

from flask import redirect
from werkzeug import Response

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.entrance.sign_in_attempts import SignInAttempt, TripPurpose
from portal.web.ground.current import current_clever
from portal.web.ground.limits import Limit, crowd, device, refuse_when_spent, spend
from portal.web.ground.sessions import browser_session

RESTARTED = "again."  # How the state of a restarted trip begins.


def set_out(
    district_id: str | None,
    wanted: str | None = None,
    restarted: bool = False,
    purpose: TripPurpose = TripPurpose.SIGN_IN,
    account: Account | None = None,
) -> Response:
    """Begin a trip to Clever and send the browser on it.

    `purpose` and `account` say at the start what the trip is for and whose it is (A29, A30).
    """
    _refuse_too_many()
    at_clever, pending = current_clever().start(district_id or None, RESTARTED if restarted else "")
    browser = browser_session()
    write(
        lambda: SignInAttempt.begin(
            browser.begin(),
            pending.state,
            pending.code_verifier,
            pending.nonce,
            clock.now(),
            wanted=wanted or "",
            restarted=restarted,
            purpose=purpose,
            account=account,
        )
    )
    spend(Limit.SIGN_IN_STARTS, device())
    return redirect(at_clever)


def set_out_from_a_form(
    purpose: TripPurpose, account: Account | None = None, wanted: str | None = None
) -> Response:
    """The same from a form of ours, for somebody signed in or on their way in.

    Without the district: Chromium counts what follows a form as the form's own, and a district's
    sign-in page, to which Clever would pass it on at once, is not in our policy (`form-action`).
    """
    return set_out(None, wanted, purpose=purpose, account=account)


def _refuse_too_many() -> None:
    """A browser we know counts for itself, so a busy school does not hold it up (A77, L2)."""
    if known := device():
        refuse_when_spent(Limit.SIGN_IN_STARTS, known)
    else:
        spend(Limit.SIGN_IN_STARTS_HERE, crowd())
