"""Which reader saw which students' names is in the audit log, once a day for each (V09, AD4)."""

from __future__ import annotations

import logging

from flask import Flask, Response, request
from peewee import DatabaseError

from portal import clock
from portal.models.audit import AuditEvent
from portal.web.ground.access import wants_fragment
from portal.web.ground.people import signed_in
from portal.web.ground.reader_scope import READERS

logger = logging.getLogger(__name__)

# What the pages with students' names are about, as their addresses call it.
THINGS = (
    "section_id",
    "run_id",
    "hold_id",
    "sharing_hold_id",
    "claim_id",
    "vouched_id",
    "person_id",
    "shared_id",
)
# Pages about all whom their reader may see.
LISTS = frozenset({"clever.students", "diagnosis.answer", "duplicates.index", "duplicates.show"})


def init_app(app: Flask) -> None:
    app.after_request(_record)


def _record(response: Response) -> Response:
    """Nothing else is written by looking (decision 8); where nothing can be, the log line stands.

    A part of a page belongs to the page that was opened before.
    """
    person = signed_in() if _is_a_page(response) else None
    if person is None or person.role not in READERS:
        return response
    reader = person.account.public_id
    subject = _thing() or (reader if request.endpoint in LISTS else "")
    if subject:
        try:
            AuditEvent.record_view(clock.now(), reader, subject)
        except DatabaseError:
            unkept = {"reader": reader, "subject": subject}
            logger.warning("view not audited", extra=unkept, exc_info=True)
    return response


def _is_a_page(response: Response) -> bool:
    found = response.status_code == 200 and response.mimetype == "text/html"
    return found and request.method != "HEAD" and not wants_fragment()


def _thing() -> str:
    arguments = request.view_args or {}
    return next((arguments[name] for name in THINGS if name in arguments), "")
