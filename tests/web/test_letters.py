"""Mail as people on the pages meet it, where it is set up and where it is not (S3, S8)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask.testing import FlaskClient

from portal.settings import Settings
from tests.web.browsing import Visitor, made_app
from tests.web.html import Page

OFF = "Mail is not set up here"


@contextmanager
def browser(settings: Settings) -> Iterator[FlaskClient]:
    with made_app(settings) as app:
        yield app.test_client()


@pytest.fixture
def in_production(environment: dict[str, str]) -> Settings:
    safe = {"PORTAL_ENV": "production", "PORTAL_URL": "https://localhost"}
    return Settings.from_env(environment | safe)


@pytest.mark.parametrize("path", ["/sign-up", "/reset"])
def test_where_no_mail_is_sent_nothing_is_promised(in_production: Settings, path: str) -> None:
    with browser(in_production) as visitor:
        page = Page.of(visitor.get(path, base_url="https://localhost").text)

    assert (OFF in page.text, "Ask the person who runs it" in page.text) == (True, True)
    assert not page.forms


def test_where_mail_is_not_kept_the_page_of_messages_does_not_exist(visitor: Visitor) -> None:
    assert visitor.get("/mail").status_code == 404
    assert "Read the messages" not in str(visitor.page("/message-sent").links)


@pytest.mark.parametrize("about", ["sign_up", "reset", "<script>", ""])
def test_the_page_that_says_look_in_your_mail_is_for_everybody(
    visitor: Visitor, about: str
) -> None:
    page = Page.of(visitor.get("/message-sent", params={"about": about}).text)

    assert "We have sent a message to that address." in page.text
    assert page.links["Send it again"] == ("/reset" if about == "reset" else "/sign-up")
