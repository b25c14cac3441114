"""The use case: sections are made from classes, each with its teachers and its first sync (N4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal import archiving, clock
from portal.database import write
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.roster.records import ClassRecord, TermRecord


@dataclass(frozen=True, slots=True)
class NewSection:
    """What a teacher asks for; `continues` is her section of an earlier term (N9)."""

    roster_class: ClassRecord
    term: TermRecord | None
    name: str
    course_slug: str = ""
    continues: Section | None = None


def start(
    teacher: Account, identity: LinkedAccount, new: NewSection, key: str | None, now: datetime
) -> SyncRun:
    """The first run of a new section, which has nobody in it yet. Call inside a transaction."""
    section = Section.start(
        teacher,
        new.roster_class,
        new.term,
        name=new.name,
        course_slug=new.course_slug,
        provider=identity.provider,
        issuer=identity.issuer,
        created_at=now,
        **_carried_over(new.continues),
    )
    run: SyncRun = SyncRun.create(
        section=section,
        source=RunSource.FIRST,
        started_by=teacher,
        idempotency_key=key,
        requested_at=now,
    )
    AuditEvent.record(now, teacher.public_id, "section.created", section.public_id)
    return run


def start_all(
    identity: LinkedAccount,
    news: Sequence[NewSection],
    key: str,
    archived: Sequence[Section] = (),
) -> RosterUpdate:
    """All of these, and what they take the place of put away, or nothing of it (N6, N9).

    The same form sent again gets what it got before. The answer follows their first syncs.
    """
    teacher = identity.account

    def step() -> RosterUpdate:
        now = clock.now()
        teacher.lock()  # The same form sent twice at once is one.
        made = RosterUpdate.of_click(teacher, key)
        if made is not None:
            return made
        runs = [start(teacher, identity, new, None, now) for new in news]
        for section in archived:
            archiving.put_away(section, teacher, now)
        return RosterUpdate.of_first_syncs(teacher, key, runs, now)

    return write(step)


def _carried_over(before: Section | None) -> dict[str, object]:
    return {"continues": before, "mode": before.mode} if before else {}
