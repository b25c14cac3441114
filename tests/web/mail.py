"""The mail of the portal under test, and the forms that make it write some."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from portal.models.entrance.letters import Letter
from portal.post import send_letter
from portal.settings import Settings
from portal.web.entrance.inbox import Message, newest_in
from tests.web.browsing import Visitor


class Mailbox:
    """Everybody's mail: what waits is sent whenever somebody looks, as a worker would have."""

    def __init__(self, settings: Settings, folder: Path) -> None:
        self.folder = folder
        self._settings = replace(settings, mail_folder=folder)

    def of(self, address: str) -> list[Message]:
        """The mail to this address, the newest first."""
        for letter in list(Letter.select()):
            send_letter(letter.public_id, self._settings)
        return [each for each in newest_in(self.folder) if each.to == address]

    def lines_to(self, address: str) -> list[str]:
        """The newest one, line by line."""
        return [line for part in self.of(address)[0].paragraphs for line in part]

    def link_to(self, address: str) -> str:
        """The path of the link in it."""
        return next(urlsplit(line).path for line in self.lines_to(address) if "/links/" in line)


def fill_in(visitor: Visitor, path: str, **fields: str) -> str:
    """Open a page of ours, fill in its form and send it; where one ends up, or the words there."""
    form = visitor.page(path).form(path)
    answer = visitor.client.post(form.action, data=form.fields | fields)
    return answer.headers.get("location", answer.text)
