"""A section as its school's admin reads it: who teaches it, its last runs, what waits (AD1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.models.accounts import Account
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.histories import shown_runs
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import SyncRun

RUNS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class SectionReport:
    """`runs` are the last ones, the newest first; `run` is the one in flight, else the newest."""

    section: Section
    teachers: tuple[Account, ...]
    student_count: int
    run: SyncRun | None
    runs: tuple[SyncRun, ...]
    holds: tuple[Hold, ...]

    @property
    def has_changes(self) -> bool:
        """Whether Clever has told of a change since the newest run began to read."""
        outdated_at, run = self.section.outdated_at, self.run
        began = run.started_at if run else None
        return bool(outdated_at and not (began and outdated_at <= began))

    @classmethod
    def of(cls, section: Section, now: datetime) -> SectionReport:
        runs = shown_runs(section).order_by(SyncRun.id.desc())
        return cls(
            section,
            tuple(_teachers(section)),
            Enrollment.count(section),
            SyncRun.latest(section),
            tuple(runs.limit(RUNS_SHOWN)),
            tuple(Hold.questions(section, now)),
        )


def _teachers(section: Section) -> list[Account]:
    """Those with an account here, the main teacher first."""
    listed = (
        Account.select()
        .join(SectionTeacher, on=(SectionTeacher.account == Account.id))
        .where((SectionTeacher.section == section) & SectionTeacher.ended_at.is_null())
    )
    return list(listed.order_by(SectionTeacher.is_main.desc(), Account.sort_name, Account.id))
