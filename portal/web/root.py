"""The front door: everyone to their own page."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from portal.web.ground.access import landing

bp = Blueprint("root", __name__)


@bp.get("/")
def show() -> Response:
    return redirect(landing() or url_for("sign_in.show"))
