"""What was changed about how somebody signs in, shown on each page until they put it away (AC3)."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, request, session
from werkzeug import Response

from portal import clock
from portal.models.entrance.account_notices import AccountNotice
from portal.web.entrance.entering import NOTICES
from portal.web.ground.access import (
    current_account,
    current_person,
    find_notice,
    signed_in_required,
)
from portal.web.ground.people import signed_in
from portal.web.ground.wanted import wanted_page

bp = Blueprint("account_notices", __name__)


@bp.post("/account/notices/<notice_id>/read")
@signed_in_required
def read(notice_id: str) -> Response:
    notice = find_notice(notice_id)

    notice.put_away(clock.now())
    if not AccountNotice.unread(current_account()).exists():
        session.pop(NOTICES, None)
    return redirect(wanted_page(request.form.get("to")) or current_person().landing, 303)


def unread_notices() -> list[AccountNotice]:
    """Asks the database only in a session that knows of some: at its start there were."""
    person = signed_in()
    if person is None or NOTICES not in session:
        return []
    return list(AccountNotice.unread(person.account))


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(unread_notices=unread_notices)
