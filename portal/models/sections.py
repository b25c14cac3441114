"""Sections: classes as they are here, and who teaches them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from peewee import (
    BooleanField,
    Case,
    CharField,
    DateField,
    ForeignKeyField,
    IntegerField,
    ModelSelect,
    TextField,
    fn,
)

from portal.database import execute, is_postgresql, rows
from portal.models.accounts import Account, LinkedAccount
from portal.models.base import (
    BaseModel,
    UtcDateTimeField,
    new_public_id,
    to_microseconds,
    tuples_of,
)
from portal.models.districts import DistrictConnection
from portal.models.prepared import Prepared
from portal.roster.names import display_name
from portal.roster.records import ClassRecord, TermRecord


class SectionMode(StrEnum):
    """How far a section follows its class (Y14).

    `add_only` never takes anybody off the list, `manual` waits for a person to press Sync,
    `paused` follows nobody.
    """

    FULL = "full"
    ADD_ONLY = "add_only"
    MANUAL = "manual"
    PAUSED = "paused"


FOLLOWING = (SectionMode.FULL, SectionMode.ADD_ONLY)


class SectionGone(Exception):
    """The section was deleted."""


class Section(BaseModel):
    """A section and the class it follows; one without Clever has no provider and follows none.

    `roster_version` counts the changes of its student list. `next_fence` numbers the runs that
    read for it and `last_fence` is the newest that was applied: an older read never overwrites
    a newer one (I6). `outdated_at` is the newest moment as of which what the district shares of
    its class may be something else than is here: it changed, or a sync read the provider itself.
    Only what was read later than that brings the section up to date (F50). `own_name` says that
    its teacher named it: else it is called as its class is (Y9). `previews_next` says that what
    the district shares is shown before it is saved, as after a pause. `continues` is the section
    of an earlier term that this one took the place of (N9).
    """

    public_id = CharField(max_length=16, unique=True, default=new_public_id)
    name = TextField()
    login_type = CharField(max_length=16)
    provider = CharField(max_length=32)
    issuer = TextField()
    district_sourced_id = CharField(max_length=64)
    school_sourced_id = CharField(max_length=64, default="")
    class_sourced_id = CharField(max_length=64)
    class_name = TextField()
    grade = TextField(default="")
    subject = TextField(default="")
    period = TextField(default="")
    term_name = TextField(default="")
    term_starts_on = DateField(null=True)
    term_ends_on = DateField(null=True)
    course_slug = CharField(max_length=64, default="")
    join_code = CharField(max_length=16, null=True, unique=True)
    created_by = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    idempotency_key = CharField(max_length=64, null=True)
    created_at = UtcDateTimeField()
    archived_at = UtcDateTimeField(null=True)
    class_gone_at = UtcDateTimeField(null=True)
    checked_at = UtcDateTimeField(null=True)
    outdated_at = UtcDateTimeField(null=True)
    roster_version = IntegerField(default=0)
    next_fence = IntegerField(default=1)
    last_fence = IntegerField(default=0)
    mode = CharField(max_length=16, default=SectionMode.FULL)
    own_name = BooleanField(default=False)
    previews_next = BooleanField(default=False)
    continues = ForeignKeyField("self", null=True, on_delete="SET NULL", backref="continued_by")

    class Meta:
        table_name = "sections"

    @classmethod
    def start(
        cls, creator: Account, roster_class: ClassRecord, term: TermRecord | None, **chosen: Any
    ) -> Section:
        """A new section for a class, with its teachers, and nobody in it yet.

        `chosen` are the teacher's own columns (name, course_slug, provider, issuer, created_at).
        Call inside a transaction.
        """
        section: Section = cls.create(
            created_by=creator,
            login_type="clever",
            district_sourced_id=roster_class.district_sourced_id or "",
            class_sourced_id=roster_class.sourced_id,
            own_name=chosen["name"] != roster_class.name,
            **_class_columns(roster_class),
            **_term_columns(term),
            **chosen,
        )
        section.revise_teachers(roster_class, chosen["created_at"])
        return section

    @property
    def synced(self) -> bool:
        """Whether its list comes from a provider, and not from its teacher."""
        return bool(self.provider)

    @property
    def is_behind(self) -> bool:
        """Whether it does not follow by itself what the district shares, and knows of a change."""
        at, checked_at = self.outdated_at, self.checked_at
        waits = self.mode not in FOLLOWING and at is not None
        return bool(waits and (checked_at is None or at > checked_at))

    @classmethod
    def visible_to(cls, account: Account) -> ModelSelect[Section]:
        """The sections this person teaches today; every finder starts here (A58)."""
        return cls._taught_by(account).where(cls.archived_at.is_null())

    @classmethod
    def archived_of(cls, account: Account) -> ModelSelect[Section]:
        """The sections that this person taught when they were archived, and may restore (N9)."""
        return cls._taught_by(account).where(cls.archived_at.is_null(False))

    @classmethod
    def ended_of(cls, account: Account, today: date) -> ModelSelect[Section]:
        """Those of this person's sections whose class is over, or no longer there (N9)."""
        over = (cls.term_ends_on < today) | cls.class_gone_at.is_null(False)
        return cls.visible_to(account).where((cls.provider != "") & over)

    @classmethod
    def _taught_by(cls, account: Account) -> ModelSelect[Section]:
        taught = SectionTeacher.select(SectionTeacher.section).where(
            (SectionTeacher.account == account) & SectionTeacher.ended_at.is_null()
        )
        return cls.select().where(cls.id.in_(taught))

    @classmethod
    def open_to(cls, account: Account, student: LinkedAccount) -> ModelSelect[Section]:
        """The sections this person teaches that this student can be put into, by name (K5).

        One of another provider could not tell who the student is.
        """
        same = (cls.provider == student.provider) & (cls.issuer == student.issuer)
        theirs = cls.visible_to(account).where((cls.provider == "") | same)
        return theirs.order_by(cls.name, cls.id)

    @classmethod
    def any_synced(cls, account: Account) -> bool:
        """Whether this person teaches a section that follows a provider's class today."""
        return bool(cls.visible_to(account).where(cls.provider != "").exists())

    @classmethod
    def of_classes(
        cls, provider: str, issuer: str, sourced_ids: Iterable[str]
    ) -> ModelSelect[Section]:
        """The sections that follow any of these classes."""
        return cls.select().where(
            (cls.provider == provider)
            & (cls.issuer == issuer)
            & cls.class_sourced_id.in_(list(sourced_ids))
            & cls.archived_at.is_null()
        )

    @classmethod
    def find(cls, account: Account, public_id: str) -> Section | None:
        """The section with this id, if this person teaches it today."""
        found: Section | None = _VISIBLE.first(account=account, public_id=public_id)
        return found

    @classmethod
    def by_key(cls, key: int) -> Section:
        """The section as it is now; raises SectionGone."""
        return cls._there(_BY_KEY.all(key=key))

    @classmethod
    def next_fence_of(cls, key: int) -> int:
        """A number newer than every earlier one of this section. Call inside a transaction."""
        fence: int = _NEXT_FENCE.all(key=key)[0].next_fence
        return fence

    def roster_changed(self) -> None:
        """Make every plan made before now outdated. Call inside a transaction."""
        _ROSTER_CHANGED.change(key=self.id)

    def lock(self) -> Section:
        """This section as it is now, held until the transaction ends. Call inside one.

        Raises SectionGone.
        """
        return self._there(_LOCKED.all(key=self.id))

    @classmethod
    def _there(cls, found: Sequence[Section]) -> Section:
        if not found:
            raise SectionGone
        return found[0]

    def archive(self, now: datetime) -> None:
        """Put the section away: no sync and no page but that of archived ones knows it (N9).

        Call inside a transaction, on the locked section.
        """
        Section.update(archived_at=now).where(Section.id == self.id).execute()
        self.roster_changed()

    def restore(self, now: datetime) -> None:
        """Bring it back with the list it had, which is shown before Clever changes it (N9).

        Call inside a transaction, on the locked section.
        """
        follows = {"outdated_at": now, "previews_next": True} if self.synced else {}
        Section.update(archived_at=None, **follows).where(Section.id == self.id).execute()
        self.roster_changed()

    @classmethod
    def main_teachers(cls, sections: Collection[Section]) -> dict[int, str]:
        """The name to show for each section's teacher, by the section's key.

        The main teacher where she has an account, else a co-teacher.
        """
        query = (
            SectionTeacher.select(SectionTeacher.section, Account.given_name, Account.family_name)
            .join(Account)
            .where(
                SectionTeacher.section.in_([section.id for section in sections])
                & SectionTeacher.ended_at.is_null()
            )
            .order_by(SectionTeacher.is_main, SectionTeacher.id.desc())
        )
        return {key: display_name(given, family) for key, given, family in tuples_of(query)}

    def match(
        self,
        roster_class: ClassRecord,
        fence: int,
        now: datetime,
        changed: bool,
        as_of: datetime,
        by_mirror: bool,
    ) -> None:
        """Note that the section matched its class just now, and take over the class's values.

        A name that its teacher gave it stays (Y9). `as_of` is when the read began, whether
        `by_mirror` of what the district shares or of the provider itself. Inside a transaction.
        """
        match = _MATCH_MIRROR if by_mirror else _MATCH_PROVIDER
        columns = _class_columns(roster_class)
        match.change(
            key=self.id, now=now, fence=fence, changes=int(changed), as_of=as_of, **columns
        )
        if roster_class.teacher_sourced_ids:
            self.revise_teachers(roster_class, now)

    @classmethod
    def outdated_by(cls, connection: DistrictConnection, as_of: datetime) -> ModelSelect[Section]:
        """The district's living sections that a mirror as of this moment brings up to date."""
        return cls._differing(connection, as_of).where(cls.mode.in_(FOLLOWING))

    @classmethod
    def waiting(cls, connection: DistrictConnection, as_of: datetime) -> ModelSelect[Section]:
        """Those that it would bring up to date, did a person not decide when (Y14)."""
        return cls._differing(connection, as_of).where(cls.mode.not_in(FOLLOWING))

    @classmethod
    def _differing(cls, connection: DistrictConnection, as_of: datetime) -> ModelSelect[Section]:
        return cls.select().where(
            (cls.provider == connection.provider)
            & (cls.district_sourced_id == connection.district_sourced_id)
            & cls.archived_at.is_null()
            & (cls.outdated_at <= as_of)
        )

    def has_class(self, roster_class: ClassRecord) -> bool:
        """Whether the class is here as this record describes it, with its teachers."""
        main = roster_class.main_teacher_sourced_id
        teachers = {(each, each == main) for each in roster_class.teacher_sourced_ids}
        columns = _class_columns(roster_class)
        return (
            self.class_gone_at is None
            and all(getattr(self, name) == value for name, value in columns.items())
            and (not teachers or SectionTeacher.listed(self) == teachers)
        )

    def caught_up(self, as_of: datetime, shown: bool = False) -> None:
        """It is as the mirror of this moment says, as far as it can be, or that was `shown`.

        What was shown waits for somebody who saves it, and is shown anew when it changes (Y14).
        """
        outdated_at = _caught_up(to_microseconds(as_of))
        Section.update(outdated_at=outdated_at, previews_next=shown).where(
            Section.id == self.id
        ).execute()

    @classmethod
    def preview_next(cls, which: Any, as_of: datetime | None) -> int:
        """These sections show what would change before they save it again (Y14).

        From what is known of their district, as of that moment; returns how many they are.
        """
        known = to_microseconds(as_of) if as_of else None
        follows = which & cls.archived_at.is_null() & cls.mode.in_(FOLLOWING)
        told = {"previews_next": True, "outdated_at": fn.COALESCE(cls.outdated_at, known)}
        count: int = cls.update(**told).where(follows).execute()
        return count

    @classmethod
    def of_district(cls, connection: DistrictConnection) -> Any:
        """That a section is of a class there: a condition."""
        return (cls.provider == connection.provider) & (
            cls.district_sourced_id == connection.district_sourced_id
        )

    def lose_class(self, now: datetime, as_of: datetime, by_mirror: bool) -> None:
        """Its class was deleted, or is shared no longer (F24). Call inside a transaction."""
        at = to_microseconds(as_of)
        outdated_at = _caught_up(at) if by_mirror else _ahead(at)
        Section.update(class_gone_at=now, outdated_at=outdated_at).where(
            Section.id == self.id
        ).execute()

    def revise_teachers(self, roster_class: ClassRecord, now: datetime) -> None:
        """Make the teachers those of the provider's list (Y11). Call inside a transaction."""
        main = roster_class.main_teacher_sourced_id
        listed = [
            (sourced_id, int(sourced_id == main))
            for sourced_id in dict.fromkeys(roster_class.teacher_sourced_ids)
        ]
        item, parameter = rows(listed)
        execute(
            _TEACHERS_LISTED.format(rows=item), (self.id, self.provider, self.issuer, parameter)
        )
        execute(_TEACHERS_GONE.format(rows=item), (to_microseconds(now), self.id, parameter))


