"""The section whose code somebody has typed on the way to an account (S3)."""

from __future__ import annotations

from flask import session

from portal.models import own_sections
from portal.models.sections import Section
from portal.roster.secrets import LoginType

KEY = "joining"  # Holds the class code: a new one shuts out who has the old.


def remember(section: Section) -> None:
    """Keep the section until this browser's person has an account."""
    session[KEY] = section.join_code


def joining_section() -> Section | None:
    """The section this browser's person is on the way into, while it can still be joined."""
    section = own_sections.of_code(session.get(KEY, ""))
    return section if section and section.login_type == LoginType.EMAIL else None
