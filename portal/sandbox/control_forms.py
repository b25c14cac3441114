"""The control page's buttons: every form posts here, and the page it came from shows again."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request, url_for
from werkzeug.wrappers import Response

from portal.sandbox import answers, changes, connection, faults, library, records, seeding, sharing
from portal.sandbox.context import settings, store
from portal.sandbox.records import Record

control_forms = Blueprint("control_forms", __name__, url_prefix="/sandbox")


@control_forms.errorhandler(changes.NoSuchRecord)
def no_such_record(_error: changes.NoSuchRecord) -> Response:
    return answers.lost()


@control_forms.post("/sections/<section_id>/enrol")
def enrol(section_id: str) -> Response:
    students = request.form.getlist("student")
    changes.enrol(store(), section_id, students)
    return _shown_again(section_id, f"Enrolled: {_names(students)}.")


@control_forms.post("/sections/<section_id>/new-student")
def add_student(section_id: str) -> Response:
    first, last = (request.form.get(part, "").strip() for part in ("first", "last"))
    if not first and not last:
        return _shown_again(section_id, "Nobody enrolled: type a name first.")
    changes.add_student(store(), section_id, first, last)
    return _shown_again(section_id, f"Enrolled: {first} {last}.")


@control_forms.post("/sections/<section_id>/withdraw")
def withdraw(section_id: str) -> Response:
    students = request.form.getlist("student")
    changes.withdraw(store(), section_id, students)
    return _shown_again(section_id, f"Withdrawn: {_names(students)}.")


@control_forms.post("/sections/<section_id>/move")
def move(section_id: str) -> Response:
    students, target = request.form.getlist("student"), request.form.get("to", "")
    changes.move(store(), students, section_id, target)
    moved_to = changes.find(store(), target).name
    return _shown_again(section_id, f"Moved to {moved_to}: {_names(students)}.")


@control_forms.post("/sections/<section_id>/teachers")
def set_teachers(section_id: str) -> Response:
    main, others = request.form.get("teacher", ""), request.form.getlist("co_teacher")
    changes.set_teachers(store(), section_id, main, others)
    return _shown_again(section_id, f"Main teacher: {_names([main])}.")


@control_forms.post("/users/<user_id>/rename")
def rename(user_id: str) -> Response:
    first, last = (request.form.get(part, "").strip() for part in ("first", "last"))
    changes.rename(store(), user_id, first, last)
    return _shown_again(user_id, f"Renamed: {first} {last}.")


@control_forms.post("/users/<user_id>/library/<any(add,remove):wish>")
def change_library(user_id: str, wish: str) -> Response:
    library.CHANGES[wish](store(), user_id)
    told = "has added the app" if wish == "add" else "has removed the app"
    return _shown_again(user_id, f"{_names([user_id])} {told}.")


@control_forms.post("/records/<record_id>/<any(share,unshare):wish>")
def share(record_id: str, wish: str) -> Response:
    sharing.share(store(), record_id, wish == "share")
    name = changes.find(store(), record_id).name
    told = "is shared with the app" if wish == "share" else "is no longer shared with the app"
    return _shown_again(record_id, f"{name} {told}.")


@control_forms.post("/records/<record_id>/delete")
def delete(record_id: str) -> Response:
    gone = changes.find(store(), record_id)
    changes.delete(store(), record_id)
    return _shown_again(gone.body.get("school", gone.district), f"Deleted: {gone.name}.")


@control_forms.post("/districts/<district_id>/<any(pause,resume,revoke,connect):wish>")
def change_connection(district_id: str, wish: str) -> Response:
    connection.CHANGES[wish](store(), district_id)
    return _shown_again(district_id, f"Done: {wish}.")


@control_forms.post("/faults")
def order_fault() -> Response:
    kind = request.form.get("kind", "")
    if kind not in faults.MEANINGS:
        abort(400)
    faults.order(
        store(),
        faults.Fault(
            kind=kind,
            times=request.form.get("times", 1, int),
            path_contains=request.form.get("path_contains", ""),
            only_later_pages="only_later_pages" in request.form,
            seconds=request.form.get("seconds", 2.0, float),
            body=request.form.get("body", ""),
        ),
    )
    flash("Ordered. The next answers that fit will fail.")
    return redirect(url_for("control.fault_orders"), 303)


@control_forms.post("/faults/cancel")
def cancel_faults() -> Response:
    faults.cancel_all(store())
    flash("No more answers will fail.")
    return redirect(url_for("control.fault_orders"), 303)


@control_forms.post("/reset")
def reset() -> Response:
    with store().change():
        seeding.replant(store(), settings().seed)
    flash("Everything is back to the first day.")
    return redirect(url_for("control.index"), 303)


def _names(ids: list[str]) -> str:
    found = (records.find(store(), each) for each in ids)
    return ", ".join(record.name for record in found if record) or "nobody"


def _shown_again(record_id: str, told: str) -> Response:
    """Back to the record's own page (303), with a sentence about what was done."""
    record: Record = changes.find(store(), record_id)
    page = "person" if record.kind == "user" else record.kind
    flash(told)
    return redirect(url_for(f"control.{page}", record_id=record_id), 303)
