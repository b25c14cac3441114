"""Who teaches a section of Clever Library: each teacher comes for herself (K7)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from peewee import ModelSelect

from portal.models.accounts import LinkedAccount
from portal.models.sections import Section, SectionTeacher


def any_by_district(section: Section) -> bool:
    """Whether somebody who teaches it comes by a district today."""
    by_district = LinkedAccount.district_sourced_id.is_null(False)
    return bool(_teaching(section).where(by_district).exists())


def leave(section: Section, sourced_id: str, now: datetime) -> bool:
    """Take this teacher off the section, if another who came by Library stays (F44).

    Returns whether another does. Call inside a transaction.
    """
    by_library = LinkedAccount.district_sourced_id.is_null()
    others = _teaching(section).where(by_library & (SectionTeacher.sourced_id != sourced_id))
    if not others.exists():
        return False
    here = (SectionTeacher.section == section) & (SectionTeacher.sourced_id == sourced_id)
    SectionTeacher.update(ended_at=now).where(here & SectionTeacher.ended_at.is_null()).execute()
    return True


def leave_classes(linked: LinkedAccount, class_ids: Collection[str], now: datetime) -> None:
    """Take this teacher off the sections of these classes. Call inside a transaction."""
    sections = Section.of_classes(linked.provider, linked.issuer, class_ids)
    SectionTeacher.update(ended_at=now).where(
        (SectionTeacher.sourced_id == linked.sourced_id)
        & SectionTeacher.ended_at.is_null()
        & SectionTeacher.section.in_(sections.select(Section.id))
    ).execute()


def _teaching(section: Section) -> ModelSelect[Any]:
    """Its teachers of today who have been here, with the identity by which they teach it."""
    return (
        SectionTeacher.select()
        .join(LinkedAccount, on=(LinkedAccount.sourced_id == SectionTeacher.sourced_id))
        .where(
            (SectionTeacher.section == section)
            & SectionTeacher.ended_at.is_null()
            & (LinkedAccount.provider == section.provider)
            & (LinkedAccount.issuer == section.issuer)
        )
    )
