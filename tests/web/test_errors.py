"""Every fault ends on a calm page, or in a calm piece of one, and tells nothing (A79, H5)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from flask import Flask, abort, after_this_request
from flask.testing import FlaskClient
from peewee import OperationalError

from portal import database
from portal.logs import configure_logs
from portal.settings import Settings
from tests.servers import free_port
from tests.web.browsing import Visitor, made_app
from tests.web.html import Page

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
SECRET = "Zoë Núñez is in row 7"


@pytest.fixture
def broken(environment: dict[str, str]) -> Iterator[FlaskClient]:
    """A browser of a portal with pages that always fail."""
    with made_app(Settings.from_env(environment)) as app:
        add_faults(app)
        yield app.test_client()


def add_faults(app: Flask) -> None:
    def fault() -> str:
        raise RuntimeError(SECRET)

    def database_away() -> str:
        raise OperationalError(SECRET)

    app.add_url_rule("/fault", view_func=fault)
    app.add_url_rule("/database-away", view_func=database_away)

    def broken_ending() -> str:
        after_this_request(lambda _answer: fault())  # type: ignore[arg-type, return-value]
        return "all was well"

    app.add_url_rule("/broken-ending", view_func=broken_ending)
    app.add_url_rule("/status/<int:code>", "status", lambda code: abort(code))


def test_a79_a_bug_shows_a_reference_that_is_in_the_log_and_nothing_else(
    broken: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_logs("DEBUG")
    answer = broken.get("/fault")
    shown = re.search(r"WEB-\w{6}", answer.text)

    assert shown
    assert answer.status_code == 500
    assert not re.search("Traceback|RuntimeError|Zoë|Werkzeug|Python", answer.text)
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["reference"] for line in logged} == {shown[0]}
    assert SECRET not in json.dumps(logged, ensure_ascii=False)


@pytest.mark.parametrize("code", [400, 403, 404, 405, 413, 418, 429, 500, 502, 503])
def test_every_status_has_a_page_with_a_way_on(broken: FlaskClient, code: int) -> None:
    answer = broken.get(f"/status/{code}")

    assert answer.status_code == code
    assert "Go to the start page" in Page.of(answer.text).links


@pytest.mark.parametrize("path", ["/fault", "/broken-ending", "/database-away", "/status/404"])
def test_a57_v05_an_error_carries_the_headers_and_is_kept_by_nobody(
    broken: FlaskClient, path: str
) -> None:
    headers = broken.get(path).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/fault", "/database-away", "/status/404", "/status/429"])
def test_h5_htmx_gets_a_piece_not_a_page(broken: FlaskClient, path: str) -> None:
    answer = broken.get(path, headers=PARTIAL)

    assert answer.status_code >= 400
    assert "<html" not in answer.text
    assert "roster-sync" in Page.of(answer.text).ids


def test_f15_a_database_that_is_away_is_a_503_that_asks_to_come_back(broken: FlaskClient) -> None:
    answer = broken.get("/database-away")

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert SECRET not in answer.text


def test_a_signed_in_browser_gets_the_503_too_when_its_session_cannot_be_read(
    maria: Visitor,
) -> None:
    """The page itself must not ask the database who is signed in."""
    database.close()
    database.init(f"postgresql://rosterly@127.0.0.1:{free_port()}/gone")
    answer = maria.get("/dashboard")

    assert answer.status_code == 503
    assert "Rosterly" in Page.of(answer.text).title


@pytest.mark.parametrize("path", ["/console", "/?__debugger__=yes&cmd=resource&f=style.css"])
def test_a79_there_is_no_debugger(visitor: Visitor, path: str) -> None:
    answer = visitor.get(path)

    assert answer.status_code in (302, 404)
    assert "debugger" not in answer.text.lower()
