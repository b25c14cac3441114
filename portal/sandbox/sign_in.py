"""Clever's own pages: school picker, a district's login, the Clever Portal with the app's icon."""

from __future__ import annotations

import sqlite3

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.sandbox import clever_session, library, people, records
from portal.sandbox.context import store
from portal.sandbox.oauth import portal_start_url
from portal.sandbox.records import Record

sign_in = Blueprint("sign_in", __name__)


@sign_in.get("/login")
def show() -> Response | str:
    """The district's login page; without any district, the school picker."""
    after = _local(request.args.get("next", ""))
    district = _chosen_district()
    if district is None:
        return render_template("picker.html", schools=_schools(), next=after)
    if clever_session.person() and not after and "district_id" not in request.args:
        return redirect(url_for("sign_in.portal"))
    return _login_page(district, after)


@sign_in.post("/login")
def create() -> Response:
    """Click a person, be that person."""
    who = records.find(store(), request.form.get("person", ""), "user")
    if who is None:
        abort(404)
    clever_session.sign_in(who, impersonated="impersonated" in request.form)
    return redirect(_local(request.form.get("next", "")) or url_for("sign_in.portal"), 303)


@sign_in.post("/logout")
def destroy() -> Response:
    clever_session.sign_out()
    return redirect(url_for("sign_in.show"), 303)


@sign_in.get("/in/<short_name>")
def district_page(short_name: str) -> Response | str:
    """A district's own portal address."""
    district = people.district_called(store(), short_name)
    if district is None:
        abort(404)
    who = clever_session.person()
    if who is None or who.district != district.id:
        clever_session.stand_in(district.id)
        return _login_page(district, url_for("sign_in.portal"))
    return redirect(url_for("sign_in.portal"))


@sign_in.get("/portal")
def portal() -> Response | str:
    """The Clever Portal: the person's apps."""
    who = clever_session.person()
    if who is None:
        return redirect(url_for("sign_in.show"))
    return render_template(
        "portal.html",
        person=who,
        start=portal_start_url(who.district),
        library=library.offers(store(), who),
    )


@sign_in.post("/library")
def add_from_library() -> Response:
    """Add the app in Clever Library; it opens at once, without a state (1.4)."""
    who = clever_session.person()
    if who is None or not library.offers(store(), who):
        abort(404)
    library.authorise(store(), who.id)
    return redirect(portal_start_url(who.district), 303)


def _login_page(district: Record, after: str) -> str:
    wanted = people.Wanted.of(request.args)
    return render_template(
        "login.html",
        district=district,
        next=after,
        wanted=wanted,
        at_once=people.AT_ONCE,
        roles=people.ROLE_NAMES,
        schools=people.schools(store(), district.id),
        found=people.matching(store(), district.id, wanted),
    )


def _chosen_district() -> Record | None:
    given = request.args.get("district_id")
    if given is None:
        return None if "pick" in request.args else clever_session.district()
    return records.find(store(), given, "district")


def _schools() -> list[sqlite3.Row]:
    """Every school with its district, as the picker lists them."""
    return store().rows(
        """SELECT school.name, school.district, district.name AS district_name
        FROM records AS school JOIN records AS district ON district.id = school.district
        WHERE school.kind = 'school' ORDER BY school.id"""
    )


def _local(address: str) -> str:
    """Only ever go on to a page of the sandbox itself."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else ""
