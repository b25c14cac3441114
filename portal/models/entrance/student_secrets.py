"""Picture passwords and secret words of younger students, made and known by their teacher (S3)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from peewee import EXCLUDED, JOIN, ForeignKeyField, TextField, fn

from portal.models.accounts import Account, LinkedAccount
from portal.models.base import BaseModel, UtcDateTimeField, tuples_of
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.entrance.sessions import Session
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment


class KeptSecret(NamedTuple):
    """A student of a section and what they sign in with, sealed; None where there is nothing.

    `has_own_sign_in`: a provider's or a password; then the secret opens nothing.
    """

    public_id: str
    given_name: str
    family_name: str
    sealed_secret: str | None
    has_own_sign_in: bool


class StudentSecret(BaseModel):
    """What a student signs in with to one section that is not synced.

    It belongs to the place in that section: a student of two teachers has two, and each teacher
    prints and resets their own. Sealed, since a teacher must be able to print it again.
    """

    enrollment = ForeignKeyField(Enrollment, unique=True, on_delete="CASCADE")
    sealed_secret = TextField()
    set_at = UtcDateTimeField()
    last_used_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "student_secrets"

    @classmethod
    def give(cls, places: Sequence[int], sealed: Sequence[str], now: datetime) -> None:
        """Give each of these places its secret, in place of one it had. Inside a transaction."""
        if not places:
            return
        cls.insert_many(
            {"enrollment": place, "sealed_secret": secret, "set_at": now}
            for place, secret in zip(places, sealed, strict=True)
        ).on_conflict(
            conflict_target=[cls.enrollment],
            update={cls.sealed_secret: EXCLUDED.sealed_secret, cls.set_at: now},
        ).execute()

    @classmethod
    def reset(cls, places: Collection[Enrollment], sealed: Sequence[str], now: datetime) -> None:
        """Give them new ones: whoever got in with an old one is out (A25). Inside a transaction."""
        cls.give([place.id for place in places], sealed, now)
        Session.end_of_secrets([place.account_id for place in places])

    @classmethod
    def kept(cls, section: Section) -> list[KeptSecret]:
        """The section's students by name, with what they sign in with."""
        provided = LinkedAccount.select(LinkedAccount.id).where(LinkedAccount.account == Account.id)
        chosen = PasswordSignIn.select(PasswordSignIn.id).where(
            PasswordSignIn.account == Account.id
        )
        found = (
            Enrollment.active(section)
            .select(
                Account.public_id,
                Account.given_name,
                Account.family_name,
                cls.sealed_secret,
                fn.EXISTS(provided) | fn.EXISTS(chosen),
            )
            .join(Account)
            .join_from(Enrollment, cls, JOIN.LEFT_OUTER)
            .order_by(Account.sort_name, Enrollment.id)
        )
        return [KeptSecret(*row) for row in tuples_of(found)]

    @classmethod
    def of_place(cls, place: Enrollment) -> StudentSecret | None:
        found: StudentSecret | None = cls.get_or_none(cls.enrollment == place)
        return found

    def use(self, now: datetime) -> bool:
        """Note that somebody came in with it; False when it was changed meanwhile (A25)."""
        used = (
            StudentSecret.update(last_used_at=now)
            .where(
                (StudentSecret.id == self.id) & (StudentSecret.sealed_secret == self.sealed_secret)
            )
            .execute()
        )
        return bool(used)
