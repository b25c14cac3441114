"""The demo's mail as its readers see it, out of the folder it was put in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from mailbox import Maildir, MaildirMessage
from pathlib import Path

MOST = 50


@dataclass(frozen=True, slots=True)
class Message:
    """One message; `paragraphs` are its lines, so that a link in one can be a link on the page."""

    to: str
    subject: str
    sent_at: datetime
    paragraphs: tuple[tuple[str, ...], ...]


def newest_in(folder: Path) -> list[Message]:
    """The newest messages, the last one first."""
    found = [_read(message) for message in Maildir(folder, factory=None)]
    return sorted(found, key=lambda message: message.sent_at, reverse=True)[:MOST]


def _read(kept: MaildirMessage) -> Message:
    message = message_from_bytes(kept.as_bytes(), policy=policy.default)
    text = str(message.get_content())
    return Message(
        to=str(message["To"]),
        subject=str(message["Subject"]),
        sent_at=datetime.fromtimestamp(kept.get_date(), UTC),
        paragraphs=tuple(tuple(part.splitlines()) for part in text.strip().split("\n\n")),
    )
