"""Accounts that may be one student's: what is asked about them, and who may answer (AC6, AC7)."""

from __future__ import annotations

from dataclasses import dataclass

from portal import clock, merging, vouching
from portal.models.accounts import Account, LinkedAccount
from portal.models.merging.claims import Claim
from portal.models.merging.merges import Merge, MergeGround
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from tests.accounts import pupil

OLD = "old"  # What Clever calls the one a claim may be about.


@dataclass(frozen=True)
class Pairs:
    """A claim with an account it may be about, two that look alike, and two the owner made one."""

    claim: Claim
    candidate: Account
    twins: tuple[Account, Account]
    vouched: Merge

    def ids(self) -> dict[str, str]:
        one, other = self.twins
        return {
            "claim_id": self.claim.public_id,
            "account_id": self.candidate.public_id,
            "person_id": OLD,
            "one_id": one.public_id,
            "other_id": other.public_id,
            "vouched_id": self.vouched.public_id,
        }


def made_pairs(section: Section, owner: Account) -> Pairs:
    """The claim is of somebody without a browser here: whoever is merged is signed out."""
    claimant = Enrollment.active(section).order_by(Enrollment.id.desc()).first().account
    claim = vouching.ask(claimant, section)
    assert claim is not None
    twins = former(section, "twin1"), former(section, "twin2")
    LinkedAccount.update(sis_id="TWIN").where(LinkedAccount.account.in_(twins)).execute()
    pair = former(section, "part1"), former(section, "part2")
    vouched = merging.merge(*pair, MergeGround.TEACHER, owner)
    assert isinstance(vouched, Merge)
    return Pairs(claim, former(section, OLD), twins, vouched)


def former(section: Section, sourced_id: str) -> Account:
    """Somebody of the section's district and school who was in it once."""
    account, now = pupil(sourced_id, district=section.district_sourced_id), clock.now()
    LinkedAccount.update(school_sourced_ids=section.school_sourced_id).where(
        LinkedAccount.account == account
    ).execute()
    Enrollment.create(
        section=section, account=account, sourced_id=sourced_id, started_at=now, ended_at=now
    )
    return account
