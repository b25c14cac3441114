"""Hands mail over: to a server by SMTP, and on a developer's machine to its reader (S3)."""

from __future__ import annotations

import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from mailbox import Maildir
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, unquote, urlsplit

from portal.settings import LOOPBACK_HOSTS, Settings

SECONDS = 10.0
SUBMISSION, SUBMISSIONS = 587, 465  # RFC 8314


class MailError(Exception):
    """A mail was not taken. `for_good`: asking again will not help. It never holds an address."""

    def __init__(self, detail: str, *, for_good: bool = False) -> None:
        super().__init__(detail)
        self.for_good = for_good


class Sender(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Hand the message over, or raise MailError."""


def sender(settings: Settings) -> Sender | None:
    """The way mail goes from here; None where none is set up."""
    if settings.smtp_url:
        return SmtpSender(urlsplit(settings.smtp_url))
    if settings.mail_folder:
        return FolderSender(settings.mail_folder)
    return ConsoleSender() if settings.sends_mail else None


def composed(settings: Settings, to: str, subject: str, text: str, now: datetime) -> EmailMessage:
    """One plain message: no pictures to load, nothing that tells whether it was read."""
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=urlsplit(settings.portal_url).hostname)
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answer of a holiday robot.
    message.set_content(text, cte="8bit")
    return message


@dataclass(frozen=True)
class SmtpSender:
    """A server of the operator's. TLS comes before every word, but to a relay on this machine."""

    server: SplitResult

    def send(self, message: EmailMessage) -> None:
        try:
            with self._connected() as connection:
                connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise MailError("recipient refused", for_good=min(codes) >= 500) from None
        except (smtplib.SMTPException, OSError) as error:
            raise MailError(type(error).__name__) from None  # Its words may hold an address (V02).

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        host, trusted = self.server.hostname or "", ssl.create_default_context()
        if self.server.scheme == "smtps":
            port = self.server.port or SUBMISSIONS
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=SECONDS, context=trusted
            )
        else:
            connection = smtplib.SMTP(host, self.server.port or SUBMISSION, timeout=SECONDS)
        with connection:
            if self.server.scheme == "smtp" and host not in LOOPBACK_HOSTS:
                connection.starttls(context=trusted)  # Raises where the server offers none.
            if self.server.username:
                password = unquote(self.server.password or "")
                connection.login(unquote(self.server.username), password)
            yield connection


@dataclass(frozen=True)
class FolderSender:
    """For demos: a folder in the format that mail programs read, shown on the page /mail."""

    folder: Path

    def send(self, message: EmailMessage) -> None:
        Maildir(self.folder).add(message)


class ConsoleSender:
    """For developers: on standard error, since standard output is for logs."""

    def send(self, message: EmailMessage) -> None:
        sys.stderr.write(f"\n{message.as_string()}\n")
        sys.stderr.flush()
