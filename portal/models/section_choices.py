"""What a teacher chooses for a section that is there: its name, its course, how far it follows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from portal.models.sections import FOLLOWING, Section, SectionMode


def describe(section: Section, name: str, course_slug: str) -> None:
    """Call the section this and give it this course. Call inside a transaction.

    Whoever types the class's own name goes on with whatever Clever calls the class (Y9).
    """
    own_name = section.synced and name != section.class_name
    _change(section, name=name, own_name=own_name, course_slug=course_slug)


def use_class_name(section: Section) -> None:
    """From now on it is called as its class is, at each sync (Y9). Call inside a transaction."""
    _change(section, name=section.class_name, own_name=False)


def follow(section: Section, mode: SectionMode, now: datetime) -> None:
    """Follow the class this far from now on (Y14). Call inside a transaction.

    Whatever was not followed until now is caught up by the next round; after a pause it is shown
    first.
    """
    before = SectionMode(section.mode)
    columns: dict[str, Any] = {"mode": mode}
    if mode in FOLLOWING and before not in FOLLOWING:
        columns |= {"outdated_at": now}
    if before is SectionMode.PAUSED:
        columns |= {"previews_next": True}
    _change(section, **columns)


def _change(section: Section, **columns: Any) -> None:
    Section.update(**columns).where(Section.id == section.id).execute()
