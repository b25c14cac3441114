"""What happens to our mail, told to whoever waits for it; in demos also the mail itself."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from portal.models.entrance.emailed_links import LinkPurpose
from portal.web.entrance.inbox import newest_in
from portal.web.ground.current import current_settings

bp = Blueprint("letters", __name__)


@bp.get("/message-sent")
def sent() -> ResponseReturnValue:
    """Where to look, and where to ask again; the address itself is not kept for it."""
    about = request.args.get("about")
    known = about if about in frozenset(LinkPurpose) else LinkPurpose.SIGN_UP
    return render_template("letters/sent.html", about=known)


@bp.get("/mail")
def index() -> ResponseReturnValue:
    """Everybody's mail, for demos: where no folder is set, this page does not exist."""
    settings = current_settings()
    if settings.mail_folder is None or settings.production:
        abort(404)

    messages = newest_in(settings.mail_folder)
    return render_template(
        "letters/index.html", messages=messages, portal_url=settings.portal_url + "/"
    )
