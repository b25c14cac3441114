"""The way in by a class code: typed, or in the class's own address (N11, S3)."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.models import own_sections
from portal.models.sections import Section
from portal.web.entrance.guesses import code_tried, refuse_more_codes
from portal.web.entrance.visiting import begin_visit

bp = Blueprint("class_codes", __name__)

CLASS = "class_code"


@bp.route("/join", methods=["GET", "POST"])
def ask() -> ResponseReturnValue:
    """Ask for the code. A class of Clever's has none: nobody joins it from here (N11)."""
    if request.method == "GET":
        begin_visit()
        return render_template("class_codes/ask.html", typed="", problem=False)

    typed = request.form.get("code", "")[:40]
    if _take(typed):
        return redirect(url_for("class_sign_in.index"), 303)
    return render_template("class_codes/ask.html", typed=typed, problem=True), 422


@bp.get("/class/<code>")
def follow(code: str) -> ResponseReturnValue:
    """A class's own address; from here on the code is in no address any more (V04)."""
    begin_visit()
    if _take(code):
        return redirect(url_for("class_sign_in.index"), 303)
    return render_template("class_codes/ask.html", typed="", problem=True), 404


def chosen_class() -> Section | None:
    """The section whose code this browser has given, while that is its code."""
    return own_sections.of_code(session.get(CLASS, ""))


def _take(code: str) -> bool:
    """Keep the code, not the class: a new one shuts out who has the old. Wrong ones count."""
    refuse_more_codes()
    section = own_sections.of_code(code)
    if section is None:
        code_tried()
        return False
    session[CLASS] = section.join_code
    return True
