"""Pages for those who are not signed in: their forms need a session too (A46)."""

from __future__ import annotations

import secrets
from functools import wraps

from flask import redirect, request
from flask.typing import ResponseReturnValue

from portal.database import write
from portal.web.ground.access import Arguments, View
from portal.web.ground.limits import Limit, crowd, device, spend
from portal.web.ground.people import signed_in
from portal.web.ground.sessions import browser_session


def visitors_only(view: View[Arguments]) -> View[Arguments]:
    """Send whoever is signed in to their own page; begin a session for everybody else."""

    @wraps(view)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
        person = signed_in()
        if person is not None:
            return redirect(person.landing, 303)
        if request.method == "GET":
            begin_visit()
        return view(*args, **kwargs)

    return guarded


def begin_visit() -> None:
    """A session without a person, as a trip to Clever begins one: it lasts 15 minutes.

    Each is a row, so they are counted: whoever takes no cookies makes one at every page (A77).
    """
    browser = browser_session()
    if browser.row is None:
        spend(Limit.VISITS, device())
        spend(Limit.VISITS_HERE, crowd())
        write(browser.begin)
    if "csrf_token" not in browser:
        browser["csrf_token"] = secrets.token_hex(32)  # Now: no later page has to write one (A47).
