"""Writes each letter that waits and hands it to the mail; a job calls this (S3, A64)."""

from __future__ import annotations

import logging

from portal import clock
from portal.database import write
from portal.mail import MailError, Sender, composed, sender
from portal.models.entrance.emailed_links import EmailedLink
from portal.models.entrance.letters import Letter
from portal.post.wording import Wording, worded
from portal.settings import Settings

logger = logging.getLogger(__name__)


def send_letter(public_id: str, settings: Settings) -> None:
    """Send this letter unless that is done; one that is not taken stays, and is due again later."""
    letter = write(lambda: Letter.take(public_id, clock.now()))
    way = sender(settings)
    if letter is None or way is None:
        return
    wording = write(lambda: worded(letter, settings.portal_url, clock.now()))
    try:
        _send(letter, wording, way, settings)
    except MailError as error:
        logger.warning("Mail not sent", extra={"letter": public_id, "detail": str(error)})
        _leave(letter, wording, error.for_good)
    else:
        logger.info("Mail sent", extra={"letter": public_id, "kind": letter.kind})
        letter.done()


def _send(letter: Letter, wording: Wording, way: Sender, settings: Settings) -> None:
    """No transaction is open here: a mail server may take its time."""
    way.send(composed(settings, letter.email, wording.subject, wording.text, clock.now()))


def _leave(letter: Letter, wording: Wording, for_good: bool) -> None:
    """The next try makes a link of its own."""
    if wording.token:
        EmailedLink.withdraw(wording.token)
    if for_good:
        letter.done()
