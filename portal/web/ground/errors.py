"""Every fault gets a calm page, or a piece of one where htmx asked for a piece (H5, A79)."""

from __future__ import annotations

import logging
import secrets
from datetime import timedelta
from types import TracebackType
from typing import Any

from flask import Flask, make_response, render_template, request
from flask import Response as FlaskResponse
from flask.typing import ResponseReturnValue
from flask_login import logout_user
from flask_wtf.csrf import CSRFError
from peewee import InterfaceError, OperationalError
from playhouse.pool import MaxConnectionsExceeded
from werkzeug import Response
from werkzeug.exceptions import HTTPException, TooManyRequests
from werkzeug.http import HTTP_STATUS_CODES

from portal import clock
from portal.logs import bound
from portal.models.entrance.sessions import SessionEnded
from portal.web.ground.access import ask_to_sign_in, wants_fragment
from portal.web.ground.people import signed_in
from portal.web.ground.security import protect
from portal.web.ground.sessions import browser_session

logger = logging.getLogger(__name__)

PAGES = frozenset({400, 404, 405, 413, 429, 500, 503})
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # None that is easily taken for another.
REFERENCE = "rosterly.reference"


class ReferencedFlask(Flask):
    """Gives every request a reference, so that a page and its log lines can be matched (HP3),
    and every answer its headers, those to faults in finishing an answer included (A57)."""

    def wsgi_app(self, environ, start_response):  # type: ignore[no-untyped-def]
        environ[REFERENCE] = _new_reference()
        with bound(reference=environ[REFERENCE]):
            return super().wsgi_app(environ, start_response)

    def finalize_request(
        self, rv: ResponseReturnValue | HTTPException, from_error_handler: bool = False
    ) -> FlaskResponse:
        return protect(super().finalize_request(rv, from_error_handler))

    def log_exception(
        self,
        exc_info: tuple[type, BaseException, TracebackType] | tuple[None, None, None],
    ) -> None:
        """Log what and where; an address or a message could hold a name (V02)."""
        logger.error("Request failed", exc_info=exc_info)


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _answer)
    app.register_error_handler(CSRFError, _refuse_form)
    app.register_error_handler(TooManyRequests, _ask_to_wait)
    app.register_error_handler(SessionEnded, _session_ended)
    for fault in (OperationalError, InterfaceError, MaxConnectionsExceeded):
        app.register_error_handler(fault, _database_away)


def _answer(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400 or error.response is not None:
        return Response.force_type(error.get_response(), request.environ)
    response = _page(status)
    if status == 405 and "Allow" in (headers := dict(error.get_headers())):
        response.headers["Allow"] = headers["Allow"]
    return response


def _refuse_form(error: CSRFError) -> Response:
    """A form of nobody was most often somebody's a while ago (2.2.1); any other is refused."""
    if signed_in() is None:
        return ask_to_sign_in()
    logger.warning("Form refused", extra={"endpoint": request.endpoint})
    return _page(400, "csrf")


def _session_ended(_error: SessionEnded) -> Response:
    """Signed out from elsewhere while this request was under way: it has changed nothing (A25)."""
    logger.warning("Session ended on the way", extra={"endpoint": request.endpoint})
    logout_user()
    browser_session().row = None  # As this browser's next request will find it.
    return ask_to_sign_in()


def _ask_to_wait(error: TooManyRequests) -> Response:
    """Say when it works again, on the page as a time and to programs in seconds (A77)."""
    seconds = error.retry_after if isinstance(error.retry_after, int) else 60
    response = _page(429, again_at=clock.now() + timedelta(seconds=seconds))
    response.headers["Retry-After"] = str(seconds)
    return response


def _database_away(error: Exception) -> Response:
    """Nothing was written, and it is usually over in seconds (F15, F18)."""
    logger.error("Database away", exc_info=error)
    browser_session().do_without()
    response = _page(503)
    response.headers["Retry-After"] = "5"
    return response


def _page(status: int, name: str | None = None, **facts: Any) -> Response:
    page = name or str(status if status in PAGES else 500 if status >= 500 else 400)
    template = "errors/_fragment.html" if wants_fragment() else f"errors/{page}.html"
    reference = request.environ[REFERENCE]
    shown = reference if status >= 500 else None  # Only for what an operator should look up.
    try:
        body = render_template(template, code=status, name=page, reference=shown, **facts)
    except Exception as error:  # What broke the page may break this one too.
        logger.error("Error page failed", exc_info=error)
        return Response(f"{HTTP_STATUS_CODES.get(status, '')}. Reference {reference}\n", status)
    return make_response(body, status)


def _new_reference() -> str:
    return "WEB-" + "".join(secrets.choice(LETTERS) for _ in range(6))
