"""The control page's actions as JSON, for tests; no token, so never open it to a network.

GET    /sandbox/api/health
GET    /sandbox/api/district?name=Lincoln USD     ids by name (the cast)
POST   /sandbox/api/districts                     {name, seed, schools, teachers, sections,
                                                   students_per_section} → its cast
GET    /sandbox/api/sections/<id>                 its people by name
POST   /sandbox/api/sections/<id>/enrol           {students: [id], new_students: [{first, last,
                                                   grade, email}]} → {students: [id]}
POST   /sandbox/api/sections/<id>/withdraw        {students: [id]}
POST   /sandbox/api/sections/<id>/move            {students: [id], to: id}
POST   /sandbox/api/sections/<id>/teachers        {teacher: id, co_teachers: [id]}
POST   /sandbox/api/users/<id>/rename             {first, last}
POST   /sandbox/api/users/<id>/new-id             → {id}: the same person under a new id
PATCH  /sandbox/api/records/<id>                  any fields of the record; null removes one
DELETE /sandbox/api/records/<id>
POST   /sandbox/api/records/<id>/share|unshare    a school, class or person
POST   /sandbox/api/districts/<id>/pause|resume|revoke|connect
POST   /sandbox/api/faults                        {kind, times, path_contains,
                                                   only_later_pages, seconds, body}
GET, DELETE /sandbox/api/faults
GET, DELETE /sandbox/api/requests                 what clients asked, oldest first
POST   /sandbox/api/clock                         {advance_seconds}: codes and tokens age
POST   /sandbox/api/reset                         {seed}: back to the first day
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, request

from portal.sandbox import cast, changes, connection, faults, people, seeding
from portal.sandbox.answers import json_answer, message
from portal.sandbox.context import settings, store
from portal.sandbox.districts.district import District, Shape
from portal.sandbox.records import Body

control_api = Blueprint("control_api", __name__, url_prefix="/sandbox/api")


@control_api.errorhandler(changes.NoSuchRecord)
def no_such_record(error: changes.NoSuchRecord) -> Response:
    return message(404, f"No such record: {error}")


@control_api.errorhandler(KeyError)
@control_api.errorhandler(TypeError)
def bad_request(error: Exception) -> Response:
    return message(400, f"Missing or unknown: {error}")


@control_api.get("/health")
def health() -> Response:
    return json_answer({"ready": store().setting("seed") != ""})


@control_api.get("/district")
def district() -> Response:
    name = request.args.get("name", "Lincoln USD")
    found = [each for each in people.districts(store()) if name in (each.name, each.id)]
    if not found:
        return message(404, f"No such district: {name}")
    return json_answer(cast.of(store(), found[0]))


@control_api.post("/districts")
def create_district() -> Response:
    given = _given()
    seed, name = int(given.pop("seed", settings().seed)), str(given.pop("name"))
    made = District.generate(seed, name, store().now().date(), Shape(**given))
    with store().change():
        made.save(store())
    return json_answer(cast.of(store(), made.record), 201)


@control_api.get("/sections/<section_id>")
def section(section_id: str) -> Response:
    found = cast.section(store(), section_id)
    return json_answer(found) if found else message(404, "No such class")


@control_api.post("/sections/<section_id>/enrol")
def enrol(section_id: str) -> Response:
    given = _given()
    students = list(given.get("students", []))
    changes.enrol(store(), section_id, students)
    for new in given.get("new_students", []):
        students.append(changes.add_student(store(), section_id, **new))
    return json_answer({"students": students})


@control_api.post("/sections/<section_id>/withdraw")
def withdraw(section_id: str) -> Response:
    changes.withdraw(store(), section_id, _given()["students"])
    return _done()


@control_api.post("/sections/<section_id>/move")
def move(section_id: str) -> Response:
    changes.move(store(), _given()["students"], section_id, _given()["to"])
    return _done()


@control_api.post("/sections/<section_id>/teachers")
def set_teachers(section_id: str) -> Response:
    given = _given()
    changes.set_teachers(store(), section_id, given["teacher"], given.get("co_teachers", []))
    return _done()


@control_api.post("/users/<user_id>/rename")
def rename(user_id: str) -> Response:
    changes.rename(store(), user_id, _given()["first"], _given()["last"])
    return _done()


@control_api.post("/users/<user_id>/new-id")
def give_new_id(user_id: str) -> Response:
    return json_answer({"id": changes.split_identity(store(), user_id)})


@control_api.patch("/records/<record_id>")
def edit(record_id: str) -> Response:
    changes.edit(store(), record_id, _given())
    return _done()


@control_api.delete("/records/<record_id>")
def delete(record_id: str) -> Response:
    changes.delete(store(), record_id)
    return _done()


@control_api.post("/records/<record_id>/<any(share,unshare):wish>")
def share(record_id: str, wish: str) -> Response:
    changes.share(store(), record_id, wish == "share")
    return _done()


@control_api.post("/districts/<district_id>/<any(pause,resume,revoke,connect):wish>")
def change_connection(district_id: str, wish: str) -> Response:
    connection.CHANGES[wish](store(), district_id)
    return _done()


@control_api.post("/faults")
def order_fault() -> Response:
    fault = faults.Fault(**_given())
    if fault.kind not in faults.KINDS:
        return message(400, f"Not a fault: {fault.kind}. Choose from {', '.join(faults.KINDS)}")
    faults.order(store(), fault)
    return _done(201)


@control_api.get("/faults")
def ordered_faults() -> Response:
    return json_answer([asdict(fault) for fault in faults.ordered(store())])


@control_api.delete("/faults")
def cancel_faults() -> Response:
    faults.cancel_all(store())
    return _done()


@control_api.get("/requests")
def requests() -> Response:
    return json_answer([dict(row) for row in store().rows("SELECT * FROM requests ORDER BY id")])


@control_api.delete("/requests")
def forget_requests() -> Response:
    store().write("DELETE FROM requests")
    return _done()


@control_api.post("/clock")
def move_clock() -> Response:
    moved = float(store().setting("clock", "0")) + float(_given()["advance_seconds"])
    store().keep_setting("clock", str(moved))
    return _done()


@control_api.post("/reset")
def reset() -> Response:
    with store().change():
        seeding.replant(store(), int(_given().get("seed", settings().seed)))
    return _done()


def _given() -> dict[str, Any]:
    body: Body = request.get_json(silent=True) or {}
    return body


def _done(status: int = 200) -> Response:
    return json_answer({"done": True}, status)
