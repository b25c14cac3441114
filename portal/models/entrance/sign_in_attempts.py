"""Sign-ins on their way: each belongs to one browser and comes back once (RFC 9700, O5, O6)."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum

from peewee import BooleanField, CharField, ForeignKeyField, TextField

from portal.models.accounts import Account
from portal.models.base import BaseModel, UtcDateTimeField
from portal.models.entrance.sessions import Session

ATTEMPT_LASTS = timedelta(minutes=10)
MOST_PENDING = 5


class TripPurpose(StrEnum):
    """What a trip to a provider is for: noted at its start, so that no answer changes it (A30)."""

    SIGN_IN = "sign_in"
    CONNECT = "connect"
    CONFIRM = "confirm"
    PROVE = "prove"


class SignInAttempt(BaseModel):
    """One trip to a provider. The state itself is in the browser's address only, here its digest.

    `restarted` marks a trip we began because a code came without a state (trust.md decision 1).
    `wanted` is the page of ours the person was on the way to. `account` is who set out, for a trip
    that somebody signed in makes: nobody else comes back from it (A29).
    """

    account_id: int | None

    session = ForeignKeyField(Session, backref="sign_in_attempts", on_delete="CASCADE")
    state_digest = CharField(max_length=64)
    code_verifier = CharField(max_length=128)
    nonce = CharField(max_length=128)
    purpose = CharField(max_length=16, default=TripPurpose.SIGN_IN)
    account = ForeignKeyField(Account, null=True, on_delete="CASCADE")
    wanted = TextField(default="")
    restarted = BooleanField(default=False)
    started_at = UtcDateTimeField()
    used_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "sign_in_attempts"

    @classmethod
    def begin(
        cls,
        session: Session,
        state: str,
        code_verifier: str,
        nonce: str,
        now: datetime,
        wanted: str = "",
        restarted: bool = False,
        purpose: TripPurpose = TripPurpose.SIGN_IN,
        account: Account | None = None,
    ) -> SignInAttempt:
        """Remember a trip, forgetting the browser's oldest beyond five. Inside a transaction."""
        begun: SignInAttempt = cls.create(
            session=session,
            state_digest=_digest(state),
            code_verifier=code_verifier,
            nonce=nonce,
            wanted=wanted,
            restarted=restarted,
            purpose=purpose,
            account=account,
            started_at=now,
        )
        newest = cls.select(cls.id).where(cls.session == session).order_by(cls.id.desc())
        kept = [attempt.id for attempt in newest.limit(MOST_PENDING)]
        cls.delete().where((cls.session == session) & cls.id.not_in(kept)).execute()
        return begun

    @classmethod
    def find(cls, session: Session, state: str) -> SignInAttempt | None:
        """This browser's trip with this state, used or not."""
        found: SignInAttempt | None = (
            cls.select()
            .where((cls.session == session) & (cls.state_digest == _digest(state)))
            .get_or_none()
        )
        return found

    @classmethod
    def restarts_since(cls, session: Session, since: datetime) -> int:
        """How many restarts led nowhere; a class that passes one device on is no loop (S6)."""
        lost = cls.restarted & cls.used_at.is_null()
        count: int = (
            cls.select().where((cls.session == session) & lost & (cls.started_at > since)).count()
        )
        return count

    def use(self, now: datetime) -> bool:
        """Take the trip for this request; False when it was taken before or is too old (A03)."""
        used = (
            SignInAttempt.update(used_at=now, code_verifier="", nonce="")
            .where(
                (SignInAttempt.id == self.id)
                & SignInAttempt.used_at.is_null()
                & (SignInAttempt.started_at > now - ATTEMPT_LASTS)
            )
            .execute()
        )
        return bool(used)

    def move_all_to(self, session: Session) -> None:
        """Take this browser's trips along into the session that this one led to.

        A reload of the address is then known (A03), and another tab's trip still comes back; but
        what a guest was about to prove is nothing to the next one (A30).
        """
        by_a_guest = (SignInAttempt.purpose == TripPurpose.PROVE) & SignInAttempt.account.is_null()
        SignInAttempt.update(session=session).where(
            (SignInAttempt.session == self.session)
            & (~by_a_guest | SignInAttempt.used_at.is_null(False))
        ).execute()


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
