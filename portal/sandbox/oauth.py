"""Sign-in for apps: `/oauth/authorize` and Instant Login (clever-platform 1.2 to 1.4)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from portal.sandbox import clever_session, codes, connection, library, records
from portal.sandbox.callers import USER_SCOPES
from portal.sandbox.context import settings, store
from portal.sandbox.records import Record

oauth = Blueprint("oauth", __name__)
APP_ROLES = ("student", "teacher", "staff", "district_admin")


class RefusedStart(Exception):
    """A start that ends on Clever's own error page and never reaches the app."""


@dataclass(frozen=True, slots=True)
class Start:
    """What an app asked for at `/oauth/authorize`."""

    redirect_uri: str
    state: str | None
    district: str
    nonce: str
    challenge: str
    confirm_student: bool
    return_unshared: bool

    @classmethod
    def of(cls, args: MultiDict[str, str]) -> Start:
        """Exact allowlisted address, or the first one when left out; else refused."""
        if args.get("client_id") != settings().client_id:
            raise RefusedStart("This app is not known here. Check the client_id.")
        if args.get("response_type") != "code":
            raise RefusedStart("The response_type must be code.")
        uri = args.get("redirect_uri") or settings().primary_redirect_uri
        if uri not in settings().redirect_uris:
            raise RefusedStart(f"This redirect URI is not on the app's list: {uri}")
        if args.get("code_challenge") and args.get("code_challenge_method") != "S256":
            raise RefusedStart("The code_challenge_method must be S256.")
        return cls(
            redirect_uri=uri,
            state=args.get("state"),
            district=args.get("district_id", ""),
            nonce=args.get("nonce", ""),
            challenge=args.get("code_challenge", "") if settings().pkce else "",
            confirm_student=args.get("confirmed") == "false",
            return_unshared=args.get("return_unshared") == "true",
        )

    def answered(self, **given: str) -> Response:
        """Back to the app; the state goes along only if the app sent one."""
        if self.state is not None:
            given["state"] = self.state
        joint = "&" if "?" in self.redirect_uri else "?"
        return redirect(f"{self.redirect_uri}{joint}{urlencode(given)}")


@oauth.errorhandler(RefusedStart)
def refused(error: RefusedStart) -> tuple[str, int]:
    return render_template("refused.html", why=str(error)), 400


@oauth.get("/oauth/authorize")
def authorize() -> Response | str | tuple[str, int]:
    """Silent with a live Clever session; otherwise the school picker or the district's login."""
    start = Start.of(request.args)
    person = clever_session.person()
    if person is None or start.district not in ("", person.district):
        return redirect(_login_url(start.district))
    if not has_access(person):
        if start.return_unshared:
            return start.answered(error="unauthorized-user")
        return render_template("not_shared.html", person=person), 403
    if start.confirm_student and "student" in person.roles and "yes" not in request.args:
        return render_template("confirm.html", person=person, here=request.full_path)
    return _granted(start, person)


@oauth.get("/oauth/instant-login")
def instant_login() -> Response:
    """A link on a district's page: signs in, then arrives at the primary address without state."""
    if request.args.get("client_id") != settings().client_id:
        raise RefusedStart("This app is not known here. Check the client_id.")
    return redirect(portal_start_url(request.args.get("district_id", "")))


def portal_start_url(district_id: str) -> str:
    """How the Clever Portal starts an app: primary address, no state (seen in the wild, 1.2)."""
    return url_for(
        "oauth.authorize",
        channel="clever-portal",
        client_id=settings().client_id,
        confirmed="true",
        district_id=district_id,
        redirect_uri=settings().primary_redirect_uri,
        response_type="code",
    )


def has_access(person: Record) -> bool:
    """Shared people of a connected district, in a role the app supports; elsewhere Library's."""
    if not connection.is_connected(store(), person.district):
        return library.takes_in(store(), person)
    return person.visible and any(role in person.roles for role in APP_ROLES)


def _login_url(district_id: str) -> str:
    if district_id and records.find(store(), district_id, "district") is None:
        raise RefusedStart(f"There is no district with the id {district_id}.")
    return url_for("sign_in.show", district_id=district_id or None, next=request.full_path)


def _granted(start: Start, person: Record) -> Response:
    code = codes.Code(person.id, start.redirect_uri, start.nonce, start.challenge)
    given = {"code": codes.hand_out(store(), code), "scope": " ".join(USER_SCOPES)}
    if clever_session.impersonated():
        given["loginas_by_admin"] = "true"
    return start.answered(**given)
