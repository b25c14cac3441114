"""Back from a trip that somebody made for their own account: only they come back from it (A29)."""

from __future__ import annotations

import logging

from flask import redirect, url_for
from werkzeug import Response

from portal.models.entrance.sign_in_attempts import SignInAttempt, TripPurpose
from portal.roster.records import PersonRecord
from portal.web.entrance import confirming, connecting, proving
from portal.web.entrance.arrivals import arrive
from portal.web.ground.people import signed_in

logger = logging.getLogger(__name__)

RETURNS = {
    TripPurpose.CONNECT: connecting.come_back,
    TripPurpose.CONFIRM: confirming.come_back,
    TripPurpose.PROVE: proving.come_back,
}


def come_back(attempt: SignInAttempt, person: PersonRecord) -> Response:
    """What the trip was for, as it was noted when it began (A30)."""
    if attempt.purpose == TripPurpose.SIGN_IN:
        return arrive(attempt, person)
    me = signed_in()
    if attempt.account_id != (me.account.id if me else None):
        logger.warning("Trip of somebody else", extra={"purpose": attempt.purpose})
        return redirect(url_for("sign_in.show", problem="refused"), 303)
    return RETURNS[TripPurpose(attempt.purpose)](attempt, person)
