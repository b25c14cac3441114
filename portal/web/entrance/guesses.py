"""How often somebody may guess a class code, or a student's pictures or words.

Wrong tries alone are counted, by browser and by student: a class of 30 behind one address never
waits for one of them, nor do those who pass one tablet on.
"""

from __future__ import annotations

from portal.models.entrance.student_secrets import StudentSecret
from portal.models.syncs.enrollments import Enrollment
from portal.web.ground.limits import Limit, crowd, device, refuse_when_spent, spend, visit


def refuse_more_codes() -> None:
    """Answer 429 once this browser has tried too many codes that are none."""
    refuse_when_spent(Limit.CODE_TRIES, device())
    refuse_when_spent(Limit.CODE_TRIES_HERE, crowd())


def code_tried() -> None:
    """Count a code that was none."""
    spend(Limit.CODE_TRIES, device())
    spend(Limit.CODE_TRIES_HERE, crowd())


def refuse_more_guesses(place: Enrollment, secret: StudentSecret | None) -> None:
    """Answer 429 once too much was guessed in this browser, or about this student anywhere."""
    for limit, *key in _counts(place, secret):
        refuse_when_spent(limit, *key)


def guessed(place: Enrollment, secret: StudentSecret | None) -> None:
    """Count pictures or words that were not this student's."""
    for limit, *key in _counts(place, secret):
        spend(limit, *key)


def _counts(
    place: Enrollment, secret: StudentSecret | None
) -> tuple[tuple[Limit, *tuple[str, ...]], ...]:
    """There are 256 pairs of pictures: a day's guesses must not be most of them.

    The day begins anew with new pictures or words, so a teacher opens what guessing has shut.
    """
    student = place.account.public_id
    since = str(secret.set_at.timestamp()) if secret else ""
    return (
        (Limit.SECRET_TRIES, place.section.public_id, visit()),
        (Limit.SECRET_TRIES_OF_STUDENT, student),
        (Limit.SECRET_TRIES_A_DAY, student, since),
    )
