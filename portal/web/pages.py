"""Pages that are the same for everybody, but for the status that Help shows its reader."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.models.accounts import LinkedAccount
from portal.models.districts import DistrictConnection
from portal.providers.clever import PROVIDER
from portal.web.ground.people import SignedIn, signed_in
from portal.web.sharing.navigation import has_clever_page

bp = Blueprint("pages", __name__)


@bp.get("/help")
def help() -> ResponseReturnValue:
    """With how the reader's district stands with us, if Clever says that they work there (HP2)."""
    person = signed_in()
    of_clever = person is not None and has_clever_page(person)

    return render_template(
        "pages/help.html",
        staff_of_clever=of_clever,
        connection=_connection_of(person) if person and of_clever else None,
    )


@bp.get("/privacy")
def privacy() -> ResponseReturnValue:
    return render_template("pages/privacy.html")


def _connection_of(person: SignedIn) -> DistrictConnection | None:
    """The district of the identity that they used last, or Clever Library."""
    newest = LinkedAccount.of(person.account, PROVIDER).order_by(LinkedAccount.last_used_at.desc())
    identity = newest.first()
    return identity and DistrictConnection.of(PROVIDER, identity.district_sourced_id or "")
