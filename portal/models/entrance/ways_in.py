"""Everything an account can be signed in to with: none may be lost by accident (AC3)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from portal.models.entrance.emailed_links import EmailedLink
from portal.models.entrance.letters import Letter, LetterKind
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import Session
from portal.models.entrance.student_secrets import StudentSecret
from portal.models.syncs.enrollments import Enrollment


@dataclass(frozen=True, slots=True)
class WaysIn:
    """What an account has: a provider's identities, passwords, and secrets of sections."""

    linked_accounts: tuple[LinkedAccount, ...]
    passwords: tuple[PasswordSignIn, ...]
    secret_count: int

    @classmethod
    def of(cls, account: Account) -> WaysIn:
        """Three questions, however many there are."""
        secrets = (
            StudentSecret.select()
            .join(Enrollment)
            .where((Enrollment.account == account) & Enrollment.ended_at.is_null())
        )
        linked = LinkedAccount.select().where(LinkedAccount.account == account)
        return cls(
            tuple(linked.order_by(LinkedAccount.id)),
            tuple(PasswordSignIn.of(account)),
            secrets.count(),
        )

    @property
    def count(self) -> int:
        """A secret opens nothing where there is a sign-in of the person's own (A25)."""
        secrets = 0 if self.has_sign_in else self.secret_count
        return len(self.linked_accounts) + len(self.passwords) + secrets

    @property
    def has_sign_in(self) -> bool:
        """Whether the person has one of their own, that no teacher gives or takes."""
        return bool(self.linked_accounts or self.passwords)

    @property
    def districts(self) -> frozenset[str]:
        """Where the identities are from, as far as it is known: a Library sign-in has none."""
        found = (each.district_sourced_id for each in self.linked_accounts)
        return frozenset(each for each in found if each)

    def without(self, way: LinkedAccount | PasswordSignIn) -> WaysIn:
        """What is left when this one goes."""
        return replace(
            self,
            linked_accounts=tuple(each for each in self.linked_accounts if each != way),
            passwords=tuple(each for each in self.passwords if each != way),
        )


def note_change(
    account: Account, kind: LetterKind, now: datetime, but: Session | None
) -> list[Letter]:
    """What follows every change of how an account is signed in to (A25, AC3).

    All other sessions end, links that wait in somebody's mail open nothing any more, the person is
    told and the change recorded. Returns the letters, to be rung for after the commit. Call inside
    the transaction of the change; raises SessionEnded, and then nothing of it may stay.
    """
    if but is not None:
        but.must_live()
    Session.end_all(account, but=but)
    EmailedLink.drop(account)
    AuditEvent.record(now, account.public_id, f"account.{kind}", account.public_id)
    return AccountNotice.tell(account, kind, now)
