"""Changes to a make-believe district as JSON.

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
POST   /sandbox/api/users/<id>/library/add|remove a teacher and the app, by Clever Library
PATCH  /sandbox/api/records/<id>                  any fields of the record; null removes one
DELETE /sandbox/api/records/<id>
POST   /sandbox/api/records/<id>/share|unshare    a school, class or person
POST   /sandbox/api/districts/<id>/pause|resume|revoke|connect
"""

from __future__ import annotations

from flask import Blueprint, Response, request

from portal.sandbox import cast, changes, connection, library, people, sharing
from portal.sandbox.answers import done, json_answer, message
from portal.sandbox.context import given_json, settings, store
from portal.sandbox.districts.district import District, Shape

change_api = Blueprint("change_api", __name__)


@change_api.get("/health")
def health() -> Response:
    return json_answer({"ready": store().setting("seed") != ""})


@change_api.get("/district")
def district() -> Response:
    name = request.args.get("name", "Lincoln USD")
    found = [each for each in people.districts(store()) if name in (each.name, each.id)]
    if not found:
        return message(404, f"No such district: {name}")
    return json_answer(cast.of(store(), found[0]))


@change_api.post("/districts")
def create_district() -> Response:
    given = given_json()
    seed, name = int(given.pop("seed", settings().seed)), str(given.pop("name"))
    made = District.generate(seed, name, store().now().date(), Shape(**given))
    with store().change():
        made.save(store())
    return json_answer(cast.of(store(), made.record), 201)


@change_api.get("/sections/<section_id>")
def section(section_id: str) -> Response:
    found = cast.section(store(), section_id)
    return json_answer(found) if found else message(404, "No such class")


@change_api.post("/sections/<section_id>/enrol")
def enrol(section_id: str) -> Response:
    given = given_json()
    students = list(given.get("students", []))
    changes.enrol(store(), section_id, students)
    for new in given.get("new_students", []):
        students.append(changes.add_student(store(), section_id, **new))
    return json_answer({"students": students})


@change_api.post("/sections/<section_id>/withdraw")
def withdraw(section_id: str) -> Response:
    changes.withdraw(store(), section_id, given_json()["students"])
    return done()


@change_api.post("/sections/<section_id>/move")
def move(section_id: str) -> Response:
    changes.move(store(), given_json()["students"], section_id, given_json()["to"])
    return done()


@change_api.post("/sections/<section_id>/teachers")
def set_teachers(section_id: str) -> Response:
    given = given_json()
    changes.set_teachers(store(), section_id, given["teacher"], given.get("co_teachers", []))
    return done()


@change_api.post("/users/<user_id>/rename")
def rename(user_id: str) -> Response:
    changes.rename(store(), user_id, given_json()["first"], given_json()["last"])
    return done()


@change_api.post("/users/<user_id>/new-id")
def give_new_id(user_id: str) -> Response:
    return json_answer({"id": changes.split_identity(store(), user_id)})


@change_api.post("/users/<user_id>/library/<any(add,remove):wish>")
def change_library(user_id: str, wish: str) -> Response:
    library.CHANGES[wish](store(), user_id)
    return done()


@change_api.patch("/records/<record_id>")
def edit(record_id: str) -> Response:
    changes.edit(store(), record_id, given_json())
    return done()


@change_api.delete("/records/<record_id>")
def delete(record_id: str) -> Response:
    changes.delete(store(), record_id)
    return done()


@change_api.post("/records/<record_id>/<any(share,unshare):wish>")
def share(record_id: str, wish: str) -> Response:
    sharing.share(store(), record_id, wish == "share")
    return done()


@change_api.post("/districts/<district_id>/<any(pause,resume,revoke,connect):wish>")
def change_connection(district_id: str, wish: str) -> Response:
    connection.CHANGES[wish](store(), district_id)
    return done()
