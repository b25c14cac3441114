"""A student with an old account, and the teacher who knows both."""

from __future__ import annotations

from typing import Any

from portal import clock
from portal.models.accounts import Account
from portal.models.merging.claims import Claim
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from tests.accounts import finish, pupil
from tests.web.browsing import Visitor

COURSE, OLD_LESSON = "course", "old-lesson"


def enroll(section: Section, student: Account, left: bool = False) -> Enrollment:
    """A place of today, or one that was left."""
    now = clock.now()
    place: Enrollment = Enrollment.create(
        section=section,
        account=student,
        sourced_id=student.public_id,
        started_at=now,
        ended_at=now if left else None,
    )
    return place


def former(section: Section, sourced_id: str = "old1", **changed: Any) -> Account:
    """Somebody who was in the section once and did a lesson."""
    account = pupil(sourced_id, **{"family_name": "Byrne"} | changed)
    enroll(section, account, left=True)
    finish(account, OLD_LESSON)
    return account


def student_named(given_name: str, family_name: str) -> Account:
    found: Account = Account.get(
        (Account.given_name == given_name) & (Account.family_name == family_name)
    )
    return found


def asks(student: Visitor, section: Section) -> Claim:
    """The student's home, the link there, the class, the button."""
    page = student.page("/home").links["I have used Rosterly before"]
    student.submit(page, "/claims", section=section.public_id)
    claim: Claim = Claim.select().order_by(Claim.id.desc()).get()
    return claim


def path(claim: Claim, account: Account | None = None) -> str:
    return f"/claims/{claim.public_id}" + (f"/accounts/{account.public_id}" if account else "")


def now(claim: Claim) -> Claim:
    """The claim as the table has it."""
    found: Claim = Claim.get_by_id(claim.id)
    return found
