"""The control page: a district, its schools, classes and people, and what clients ask."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from portal.sandbox import connection, faults, library, people, rosters
from portal.sandbox.context import store
from portal.sandbox.records import Record, find

control = Blueprint("control", __name__, url_prefix="/sandbox")
LATEST = 200


@control.get("")
def index() -> str:
    """Pick a district; the faults that wait."""
    return render_template(
        "control/index.html", districts=people.districts(store()), waiting=faults.ordered(store())
    )


@control.get("/districts/<record_id>")
def district(record_id: str) -> str:
    found = _find(record_id, "district")
    return render_template(
        "control/district.html",
        district=found,
        connected=connection.is_connected(store(), found.id),
        schools=people.schools(store(), found.id),
        wanted=people.Wanted.of(request.args),
        found=_searched(found.id),
    )


@control.get("/schools/<record_id>")
def school(record_id: str) -> str:
    found = _find(record_id, "school")
    return render_template(
        "control/school.html",
        school=found,
        district=_find(found.district, "district"),
        classes=rosters.classes_of_school(store(), found.id),
    )


@control.get("/sections/<record_id>")
def section(record_id: str) -> str:
    """One class: its teachers and students, and everything that can be changed about it."""
    found = _find(record_id, "section")
    teachers = people.Wanted(role="teacher")
    return render_template(
        "control/section.html",
        section=found,
        school=_find(found.body["school"], "school"),
        teachers=rosters.members(store(), found.id, "teacher"),
        students=rosters.members(store(), found.id, "student"),
        district_teachers=people.matching(store(), found.district, teachers, at_once=500),
        other_classes=rosters.classes_of_district(store(), found.district),
        wanted=people.Wanted.of(request.args),
        found=_addable(found),
    )


@control.get("/users/<record_id>")
def person(record_id: str) -> str:
    found = _find(record_id, "user")
    return render_template(
        "control/person.html",
        person=found,
        district=_find(found.district, "district"),
        classes=rosters.classes_of_person(store(), found.id),
        connected=connection.is_connected(store(), found.district),
        has_the_app=library.has_authorised(store(), found.id),
    )


@control.get("/faults")
def fault_orders() -> str:
    return render_template(
        "control/faults.html", kinds=faults.MEANINGS, waiting=faults.ordered(store())
    )


@control.get("/requests")
def requests() -> str:
    """What clients asked lately, newest first."""
    rows = store().rows("SELECT * FROM requests ORDER BY id DESC LIMIT ?", LATEST)
    return render_template("control/requests.html", requests=rows, latest=LATEST)


def _find(record_id: str, kind: str) -> Record:
    found = find(store(), record_id, kind)
    if found is None:
        abort(404)
    return found


def _searched(district_id: str) -> list[people.Found]:
    """People found by the words typed; nobody before somebody searches."""
    wanted = people.Wanted.of(request.args)
    return people.matching(store(), district_id, wanted) if wanted.words else []


def _addable(section: Record) -> list[people.Found]:
    """Students found by the words typed who are not in the class yet."""
    wanted = people.Wanted.of(request.args)
    if not wanted.words:
        return []
    students = people.Wanted(words=wanted.words, role="student")
    inside = {member.id for member in rosters.members(store(), section.id, "student")}
    found = people.matching(store(), section.district, students)
    return [each for each in found if each.record.id not in inside]