class SectionTeacher(BaseModel):
    """Someone the provider lists as a teacher of the class; the account is filled in when known.

    `put_off_at` is when they were asked what becomes of the section now that its class is over,
    and left it as it is (N9).
    """

    section = ForeignKeyField(Section, backref="section_teachers", on_delete="CASCADE")
    sourced_id = CharField(max_length=64)
    account = ForeignKeyField(Account, null=True, on_delete="SET NULL")
    is_main = BooleanField(default=False)
    ended_at = UtcDateTimeField(null=True)
    put_off_at = UtcDateTimeField(null=True)

    class Meta:
        table_name = "section_teachers"

    @classmethod
    def put_off(cls, account: Account, sections: Collection[Section], now: datetime) -> None:
        """Ask this person no more about these. Call inside a transaction."""
        cls._asked(account, sections, cls.update(put_off_at=now)).execute()

    @classmethod
    def any_to_ask(cls, account: Account, sections: Collection[Section]) -> bool:
        """Whether this person has not yet said what becomes of one of these."""
        unasked = cls._asked(account, sections, cls.select()).where(cls.put_off_at.is_null())
        return bool(sections) and bool(unasked.exists())

    @classmethod
    def _asked(cls, account: Account, sections: Collection[Section], query: Any) -> Any:
        keys = [section.id for section in sections]
        return query.where((cls.account == account) & cls.section.in_(keys))

    @classmethod
    def listed(cls, section: Section) -> set[tuple[str, bool]]:
        """The ids of the section's teachers of today, and whether each is the main one."""
        found = cls.select(cls.sourced_id, cls.is_main).where(
            (cls.section == section) & cls.ended_at.is_null()
        )
        return {(sourced_id, bool(is_main)) for sourced_id, is_main in tuples_of(found)}

    @classmethod
    def account_ids(cls, section: Section) -> frozenset[int]:
        """The keys of the accounts that teach the section today."""
        found = cls.select(cls.account).where(
            (cls.section == section) & cls.ended_at.is_null() & cls.account.is_null(False)
        )
        return frozenset(key for (key,) in tuples_of(found))

    @classmethod
    def claim(cls, linked: LinkedAccount) -> None:
        """Give a person who has just arrived the sections that list them (Y11).

        They had another account's before, if the identity was that one's: it is theirs no longer.
        """
        theirs = Section.select(Section.id).where(
            (Section.provider == linked.provider) & (Section.issuer == linked.issuer)
        )
        cls.update(account=linked.account_id).where(
            (cls.sourced_id == linked.sourced_id)
            & (cls.account.is_null() | (cls.account != linked.account_id))
            & cls.section.in_(theirs)
        ).execute()

    @classmethod
    def release(cls, linked: LinkedAccount) -> None:
        """Take back the sections that this identity gave, but for those the account made itself."""
        theirs = Section.select(Section.id).where(
            (Section.provider == linked.provider)
            & (Section.issuer == linked.issuer)
            & (Section.created_by.is_null() | (Section.created_by != linked.account_id))
        )
        cls.update(account=None).where(
            (cls.sourced_id == linked.sourced_id)
            & (cls.account == linked.account_id)
            & cls.section.in_(theirs)
        ).execute()


