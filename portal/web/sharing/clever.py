"""The Clever page: a tab for each kind of record that a district shares (K1)."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from portal.roster.records import Role
from portal.roster.sharing import Kind
from portal.web.ground.access import current_person, role_required
from portal.web.ground.reader_scope import READERS
from portal.web.sharing.hidden_classes import classes_page
from portal.web.sharing.navigation import has_clever_page
from portal.web.sharing.page import tab_page

bp = Blueprint("clever", __name__)


@bp.get("/clever")
@role_required(*READERS)
def index() -> Response:
    """Teachers look for a class first, admins for a school (experience.md 2.12).

    A teacher without Clever is led to the other ways to make sections (K6).
    """
    if not has_clever_page(current_person()):
        return redirect(url_for("sections.new"))
    teaches = current_person().role == Role.TEACHER
    return redirect(url_for("clever.classes" if teaches else "clever.schools"))


@bp.route("/clever/schools", methods=["GET", "POST"])
@role_required(*READERS)
def schools() -> str:
    return tab_page(Kind.SCHOOLS)


@bp.route("/clever/teachers", methods=["GET", "POST"])
@role_required(*READERS)
def teachers() -> str:
    return tab_page(Kind.TEACHERS)


@bp.route("/clever/classes", methods=["GET", "POST"])
@role_required(*READERS)
def classes() -> str:
    return classes_page()


@bp.route("/clever/students", methods=["GET", "POST"])
@role_required(*READERS)
def students() -> str:
    return tab_page(Kind.STUDENTS)
