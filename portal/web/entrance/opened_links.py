"""The link from a mail that this browser has opened: in its session, out of its address (V04)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate

from flask import make_response, render_template, session
from flask.typing import ResponseReturnValue
from werkzeug import Response

from portal import clock
from portal.models.entrance.emailed_links import EmailedLink, LinkPurpose
from portal.models.entrance.sign_ups import LinkRefused
from portal.web.ground.access import Arguments, View
from portal.web.ground.sessions import browser_session

KEY = "opened_link"
ViewOfLink = Callable[Concatenate[EmailedLink, Arguments], ResponseReturnValue]


def remember(link: EmailedLink) -> None:
    """For this browser alone: whoever copied its cookie before is left behind (A38)."""
    browser_session().renew()
    session[KEY] = link.token_digest


def link_required(
    purpose: LinkPurpose,
) -> Callable[
    [Callable[Concatenate[EmailedLink, Arguments], ResponseReturnValue]], View[Arguments]
]:
    """Give the view the opened link; without one that still works here, say so."""

    def guard(view: ViewOfLink[Arguments]) -> View[Arguments]:
        @wraps(view)
        def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> ResponseReturnValue:
            link = EmailedLink.opened(session.get(KEY, ""), purpose, clock.now())
            if link is None or not works_here(link):
                return gone()
            try:
                return view(link, *args, **kwargs)
            except LinkRefused:
                return gone()

        return guarded

    return guard


def works_here(link: EmailedLink) -> bool:
    """A link that was asked for by a signed-in person opens in that session and no other.

    Who reads the mail of somebody else's request must not end up in that account (trojan
    identifier, A29).
    """
    row = browser_session().row
    if link.purpose != LinkPurpose.ADD_PASSWORD:
        return True
    return bool(row and link.session_id == row.id and row.account == link.account)


def gone() -> Response:
    """Used, too old, of another browser, or never there: one page for all."""
    response = make_response(render_template("emailed_links/gone.html"), 404)
    response.headers["Referrer-Policy"] = "no-referrer"  # The address may hold the token (V04).
    return response
