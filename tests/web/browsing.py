"""The portal under test as a real server, and people who visit it with a browser of their own."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from flask import Flask
from werkzeug.serving import make_server

from portal import database
from portal.app import create_app
from portal.database import write
from portal.models.entrance.sessions import Session
from portal.settings import Settings
from portal.web.ground.errors import ReferencedFlask
from portal.web.ground.people import signed_in
from tests.sandbox_clever import RunningSandbox
from tests.web.compiled import RuleOnce, TemplatesOnce
from tests.web.html import Page

CALLBACK = "/sign-in/clever/callback"
QUESTION = "/sign-in/question"
# A server closes idle connections; a request sent at that moment is lost.
BEFORE_THE_SERVER_HANGS_UP = httpx.Limits(keepalive_expiry=1)


@dataclass(frozen=True)
class RunningPortal:
    url: str
    app: Flask
    settings: Settings


TEMPLATES = TemplatesOnce()
ReferencedFlask.url_rule_class = RuleOnce


@contextmanager
def made_app(settings: Settings) -> Iterator[Flask]:
    """The app of these settings; what it set for the whole process is undone afterwards."""
    handlers, hook = logging.root.handlers[:], sys.excepthook
    try:
        app = create_app(settings)
        app.jinja_env.bytecode_cache = TEMPLATES
        yield app
    finally:
        database.close()
        logging.root.handlers[:], sys.excepthook = handlers, hook


@contextmanager
def running_portal(settings: Settings) -> Iterator[RunningPortal]:
    """The app of these settings, served by threads of this process until the block ends."""
    address = urlsplit(settings.portal_url)
    with made_app(settings) as app:
        server = make_server(address.hostname or "", address.port or 0, app, threaded=True)
        server.daemon_threads = True
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield RunningPortal(settings.portal_url, app, settings)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class Visitor:
    """A browser: cookies for the portal and for Clever; redirects are followed only when asked."""

    def __init__(self, portal_url: str, sandbox: RunningSandbox) -> None:
        self.sandbox = sandbox
        self.portal_url = portal_url
        self._csrf_tokens: dict[str | None, str] = {}
        self.client = httpx.Client(
            base_url=portal_url,
            timeout=20,
            trust_env=False,
            verify=False,  # All is plain http: no certificates to load (20 ms a visitor).
            limits=BEFORE_THE_SERVER_HANGS_UP,
        )

    def close(self) -> None:
        self.client.close()

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, **options)

    def post(self, path: str, **fields: str) -> httpx.Response:
        """Send a form as a page of ours would, with the CSRF token of this session."""
        return self.client.post(path, data={"csrf_token": self.csrf_token(), **fields})

    def page(self, path: str) -> Page:
        """The page one ends up on from here."""
        return Page.of(self.get(path, follow_redirects=True).text)

    def csrf_token(self) -> str:
        token = self.csrf_token_if_any()
        assert token, "nobody is signed in here"
        return token

    def csrf_token_if_any(self) -> str:
        """Read off a page once a session, as it stands on each of them; a stranger has none."""
        if not self._csrf_tokens.get(self.token):
            forms = self.page("/help").forms
            self._csrf_tokens[self.token] = forms[0].fields["csrf_token"] if forms else ""
        return self._csrf_tokens[self.token]

    def arrive_at_clever(self, person_id: str) -> None:
        """Sign in at Clever itself, as before opening the Clever Portal."""
        self.client.post(f"{self.sandbox.url}/login", data={"person": person_id})

    def come_back(self, path: str = "/sign-in/clever") -> httpx.URL:
        """From one of our addresses to Clever and back: the callback Clever sends one to."""
        at_clever = self.get(path).headers["location"]
        return httpx.URL(self.get(at_clever).headers["location"])

    def start_from_portal(self) -> httpx.URL:
        """Press our icon in the Clever Portal: the callback address, which has no state (S2)."""
        icons = self.page(f"{self.sandbox.url}/portal").links.values()
        start = next(address for address in icons if "/oauth/authorize" in address)
        return httpx.URL(self.get(f"{self.sandbox.url}{start}").headers["location"])

    def sign_in(self, person_id: str, path: str = "/sign-in/clever") -> httpx.Response:
        """The whole way; a teacher or an admin who is new here makes a new account.

        Answers what the callback answered, or the question that it led to.
        """
        answer = self.arrive(person_id, path)
        if answer.headers.get("location") == QUESTION:
            return self.answer_question("new")
        return answer

    def arrive(self, person_id: str, path: str = "/sign-in/clever") -> httpx.Response:
        """Back from Clever as this person; answers what the callback answered."""
        self.arrive_at_clever(person_id)
        return self.get(str(self.come_back(path)))

    def answer_question(self, account: str) -> httpx.Response:
        """The first-run question: `new` or `mine`."""
        return self.submit(QUESTION, QUESTION, account=account)

    def submit(self, page: str, action: str, **fields: str) -> httpx.Response:
        """Open a page and send one of its forms, with these fields over those that stand in it."""
        form = self.page(page).form(action)
        return self.client.post(action, data=form.fields | fields)

    @property
    def token(self) -> str | None:
        """What the session cookie holds."""
        return self.client.cookies.get("rosterly")


def end_sessions_on_the_way(portal: RunningPortal) -> None:
    """From now on each session ends when its request has been let in, and before it is answered."""

    def end() -> None:
        person = signed_in()
        assert person is not None
        write(lambda: Session.end_all(person.account))

    portal.app.before_request_funcs.setdefault(None, []).append(end)


def query(url: httpx.URL | str) -> dict[str, str]:
    """The query of an address, each name once."""
    return {name: values[0] for name, values in parse_qs(urlsplit(str(url)).query).items()}


def exchanges(sandbox: RunningSandbox) -> int:
    """How often the token endpoint was asked to turn a code into a token."""
    return sum(
        hit["method"] == "POST" and hit["path"] == "/oauth/tokens" for hit in sandbox.requests()
    )