SectionTeacher.add_index(
    SectionTeacher.index(
        SectionTeacher.section,
        SectionTeacher.sourced_id,
        unique=True,
        name="section_teachers_once",
    )
)
Section.add_index(
    Section.index(
        Section.provider, Section.issuer, Section.class_sourced_id, name="sections_by_class"
    )
)

Section.add_index(
    Section.index(
        Section.created_by,
        Section.idempotency_key,
        unique=True,
        where=Section.idempotency_key.is_null(False),
        name="sections_one_per_click",
    )
)


def _matched(
    outdated_at: Any, key: Any, now: Any, fence: Any, changes: Any, **of_class: Any
) -> Any:
    return Section.update(
        class_gone_at=None,
        checked_at=now,
        outdated_at=outdated_at,
        last_fence=fence,
        roster_version=Section.roster_version + changes,
        previews_next=False,
        name=Case(None, [(Section.own_name, Section.name)], of_class["class_name"]),
        **of_class,
    ).where(Section.id == key)


def _caught_up(as_of: Any) -> Any:
    """Up to date, unless something younger than the mirror that was read is known already."""
    return Case(None, [(Section.outdated_at <= as_of, None)], Section.outdated_at)


def _ahead(as_of: Any) -> Any:
    """To be compared with the mirror, as soon as that is younger than this read of the provider.

    What the provider says between two reads of a district, and takes back, would stay for ever.
    """
    of_no_district = Section.district_sourced_id == ""
    younger = Section.outdated_at > as_of
    return Case(None, [(of_no_district, None), (younger, Section.outdated_at)], as_of)


