"""`/resources` and what hangs on one: no district of this sandbox has any (clever-platform 3.1)."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from portal.sandbox import answers
from portal.sandbox.paging import Page

resources_api = Blueprint("resources_api", __name__)


@resources_api.get("/resources")
def resource_index(version: str) -> Response:
    if g.caller.kind != "district":
        return answers.lost()
    links = Page.of(request.args).links(request.path, request.args, [], more=False)
    return answers.json_answer({"data": [], "links": links})


@resources_api.get("/resources/<resource_id>")
@resources_api.get("/resources/<resource_id>/<any(courses,sections,users):part>")
def show_resource(version: str, resource_id: str, part: str = "") -> Response:
    if g.caller.kind != "district":
        return answers.lost()
    return answers.message(404, "Resource not found")
