"""How often somebody may guess a class code, or a student's pictures or words.

Wrong tries alone are counted, by browser and by student: a class of 30 behind one address never
waits for one of them.
"""

from __future__ import annotations

from portal.models.enrollments import Enrollment
from portal.web.limits import Limit, address, device, refuse_when_spent, spend


def refuse_more_codes() -> None:
    """Answer 429 once this browser has tried too many codes that are none."""
    refuse_when_spent(Limit.CODE_TRIES, device())
    refuse_when_spent(Limit.CODE_TRIES_HERE, address())


def code_tried() -> None:
    """Count a code that was none."""
    spend(Limit.CODE_TRIES, device())
    spend(Limit.CODE_TRIES_HERE, address())


def refuse_more_guesses(place: Enrollment) -> None:
    """Answer 429 once too much was guessed in this browser, or about this student anywhere."""
    refuse_when_spent(Limit.SECRET_TRIES, place.section.public_id, device())
    refuse_when_spent(Limit.SECRET_TRIES_OF_STUDENT, place.account.public_id)


def guessed(place: Enrollment) -> None:
    """Count pictures or words that were not this student's."""
    spend(Limit.SECRET_TRIES, place.section.public_id, device())
    spend(Limit.SECRET_TRIES_OF_STUDENT, place.account.public_id)
