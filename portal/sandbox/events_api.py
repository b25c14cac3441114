"""`/events`: what changed since an event one remembers (clever-platform 4).."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from portal.sandbox import answers, events
from portal.sandbox.context import store
from portal.sandbox.paging import Page

events_api = Blueprint("events_api", __name__)


@events_api.get("/events")
def event_index(version: str) -> Response:
    """Oldest first; `record_type` may come several times, `school` matches any association."""
    if g.caller.kind != "district":
        return answers.lost()
    page = Page.of(request.args)
    types = request.args.getlist("record_type")
    found, more = events.read_page(
        store(), g.caller.district, page, types, request.args.get("school", "")
    )
    links = page.links(request.path, request.args, [event["id"] for event in found], more)
    items = [{"data": event, "uri": f"/{version}/events/{event['id']}"} for event in found]
    return answers.json_answer({"data": items, "links": links})


@events_api.get("/events/<event_id>")
def show_event(version: str, event_id: str) -> Response:
    if g.caller.kind != "district":
        return answers.lost()
    event = events.find(store(), event_id, g.caller.district)
    if event is None:
        return answers.message(404, "Resource not found")
    links = [{"rel": "self", "uri": f"/{version}/events/{event_id}"}]
    return answers.json_answer({"data": event, "links": links})