_VISIBLE = Prepared(
    lambda account, public_id: Section.visible_to(account).where(Section.public_id == public_id)
)
_BY_KEY = Prepared(lambda key: Section.select().where(Section.id == key))
_LOCKED = Prepared(
    lambda key: (
        Section.select().where(Section.id == key).for_update()
        if is_postgresql()
        else Section.select().where(Section.id == key)
    )
)
_ROSTER_CHANGED = Prepared(
    lambda key: Section.update(roster_version=Section.roster_version + 1).where(Section.id == key)
)
_NEXT_FENCE = Prepared(
    lambda key: (
        Section.update(next_fence=Section.next_fence + 1)
        .where(Section.id == key)
        .returning(Section.next_fence)
    )
)
_MATCH_MIRROR = Prepared(lambda as_of, **columns: _matched(_caught_up(as_of), **columns))
_MATCH_PROVIDER = Prepared(lambda as_of, **columns: _matched(_ahead(as_of), **columns))
# Whoever disconnected the provider's sign-in goes on teaching the class that still lists them.
_TEACHERS_LISTED = """
    INSERT INTO section_teachers (section_id, sourced_id, is_main, account_id)
    SELECT ?, r.value->>0, CAST(r.value->>1 AS INTEGER) = 1, (
      SELECT l.account_id FROM linked_accounts l
      WHERE l.sourced_id = r.value->>0 AND l.provider = ? AND l.issuer = ?)
    FROM {rows}
    WHERE true
    ON CONFLICT (section_id, sourced_id) DO UPDATE
    SET is_main = excluded.is_main, ended_at = NULL,
      account_id = COALESCE(excluded.account_id, section_teachers.account_id)
"""
_TEACHERS_GONE = """
    UPDATE section_teachers SET ended_at = ?
    WHERE section_id = ? AND ended_at IS NULL
      AND sourced_id NOT IN (SELECT r.value->>0 FROM {rows})
"""


def _class_columns(roster_class: ClassRecord) -> dict[str, str]:
    return {
        "class_name": roster_class.name,
        "school_sourced_id": roster_class.school_sourced_id,
        "grade": roster_class.grade,
        "subject": roster_class.subject,
        "period": roster_class.period,
    }


def _term_columns(term: TermRecord | None) -> dict[str, Any]:
    if term is None:
        return {}
    return {
        "term_name": term.name,
        "term_starts_on": term.starts_on,
        "term_ends_on": term.ends_on,
    }
