"""Faults, the request log and the clock as JSON, for tests.

POST   /sandbox/api/faults                        {kind, times, path_contains,
                                                   only_later_pages, seconds, body}
GET, DELETE /sandbox/api/faults
GET, DELETE /sandbox/api/requests                 what clients asked, oldest first
POST   /sandbox/api/clock                         {advance_seconds}: codes and tokens age
POST   /sandbox/api/reset                         {seed}: back to the first day
"""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response

from portal.sandbox import faults, seeding
from portal.sandbox.answers import done, json_answer, message
from portal.sandbox.context import given_json, settings, store

trouble_api = Blueprint("trouble_api", __name__)


@trouble_api.post("/faults")
def order_fault() -> Response:
    fault = faults.Fault(**given_json())
    if fault.kind not in faults.MEANINGS:
        return message(400, f"Not a fault: {fault.kind}. Choose from {', '.join(faults.MEANINGS)}")
    faults.order(store(), fault)
    return done(201)


@trouble_api.get("/faults")
def ordered_faults() -> Response:
    return json_answer([asdict(fault) for fault in faults.ordered(store())])


@trouble_api.delete("/faults")
def cancel_faults() -> Response:
    faults.cancel_all(store())
    return done()


@trouble_api.get("/requests")
def requests() -> Response:
    return json_answer([dict(row) for row in store().rows("SELECT * FROM requests ORDER BY id")])


@trouble_api.delete("/requests")
def forget_requests() -> Response:
    store().write("DELETE FROM requests")
    return done()


@trouble_api.post("/clock")
def move_clock() -> Response:
    moved = float(store().setting("clock", "0")) + float(given_json()["advance_seconds"])
    store().keep_setting("clock", str(moved))
    return done()


@trouble_api.post("/reset")
def reset() -> Response:
    with store().change():
        seeding.replant(store(), int(given_json().get("seed", settings().seed)))
    return done()
