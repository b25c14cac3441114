"""People, and the sign-ins that belong to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from peewee import CharField, ForeignKeyField, ModelSelect, TextField

from portal.database import is_postgresql
from portal.models.base import EPOCH, BaseModel, UtcDateTimeField, new_public_id
from portal.roster.names import sort_key
from portal.roster.records import PersonRecord, Role


class AccountKind(StrEnum):
    """Students and staff never become each other (A33)."""

    STUDENT = "student"
    STAFF = "staff"

    @classmethod
    def of(cls, roles: Iterable[Role]) -> AccountKind:
        return cls.STUDENT if Role.STUDENT in roles else cls.STAFF


class Account(BaseModel):
    """One person here, whatever they sign in with.

    `named_at` is when the read began that brought the name, or when the person came back with it
    from signing in: no older read takes it back (I6). `merged_into` is the account that this one
    became a part of: it has no way in until that is undone (AC5).
    """

    merged_into_id: int | None

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    kind = CharField(max_length=16)
    given_name = TextField(default="")
    family_name = TextField(default="")
    grade = TextField(default="")
    sort_name = TextField(default="")
    named_at = UtcDateTimeField(default=EPOCH)
    created_at = UtcDateTimeField()
    disabled_at = UtcDateTimeField(null=True)
    merged_into = ForeignKeyField("self", backref="absorbed", null=True)

    class Meta:
        table_name = "accounts"

    @classmethod
    def of_id(cls, public_id: str) -> Account | None:
        """The account with this id, disabled or not."""
        found: Account | None = cls.get_or_none(cls.public_id == public_id)
        return found

    def lock(self) -> Account:
        """This account as it is now, held until the transaction ends. Call inside one."""
        query = Account.select().where(Account.id == self.id)
        locked: Account = (query.for_update() if is_postgresql() else query).get()
        return locked

    @classmethod
    def make(cls, kind: AccountKind, given_name: str, family_name: str, now: datetime) -> Account:
        """Somebody no provider has told us of. Call inside a transaction."""
        account: Account = cls.create(
            kind=kind,
            given_name=given_name,
            family_name=family_name,
            sort_name=sort_key(given_name, family_name),
            named_at=now,
            created_at=now,
        )
        return account

    def refresh(self, person: PersonRecord, now: datetime) -> None:
        """Take over the name, and the grade if there is one. Call inside a transaction."""
        if person.given_name or person.family_name:
            self.named_at = now
            self.given_name = person.given_name
            self.family_name = person.family_name
            self.sort_name = sort_key(person.given_name, person.family_name)
        self.grade = person.grade or self.grade
        self.save()

    @property
    def is_student(self) -> bool:
        return bool(self.kind == AccountKind.STUDENT)

    @property
    def is_open(self) -> bool:
        """Whether anybody may sign in to it: not disabled, and no part of another account (AC5)."""
        return self.disabled_at is None and self.merged_into_id is None


class LinkedAccount(BaseModel):
    """A provider's person and the account they sign in to.

    The key is (provider, issuer, the provider's id); the district is an attribute and an email
    is never stored, let alone compared (trust.md decision 5).
    """

    account_id: int

    account = ForeignKeyField(Account, backref="linked_accounts", on_delete="CASCADE")
    provider = CharField(max_length=32)
    issuer = TextField()
    sourced_id = CharField(max_length=64)
    legacy_id = CharField(max_length=64, default="")
    district_sourced_id = CharField(max_length=64, null=True)
    school_sourced_ids = TextField(default="")
    sis_id = TextField(default="")
    student_number = TextField(default="")
    district_username = TextField(default="")
    roles = TextField(default="")
    linked_at = UtcDateTimeField()
    last_used_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "linked_accounts"

    @classmethod
    def find(cls, provider: str, issuer: str, sourced_id: str) -> LinkedAccount | None:
        """The linked account with this key and its account, or None."""
        found: LinkedAccount | None = (
            cls.select(cls, Account)
            .join(Account)
            .where(
                (cls.provider == provider) & (cls.issuer == issuer) & (cls.sourced_id == sourced_id)
            )
            .get_or_none()
        )
        return found

    @classmethod
    def hold(cls, provider: str, issuer: str, sourced_id: str) -> LinkedAccount | None:
        """The same, whose it stays until the transaction ends. Call inside one.

        Who brings its account together with another, or takes it apart, waits for us or we for
        them: then it is asked once more whose it is.
        """
        found = cls.find(provider, issuer, sourced_id)
        if found is None:
            return None
        found.account.lock()
        return cls.find(provider, issuer, sourced_id)

    @classmethod
    def of(cls, account: Account, provider: str) -> ModelSelect[LinkedAccount]:
        """The sign-ins of this account at one provider."""
        return cls.select().where((cls.account == account) & (cls.provider == provider))

    @classmethod
    def make(cls, provider: str, issuer: str, person: PersonRecord, now: datetime) -> LinkedAccount:
        """A new account for this person with their sign-in linked. Call inside a transaction."""
        account = Account.create(kind=AccountKind.of(person.roles), created_at=now)
        return cls.add(account, provider, issuer, person, now)

    @classmethod
    def add(
        cls, account: Account, provider: str, issuer: str, person: PersonRecord, now: datetime
    ) -> LinkedAccount:
        """One more identity of this account, not yet filled in. Call inside a transaction."""
        linked: LinkedAccount = cls.create(
            account=account,
            provider=provider,
            issuer=issuer,
            sourced_id=person.sourced_id,
            linked_at=now,
        )
        return linked

    def refresh(self, person: PersonRecord, now: datetime) -> None:
        """Take over what the provider says of the person today. Call inside a transaction.

        A sign-in may say less than a roster does (Clever page "District SSO"): what it leaves
        out stays as it is.
        """
        self.district_sourced_id = person.district_sourced_id or self.district_sourced_id
        self.roles = " ".join(person.roles)
        self.last_used_at = now
        self._take_over(
            legacy_id=person.legacy_id,
            school_sourced_ids=" ".join(self._schools_of(person)),
            sis_id=person.sis_id,
            student_number=person.student_number,
            district_username=person.district_username,
        )
        self.save()
        self.account.refresh(person, now)

    def _schools_of(self, person: PersonRecord) -> tuple[str, ...]:
        """A roster names a student's primary school alone, which comes first."""
        schools = person.school_sourced_ids
        return schools[:1] if self.account.is_student else schools

    def _take_over(self, **said: str) -> None:
        for column, value in said.items():
            if value:
                setattr(self, column, value)

    @property
    def role_list(self) -> tuple[Role, ...]:
        return tuple(Role(name) for name in self.roles.split())

    @property
    def school_list(self) -> tuple[str, ...]:
        return tuple(self.school_sourced_ids.split())


LinkedAccount.add_index(
    LinkedAccount.index(
        LinkedAccount.sourced_id,  # First: nearly all rows share the other two.
        LinkedAccount.provider,
        LinkedAccount.issuer,
        unique=True,
        name="linked_accounts_one_per_identity",
    )
)

# The start of a statement about many records (`database.rows`): each with the identity we have
# for it, or none; KNOWN are those that have one. Each is looked up in the index by a question of
# its own, so that no planner may compare all records with all rows instead: minutes, for a class
# of 10,000. The values are provider, issuer and records.
FOUND = """
    WITH place AS (SELECT CAST(? AS TEXT) AS provider, CAST(? AS TEXT) AS issuer),
    found AS MATERIALIZED (
      SELECT r.value, (
        SELECT l.id FROM linked_accounts l
        WHERE l.sourced_id = r.value->>0
          AND l.provider = place.provider AND l.issuer = place.issuer) AS id, (
        SELECT l.account_id FROM linked_accounts l
        WHERE l.sourced_id = r.value->>0
          AND l.provider = place.provider AND l.issuer = place.issuer) AS account_id
      FROM place CROSS JOIN {rows})
"""
KNOWN = f"""
    {FOUND},
    known AS (
      SELECT id, account_id, value->>0 AS sourced_id, value FROM found WHERE id IS NOT NULL)
"""
