"""The use case: sections are made from classes, each with its teachers and its first sync (N4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from portal import archiving, clock
from portal.database import write
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.sections import Section, SectionMode, SectionTeacher
from portal.models.syncs.roster_updates import RosterUpdate
from portal.models.syncs.sync_runs import RunSource, SyncRun
from portal.roster.records import ClassRecord, TermRecord


@dataclass(frozen=True, slots=True)
class NewSection:
    """What a teacher asks for; `continues` is her section of an earlier term (N9)."""

    identity: LinkedAccount
    roster_class: ClassRecord
    term: TermRecord | None
    name: str
    course_slug: str = ""
    continues: Section | None = None


def start(teacher: Account, new: NewSection, key: str | None, now: datetime) -> SyncRun:
    """The first run of a new section, which has nobody in it yet. Call inside a transaction."""
    section = Section.start(
        teacher,
        new.roster_class,
        new.term,
        name=new.name,
        course_slug=new.course_slug,
        provider=new.identity.provider,
        issuer=new.identity.issuer,
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


def start_all(teacher: Account, news: Sequence[NewSection], key: str) -> RosterUpdate:
    """All of these, or none; the answer follows their first syncs (N6).

    The same form sent again gets what it got before.
    """
    return write(lambda: _made_before(teacher, key) or _start(teacher, news, key, clock.now()))


def roll_over(
    teacher: Account,
    news: Sequence[NewSection],
    key: str,
    archived: Sequence[Section],
    kept: Sequence[Section],
) -> RosterUpdate | None:
    """The same, and what they take the place of put away; None when nothing new is made (N9).

    Nobody is asked again about what they kept.
    """

    def step() -> RosterUpdate | None:
        made, now = _made_before(teacher, key), clock.now()
        if made is not None:
            return made
        away = [section for section in archived if archiving.put_away(section, now)]
        SectionTeacher.put_off(teacher, kept, now)
        begun = _start(teacher, news, key, now) if news else None
        archiving.tell(away, teacher, now)
        AuditEvent.record(
            now, teacher.public_id, "term.rolled_over", "", archived=len(away), added=len(news)
        )
        return begun

    return write(step)


def _made_before(teacher: Account, key: str) -> RosterUpdate | None:
    """Two forms at once wait for each other here: the same one sent twice is one."""
    teacher.lock()
    return RosterUpdate.of_click(teacher, key)


def _start(teacher: Account, news: Sequence[NewSection], key: str, now: datetime) -> RosterUpdate:
    runs = [start(teacher, new, None, now) for new in news]
    return RosterUpdate.of_first_syncs(teacher, key, runs, now)


def _carried_over(before: Section | None) -> dict[str, object]:
    """How far it follows Clever; a pause ends with its term, or nobody would ever be added."""
    if before is None:
        return {}
    mode = SectionMode.FULL if before.mode == SectionMode.PAUSED else before.mode
    return {"continues": before, "mode": mode}
