"""What a section's students put to their teacher: claims, and accounts that look alike."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from portal.models.accounts import Account
from portal.models.merging import duplicates
from portal.models.merging.claims import Claim
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment


@dataclass(frozen=True, slots=True)
class StudentQuestions:
    """Nothing of it is ever decided by itself (AC6, AC7)."""

    claims: tuple[Claim, ...] = ()
    duplicate_count: int = 0

    @classmethod
    def of(cls, teacher: Account, sections: Collection[Section]) -> dict[int, StudentQuestions]:
        """By the section's key, in three queries however many sections there are."""
        claims = Claim.waiting_for(teacher)
        pairs = [{each.first.id, each.second.id} for each in duplicates.taught_by(teacher)]
        here = Enrollment.sections_of({key for pair in pairs for key in pair}) if pairs else {}
        return {
            section.id: cls(
                tuple(each for each in claims if each.section_id == section.id),
                sum(any(section.id in here.get(key, ()) for key in pair) for pair in pairs),
            )
            for section in sections
        }
