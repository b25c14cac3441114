"""Signed-in devices: sessions live here, the browser only holds a random token (S6)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from peewee import JOIN, CharField, Expression, ForeignKeyField, ModelSelect, TextField

from portal.models.accounts import Account
from portal.models.base import EPOCH, BaseModel, UtcDateTimeField, new_public_id
from portal.models.entrance.ended_sessions import EndedSession
from portal.models.prepared import Prepared

IDLE_LIMIT = timedelta(hours=2)
ABSOLUTE_LIMIT = timedelta(hours=8)
ANONYMOUS_LIMIT = timedelta(minutes=15)
SEEN_EVERY = timedelta(minutes=5)
FRESH_FOR = timedelta(minutes=10)


class SignInWay(StrEnum):
    """What somebody showed to get in."""

    CLEVER = "clever"
    PASSWORD = "password"
    PICTURE = "picture_password"
    WORDS = "secret_words"


SECRET_WAYS = (SignInWay.PICTURE, SignInWay.WORDS)


class SessionEnded(Exception):
    """The session of a request was ended while the request was under way."""


class Session(BaseModel):
    """One browser's session; `values` is JSON and holds no names.

    `account` is None while somebody is on the way to sign in; `role` is "" until a person with
    several roles has chosen one (S7). `confirmed_at` is when they last showed who they are: what
    changes a way in asks for ten minutes at most (AC3). `device` is a browser and a system in
    words, nothing that tells one device from its like.
    """

    public_id = CharField(max_length=16, default=new_public_id)
    token_digest = CharField(max_length=64, unique=True)
    account = ForeignKeyField(Account, backref="sessions", null=True, on_delete="CASCADE")
    role = CharField(max_length=16, default="")
    signed_in_with = CharField(max_length=16, default="")
    device = TextField(default="")
    confirmed_at = UtcDateTimeField(default=EPOCH)
    values = TextField(default="{}")
    created_at = UtcDateTimeField()
    seen_at = UtcDateTimeField()
    expires_at = UtcDateTimeField(index=True)

    class Meta:
        table_name = "sessions"

    @classmethod
    def find(cls, token: str, now: datetime) -> Session | None:
        """The living session of this token with its account, or None.

        Expired sessions and those of disabled accounts count as none from that moment on (A44),
        and so do those of an account that became a part of another.
        """
        found: Session | None = _LIVING.first(token_digest=_digest(token), now=now)
        return found

    @classmethod
    def start(
        cls,
        token: str,
        now: datetime,
        account: Account | None = None,
        role: str = "",
        signed_in_with: str = "",
        device: str = "",
    ) -> Session:
        """A new session, nobody's until `account` is given."""
        life = IDLE_LIMIT if account else ANONYMOUS_LIMIT
        started: Session = cls.create(
            token_digest=_digest(token),
            account=account,
            role=role,
            signed_in_with=signed_in_with,
            device=device,
            confirmed_at=now,
            created_at=now,
            seen_at=now,
            expires_at=now + life,
        )
        return started

    @classmethod
    def end(cls, token: str) -> None:
        """Delete the session of this token, whoever's it is (A39)."""
        cls.delete().where(cls.token_digest == _digest(token)).execute()

    @classmethod
    def of(
        cls, account: Account, now: datetime, but: Session | None = None
    ) -> ModelSelect[Session]:
        """Where this account is signed in, but for this session; the last one seen first."""
        living = (cls.account == account) & (cls.expires_at > now)
        which = living & (cls.id != but.id) if but else living
        return cls.select().where(which).order_by(cls.seen_at.desc(), cls.id.desc())

    @classmethod
    def end_all(cls, account: Account, but: Session | None = None) -> int:
        """Sign the account out everywhere, but for this session; returns how many ended (A25)."""
        theirs = cls.account == account
        return cls._end_elsewhere(theirs & (cls.id != but.id) if but else theirs)

    @classmethod
    def end_of_secrets(cls, account_ids: Collection[int]) -> None:
        """Sign these students out wherever a picture password or secret words let them in."""
        theirs = cls.account.in_(list(account_ids))
        cls._end_elsewhere(theirs & cls.signed_in_with.in_(SECRET_WAYS))

    @classmethod
    def was_ended_elsewhere(cls, token: str, now: datetime) -> bool:
        """Whether the session of this token would live still, had nobody ended it elsewhere."""
        return EndedSession.holds(_digest(token), now)

    @classmethod
    def purge(cls, now: datetime) -> int:
        """Delete what has expired; returns how many. The sweeper calls this."""
        purged: int = cls.delete().where(cls.expires_at <= now).execute()
        return purged

    def keep(self, values: Mapping[str, Any], role: str, now: datetime) -> None:
        """Save the session's values; a session that has ended meanwhile stays ended."""
        self._change(now, values=json.dumps(dict(values)), role=role)

    def see(self, now: datetime) -> None:
        """Note that the browser is still there and move the idle limit."""
        self._change(now)

    def confirm(self, now: datetime) -> None:
        """The person has shown once more who they are."""
        self._change(now, confirmed_at=now)

    def renew(self, token: str) -> None:
        """From now on this token opens it, and the one before nothing (A38)."""
        digest = _digest(token)
        same = (Session.id == self.id) & (Session.token_digest == self.token_digest)
        Session.update(token_digest=digest).where(same).execute()
        self.token_digest = digest

    def stop(self) -> int:
        """End this session from another; returns 0 when it has ended meanwhile."""
        return Session._end_elsewhere(Session.id == self.id)

    def must_live(self) -> None:
        """Raise SessionEnded if it was ended since it was found. Call inside a transaction.

        Who takes an account back is not overruled by what was under way in a session (A25).
        """
        same = (Session.id == self.id) & (Session.token_digest == self.token_digest)
        if not Session.select().where(same).exists():
            raise SessionEnded

    def is_fresh(self, now: datetime) -> bool:
        """Whether they did so lately enough to change how they sign in (AC3, A36).

        Pictures and words show nobody: their teacher knows them, a classmate may have seen them.
        """
        shown = self.confirmed_at > self.created_at or self.signed_in_with not in SECRET_WAYS
        return bool(shown and now - self.confirmed_at <= FRESH_FOR)

    def due(self, now: datetime) -> bool:
        """Whether `see` has something to write: not at every request."""
        return bool(now - self.seen_at >= SEEN_EVERY)

    @classmethod
    def _end_elsewhere(cls, which: Expression) -> int:
        """Call inside a transaction."""
        EndedSession.note(cls.select(cls.token_digest, cls.expires_at).where(which))
        ended: int = cls.delete().where(which).execute()
        return ended

    def _change(self, now: datetime, **columns: Any) -> None:
        """Bound to the token as well as the id, so that no late answer writes into another's."""
        Session.update(seen_at=now, expires_at=self._expiry(now), **columns).where(
            (Session.id == self.id) & (Session.token_digest == self.token_digest)
        ).execute()

    def _expiry(self, now: datetime) -> datetime:
        if self.account is None:
            return now + ANONYMOUS_LIMIT
        absolute: datetime = self.created_at + ABSOLUTE_LIMIT
        return min(now + IDLE_LIMIT, absolute)


_LIVING = Prepared(
    lambda token_digest, now: (
        Session.select(Session, Account)
        .join(Account, JOIN.LEFT_OUTER)
        .where(
            (Session.token_digest == token_digest)
            & (Session.expires_at > now)
            & Account.disabled_at.is_null()
            & Account.merged_into.is_null()
        )
    )
)


def _digest(token: str) -> str:
    """What is stored: a stolen copy of the table opens no session."""
    return hashlib.sha256(token.encode()).hexdigest()
