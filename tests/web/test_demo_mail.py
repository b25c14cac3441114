"""In a demo everybody's mail is on a page, with links that work (issue "accounts", Done when)."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox_clever import RunningSandbox
from tests.web.accounts import ADDRESS
from tests.web.browsing import Visitor
from tests.web.mail import Mailbox, fill_in


@pytest.fixture
def environment(
    environment: dict[str, str], sandbox: RunningSandbox, tmp_path: Path
) -> dict[str, str]:
    return {**environment, "MAIL_FOLDER": str(tmp_path / "mail"), "SANDBOX_URL": sandbox.url}


def test_a_message_is_read_on_the_page_and_its_link_followed(
    visitor: Visitor, mailbox: Mailbox
) -> None:
    fill_in(visitor, "/sign-up", email=ADDRESS)
    mailbox.of(ADDRESS)
    page = visitor.page("/mail")

    assert "Make your Rosterly account" in page.text
    link = next(address for words, address in page.links.items() if "/links/" in words)
    assert visitor.get(link).headers["location"] == "/sign-up/name"


def test_the_newest_message_comes_first(visitor: Visitor, mailbox: Mailbox) -> None:
    for address in ("first@school.example", "second@school.example"):
        fill_in(visitor, "/reset", email=address)
        mailbox.of(address)
    text = visitor.page("/mail").text

    assert text.index("To second@") < text.index("To first@")


def test_the_sign_in_page_and_the_page_after_a_form_lead_there(visitor: Visitor) -> None:
    assert visitor.page("/sign-in").links["messages page"] == "/mail"
    assert visitor.page("/message-sent").links["Read the messages of this demo"] == "/mail"


def test_without_a_message_it_says_so(visitor: Visitor) -> None:
    assert "No messages yet" in visitor.page("/mail").text
