"""The section whose code somebody has typed on the way to an account (S3)."""

from __future__ import annotations

from flask import session

from portal.models.sections import Section

KEY = "joining"  # Holds the section's public id.


def remember(section: Section) -> None:
    """Keep the section until this browser's person has an account."""
    session[KEY] = section.public_id


def joining_section() -> Section | None:
    """The section this browser's person is on the way into, while it can still be joined."""
    public_id = session.get(KEY)
    return Section.joinable(public_id) if public_id else None
