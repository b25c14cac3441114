"""Whom and what a reader knows from their own sections, be it shared today or not (HP1)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from peewee import ModelSelect

from portal.models.accounts import Account, LinkedAccount
from portal.models.base import tuples_of
from portal.models.districts import DistrictConnection
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.names import fold


class KnownStudent(NamedTuple):
    """A student who is or was in a section; `ended_at` is when they left it."""

    sourced_id: str
    given_name: str
    family_name: str
    grade: str
    section_id: int
    ended_at: datetime | None


def students(
    sections: ModelSelect[Section], connection: DistrictConnection, search: str, most: int
) -> list[KnownStudent]:
    """Students of these sections, now or before, with this number or each word in their name."""
    named = Account.id > 0
    for word in fold(search).split():
        named &= Account.sort_name.contains(word)
    number = search.strip()
    numbered = (LinkedAccount.student_number == number) | (LinkedAccount.sis_id == number)
    return _of(sections, connection, (named | numbered) if number else named, most)


def student(
    sections: ModelSelect[Section], connection: DistrictConnection, sourced_id: str
) -> list[KnownStudent]:
    """Each place that this student has or had in these sections."""
    return _of(sections, connection, Enrollment.sourced_id == sourced_id, most=50)


def following(
    sections: ModelSelect[Section], connection: DistrictConnection, class_ids: Collection[str]
) -> list[Section]:
    """Those of these sections that follow one of these classes, by name."""
    of_district = (Section.provider == connection.provider) & (
        Section.district_sourced_id == connection.district_sourced_id
    )
    found = sections.where(of_district & Section.class_sourced_id.in_(list(class_ids)))
    return list(found.order_by(Section.name, Section.id))


def sections_called(
    sections: ModelSelect[Section], connection: DistrictConnection, search: str
) -> list[Section]:
    """Those of these sections of the district's with each word in their name, or their class's."""
    words = fold(search).split()
    found = sections.where(
        (Section.provider == connection.provider)
        & (Section.district_sourced_id == connection.district_sourced_id)
    )
    called = (each for each in found if _has(f"{each.name} {each.class_name}", words))
    return sorted(called, key=lambda each: (each.name, each.id))


def _has(text: str, words: list[str]) -> bool:
    folded = fold(text)
    return all(word in folded for word in words)


def _of(
    sections: ModelSelect[Section], connection: DistrictConnection, which: object, most: int
) -> list[KnownStudent]:
    query = (
        sections.select(
            Enrollment.sourced_id,
            Account.given_name,
            Account.family_name,
            Account.grade,
            Enrollment.section,
            Enrollment.ended_at,
        )
        .join(Enrollment, on=(Enrollment.section == Section.id))
        .join(Account, on=(Enrollment.account == Account.id))
        .join(LinkedAccount, on=_identity())
        .where(
            (Section.provider == connection.provider)
            & (Section.district_sourced_id == connection.district_sourced_id)
            & which
        )
        .order_by(Account.sort_name, Enrollment.ended_at.is_null().desc(), Enrollment.id)
        .limit(most)
    )
    return [KnownStudent(*row) for row in tuples_of(query)]


def _identity() -> object:
    return (
        (LinkedAccount.sourced_id == Enrollment.sourced_id)
        & (LinkedAccount.provider == Section.provider)
        & (LinkedAccount.issuer == Section.issuer)
    )


def is_enrolled(section: Section, sourced_id: str) -> bool:
    """Whether the section lists this student today."""
    return bool(Enrollment.active(section).where(Enrollment.sourced_id == sourced_id).exists())
