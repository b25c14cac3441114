"""Sections that follow no class of a provider: their teacher makes them and keeps their list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.models.accounts import Account
from portal.models.sections import Section, SectionTeacher
from portal.roster.secrets import LoginType, clean_class_code, new_class_code


@dataclass(frozen=True, slots=True)
class OwnDetails:
    """What a teacher says of a section of their own."""

    login_type: LoginType
    name: str
    grade: str = ""
    course_slug: str = ""


def start(creator: Account, details: OwnDetails, key: str, now: datetime) -> Section:
    """A new section with a class code and its one teacher, and nobody in it yet.

    Call inside a transaction. A code that is taken breaks it, and it is made again with another.
    """
    section: Section = Section.create(
        name=details.name,
        login_type=details.login_type,
        provider="",
        issuer="",
        district_sourced_id="",
        class_sourced_id="",
        class_name="",
        grade=details.grade,
        course_slug=details.course_slug,
        join_code=new_class_code(),
        created_by=creator,
        idempotency_key=key or None,
        created_at=now,
    )
    SectionTeacher.create(
        section=section, sourced_id=creator.public_id, account=creator, is_main=True
    )
    return section


def of_click(creator: Account, key: str) -> Section | None:
    """The section that this person's form with this key made when it was sent before."""
    found: Section | None = Section.get_or_none(
        (Section.created_by == creator) & (Section.idempotency_key == key)
    )
    return found if key else None


def of_code(code: str) -> Section | None:
    """The section that takes students in by this code; one that follows Clever has none (N11)."""
    found: Section | None = Section.get_or_none(
        (Section.join_code == clean_class_code(code)) & Section.archived_at.is_null()
    )
    return found


def take_new_code(section: Section) -> None:
    """From now on the old code opens nothing. Call inside a transaction."""
    Section.update(join_code=new_class_code()).where(Section.id == section.id).execute()
