"""Younger students sign in: find yourself in the list, then two pictures or two words (S3, 2.9)."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.models.accounts import Account
from portal.models.class_lists import (
    found_again,
    place_to_enter,
    students_to_choose,
)
from portal.models.entrance.sessions import SignInWay
from portal.models.entrance.student_secrets import StudentSecret
from portal.models.entrance.ways_in import WaysIn
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.records import Role
from portal.roster.secrets import PICTURES, LoginType, is_secret
from portal.web.entrance.class_codes import chosen_class
from portal.web.entrance.email_classes import joining_page
from portal.web.entrance.entering import enter, onward
from portal.web.entrance.guesses import guessed, refuse_more_guesses
from portal.web.entrance.sealed_secrets import opened

bp = Blueprint("class_sign_in", __name__)

WAYS = {LoginType.PICTURE: SignInWay.PICTURE, LoginType.WORDS: SignInWay.WORDS}
ROLES = (Role.STUDENT,)


class SecretChanged(Exception):
    """The student, or what they sign in with, was changed while they signed in."""


@bp.get("/join/class")
def index() -> ResponseReturnValue:
    """Who is in the class whose code was given; with email, how to join it."""
    section = chosen_class()
    if section is None:
        return redirect(url_for("class_codes.ask"), 303)
    if section.login_type == LoginType.EMAIL:
        return joining_page(section)

    return render_template(
        "class_sign_in/index.html", section=section, students=students_to_choose(section)
    )


@bp.route("/join/class/<student_id>", methods=["GET", "POST"])
def show(student_id: str) -> ResponseReturnValue:
    """The pictures or the words of one student of that class."""
    section = chosen_class()
    if section is None:
        return redirect(url_for("class_codes.ask"), 303)
    place = _place(section, student_id)
    ways = WaysIn.of(place.account)
    if ways.has_sign_in:
        return _own_sign_in_page(place, with_clever=bool(ways.linked_accounts))
    if request.method == "GET":
        return _secret_page(place)
    return _sign_in(place)


def _sign_in(place: Enrollment) -> ResponseReturnValue:
    secret = StudentSecret.of_place(place)
    refuse_more_guesses(place, secret)
    if secret is None or not is_secret(_given(), opened(secret.sealed_secret)):
        guessed(place, secret)
        return _secret_page(place, wrong=True), 422

    way = WAYS[LoginType(place.section.login_type)]
    try:
        enter(lambda now: _used(place, secret, now), ROLES, way)
    except SecretChanged:
        return _secret_page(place, wrong=True), 422
    return onward("")


def _used(place: Enrollment, secret: StudentSecret, now: datetime) -> Account:
    """The account, if all that was checked is still so (A25). Call inside a transaction."""
    if not found_again(place) or not secret.use(now):
        raise SecretChanged
    account: Account = place.account
    return account


def _given() -> str:
    """Two pictures, or the words as they were typed."""
    if "words" in request.form:
        return request.form["words"][:100]
    return " ".join(request.form.get(field, "")[:20] for field in ("first", "second"))


def _place(section: Section, student_id: str) -> Enrollment:
    place = place_to_enter(section, student_id)
    return place if place and section.login_type in WAYS else abort(404)


def _own_sign_in_page(place: Enrollment, with_clever: bool) -> str:
    """Two accounts may have become one: no teacher's pictures open what is not theirs alone."""
    return render_template(
        "class_sign_in/own_sign_in.html",
        section=place.section,
        student=place.account,
        with_clever=with_clever,
    )


def _secret_page(place: Enrollment, wrong: bool = False) -> str:
    return render_template(
        "class_sign_in/show.html",
        section=place.section,
        student=place.account,
        pictures=PICTURES,
        wrong=wrong,
    )
