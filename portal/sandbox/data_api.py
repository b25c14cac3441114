"""The Data API, v3.0 and v3.1: who may enter, and its parts put together (clever-platform 3)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from portal.sandbox import answers, library_api
from portal.sandbox.events_api import events_api
from portal.sandbox.gate import required_caller
from portal.sandbox.me import me
from portal.sandbox.paging import PARAMETERS, BadPage
from portal.sandbox.record_api import record_api
from portal.sandbox.resources_api import resources_api

VERSION = "/<any('v3.0','v3.1'):version>"

data_api = Blueprint("data_api", __name__, url_prefix=VERSION)
for part in (me, record_api, events_api, resources_api):
    data_api.register_blueprint(part)


@data_api.before_request
def let_callers_in() -> Response | None:
    """Bad token: 401. A person's token has no lists and no paging (1.6)."""
    caller = required_caller()
    if isinstance(caller, Response):
        return caller
    if caller.kind != "district" and any(name in request.args for name in PARAMETERS):
        return answers.message(400, "Paging is not available with this token")
    version, *parts = request.path.strip("/").split("/")
    if caller.kind == "library" and parts != ["me"]:
        return library_api.answer(version, caller, parts)
    return None


@data_api.errorhandler(BadPage)
def bad_page(error: BadPage) -> Response:
    return answers.message(error.status, str(error))
