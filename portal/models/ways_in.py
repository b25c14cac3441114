"""Everything an account can be signed in to with: none may be lost by accident (AC3)."""

from __future__ import annotations

from dataclasses import dataclass

from portal.models.accounts import Account, LinkedAccount
from portal.models.enrollments import Enrollment
from portal.models.password_sign_ins import PasswordSignIn
from portal.models.student_secrets import StudentSecret


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
        """A secret opens nothing where there is a provider's sign-in: that one is used then."""
        secrets = 0 if self.linked_accounts else self.secret_count
        return len(self.linked_accounts) + len(self.passwords) + secrets
