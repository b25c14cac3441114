"""Who opened a page with whose students' names is in the audit log (V09, AD4, decision 8)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from portal import clock
from portal.models.accounts import Account
from portal.models.audit import ROSTER_VIEWED, AuditEvent
from portal.models.audit_chain import check
from portal.models.sections import Section
from tests.sandbox_clever import Cast
from tests.web.browsing import Visitor


def views() -> list[tuple[str, str]]:
    found = AuditEvent.select().where(AuditEvent.action == ROSTER_VIEWED).order_by(AuditEvent.id)
    return [(view.actor, view.subject) for view in found]


@pytest.fixture
def rivera_id(section: Section) -> str:
    public_id: str = Account.get(Account.family_name == "Rivera").public_id
    return public_id


def test_v09_a_teacher_who_opens_a_list_is_noted_once(
    maria: Visitor, section: Section, rivera_id: str
) -> None:
    for _ in range(3):
        maria.page(f"/sections/{section.public_id}")

    assert views() == [(rivera_id, section.public_id)]
    assert check().misfit is None


def test_v09_a_view_counts_again_the_next_day(
    maria: Visitor, section: Section, rivera_id: str
) -> None:
    yesterday = clock.now() - timedelta(days=1)
    AuditEvent.record_view(yesterday, rivera_id, section.public_id)
    maria.page(f"/sections/{section.public_id}")

    assert len(views()) == 2


def test_v09_an_admin_who_opens_a_section_and_the_students_of_the_district_is_noted(
    visitor: Visitor, section: Section, cast: Cast
) -> None:
    Section.update(district_sourced_id=cast.id).execute()
    visitor.sign_in(cast.district_admins["Pat Lowell"])
    before = len(views())
    for path in (f"/overview/sections/{section.public_id}", "/clever/students", "/clever/schools"):
        visitor.page(path)

    admin = Account.get(Account.family_name == "Lowell").public_id
    assert views()[before:] == [(admin, section.public_id), (admin, admin)]


def test_v09_what_is_not_there_for_somebody_was_not_seen(
    visitor: Visitor, section: Section, cast: Cast
) -> None:
    visitor.sign_in(cast.teachers["Daniel Okafor"])
    before = len(views())
    visitor.get(f"/sections/{section.public_id}")
    visitor.get("/dashboard")

    assert len(views()) == before
