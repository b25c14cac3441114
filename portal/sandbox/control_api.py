"""The control page's actions as JSON, for tests; no token, so never open it to a network.

`change_api` and `trouble_api` list the addresses; `docs/sandbox.md` explains them.
"""

from __future__ import annotations

from flask import Blueprint, Response

from portal.sandbox import changes
from portal.sandbox.answers import message
from portal.sandbox.change_api import change_api
from portal.sandbox.trouble_api import trouble_api

control_api = Blueprint("control_api", __name__, url_prefix="/sandbox/api")
for part in (change_api, trouble_api):
    control_api.register_blueprint(part)


@control_api.errorhandler(changes.NoSuchRecord)
def no_such_record(error: changes.NoSuchRecord) -> Response:
    return message(404, f"No such record: {error}")


@control_api.errorhandler(KeyError)
@control_api.errorhandler(TypeError)
def bad_request(error: Exception) -> Response:
    return message(400, f"Missing or unknown: {error}")
