"""The links in our mail: each moves its token into the session and leads on (V04)."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal import clock
from portal.models.entrance.emailed_links import EmailedLink, LinkPurpose
from portal.web.entrance import opened_links
from portal.web.entrance.visiting import begin_visit

bp = Blueprint("emailed_links", __name__)

PAGES = {
    LinkPurpose.SIGN_UP: "sign_ups.details",
    LinkPurpose.RESET: "resets.edit",
    LinkPurpose.ADD_PASSWORD: "passwords.first",
}


@bp.get("/links/<token>")
def show(token: str) -> ResponseReturnValue:
    """Opening a link uses nothing up: mail programs open them too, to look for harm."""
    link = EmailedLink.find(token, clock.now())
    if link is None or not opened_links.works_here(link):
        return opened_links.gone()

    begin_visit()
    opened_links.remember(link)
    return redirect(url_for(PAGES[LinkPurpose(link.purpose)]), 303)
