"""Flask's session, kept in our table: the cookie holds a random token and nothing else (F1, S6)."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterator
from functools import cached_property
from typing import Any, cast

from flask import Flask, Request, Response
from flask import session as flask_session
from flask.sessions import SessionInterface, SessionMixin
from peewee import OperationalError

from portal import clock
from portal.models.entrance.sessions import Session

logger = logging.getLogger(__name__)


def new_token() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


class BrowserSession(SessionMixin):
    """What this browser may remember here.

    Nothing is read before it is asked for, and nothing is written for a visitor who has not begun
    to sign in: without a row, values live as long as the request (A47).
    """

    modified = False

    def __init__(self, cookie_token: str | None) -> None:
        self.cookie_token = cookie_token
        self.token = cookie_token

    @cached_property
    def row(self) -> Session | None:
        return self._find()

    @cached_property
    def _values(self) -> dict[str, Any]:
        return (_read(self.row) or {}) if self.row else {}

    def begin(self) -> Session:
        """The row of this browser as it is now, made if it has none: somebody starts to sign in.

        Read anew, since another request may just have replaced it. Call inside a transaction.
        """
        row = self._find()
        if row is None:
            token = new_token()
            row = Session.start(token, clock.now())
            self.adopt(token, row)
        return row

    def adopt(self, token: str, row: Session) -> None:
        """Go on as another session, whose token no one has seen before (A38)."""
        self.token, self.row, self._values = token, row, {}

    def renew(self) -> None:
        """The same session under a token that no one has seen before (A38)."""
        if self.row is not None:
            self.token = new_token()
            self.row.renew(self.token)

    def was_replaced(self) -> bool:
        """Whether another request has ended this session since this one read it."""
        return self.row is not None and self._find() is None

    def end(self) -> None:
        """Forget everything, here and in the database (A39)."""
        if self.cookie_token:
            Session.end(self.cookie_token)
        self.token, self.row, self._values = None, None, {}

    def was_ended_elsewhere(self) -> bool:
        """Whether this browser was signed in until something elsewhere ended that (A25)."""
        token = None if self.row else self.cookie_token
        return token is not None and Session.was_ended_elsewhere(token, clock.now())

    def do_without(self) -> None:
        """Answer without the database, which is away: nothing more is read or written."""
        self.__dict__.setdefault("row", None)
        self.__dict__.setdefault("_values", {})
        self.modified = False

    def take_role(self, role: str) -> None:
        if self.row:
            self.row.role = role
            self.modified = True

    def save(self) -> None:
        """Write what changed, or now and then that the browser is still here."""
        row = self.__dict__.get("row")
        if row is None:
            return
        if self.modified:
            row.keep(self._values, row.role, clock.now())
        elif row.due(clock.now()):
            _see(row)

    def _find(self) -> Session | None:
        """The living session of this browser; one that cannot be read is no session."""
        row = Session.find(self.token, clock.now()) if self.token else None
        if row is None or _read(row) is not None:
            return row
        logger.warning("Session not readable")  # Nothing of it: it may hold what is secret.
        return None

    def __getitem__(self, key: str) -> Any:
        return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self._values[key] = value
        self.modified = True

    def __delitem__(self, key: str) -> None:
        del self._values[key]
        self.modified = True

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


class DatabaseSessions(SessionInterface):
    """Opens and saves `BrowserSession`s."""

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        return BrowserSession(request.cookies.get(self.get_cookie_name(app)))

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        browser = cast(BrowserSession, session)
        browser.save()
        if browser.token == browser.cookie_token:
            return
        name, flags = self.get_cookie_name(app), self._cookie_flags(app)
        if browser.token is None:
            response.delete_cookie(name, **flags)
        else:
            response.set_cookie(name, browser.token, **flags)

    def _cookie_flags(self, app: Flask) -> dict[str, Any]:
        return {
            "path": "/",
            "secure": self.get_cookie_secure(app),
            "httponly": True,
            "samesite": "Lax",
        }


def browser_session() -> BrowserSession:
    """The session of the request at hand, with its own verbs."""
    return cast(BrowserSession, flask_session._get_current_object())  # type: ignore[attr-defined]


def signed_in_with() -> str:
    """What the person of this request showed to get in; "" for a visitor."""
    row = browser_session().row
    return row.signed_in_with if row else ""


def _read(row: Session) -> dict[str, Any] | None:
    """What the row holds; None for anything that we did not write."""
    try:
        values = json.loads(row.values)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _see(row: Session) -> None:
    """An access record is not worth a failed page: a busy database may skip one."""
    try:
        row.see(clock.now())
    except OperationalError:
        logger.warning("access record skipped")
