"""A list's history: 2,000 runs with 50,000 changes beside 20 runs with 500 (issue 5).

Both sections are in one database and have one teacher. The pages are asked in turn, a batch of
each, so that they all see the same machine. Of the runs one in ten changed the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from bench.http_load import Asker
from bench.table import Line, milliseconds
from bench.timing import p50, p95
from portal import clock, database
from portal.models.accounts import Account
from portal.models.base import new_public_id
from portal.models.sections import Section
from portal.models.syncs.sync_changes import ChangeKind
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun, new_reference
from tests.faults.teaching import Teacher
from tests.portal_stack import RunningPortal, running_portal
from tests.servers import running_valkey

FEW, MANY = 20, 2_000
CHANGES_A_RUN = 25  # On the average.
ONE_IN = 10
STUDENTS = 250
BATCHES, BATCH = 20, 5
ADDED = ("run_id", "account_id", "sourced_id", "kind", "given_name", "family_name")


@dataclass
class Page:
    """One page of one section's teacher, and how long each answer took."""

    asker: Asker
    took: list[float] = field(default_factory=list)


def of_a_list(folder: Path, database_url: str = "") -> Iterator[Line]:
    with running_valkey() as valkey, running_portal(folder, valkey.url, database_url) as portal:
        teacher, sections = _sections(portal)
        with portal.tables():
            for size, section in sections.items():
                _fill(section, size)
            database.execute("ANALYZE")
            pages = {size: _pages(teacher, section) for size, section in sections.items()}
        for _ in range(BATCHES):
            for of_size in pages.values():
                for page in of_size.values():
                    page.took += page.asker.seconds(BATCH)
        teacher.close()
        yield from _compared(pages)


def _compared(pages: Mapping[int, Mapping[str, Page]]) -> Iterator[Line]:
    for what, page in pages[MANY].items():
        floor = pages[FEW][what].took
        name = f"{MANY:,} runs, {what}"
        yield milliseconds(f"{name}, p50; floor: of {FEW}", p50(page.took), p50(floor), "2x")
        yield milliseconds(f"{name}, p95; floor: of {FEW}", p95(page.took), p95(floor))


def _sections(portal: RunningPortal) -> tuple[Teacher, dict[int, Section]]:
    cast = portal.sandbox.add_district(
        "Bench USD", schools=1, teachers=1, sections=2, students_per_section=STUDENTS
    )
    teacher = Teacher(portal.url, portal.sandbox)
    teacher.sign_in(*cast.teachers.values())
    with portal.tables():
        made = [teacher.has_a_section(key) for key in cast.sections.values()]
    return teacher, dict(zip((FEW, MANY), made, strict=True))


def _fill(section: Section, count: int) -> None:
    """Runs of as many hours, the last an hour ago; each tenth has all the changes of its ten."""
    now = clock.now()
    runs = [_run(section, now - timedelta(hours=count - number), number) for number in range(count)]
    for start in range(0, count, 500):
        SyncRun.insert_many(runs[start : start + 500]).execute()
    changing = SyncRun.select(SyncRun.id).where(
        (SyncRun.section == section) & (SyncRun.removed_count > 0)
    )
    students = [enrolled.account for enrolled in section.enrollments.limit(STUDENTS)]
    for run in changing:
        database.insert_many("sync_changes", (*ADDED, *DEFAULTS), _changes(run, students))


DEFAULTS: Mapping[str, object] = {
    "moved_to": "",
    "given_name_before": "",
    "family_name_before": "",
    "grade_before": "",
    "grade": "7",
    "had_place": True,
}


def _run(section: Section, at: object, number: int) -> dict[str, object]:
    changes = 0 if number % ONE_IN else ONE_IN * CHANGES_A_RUN
    return {
        "section": section,
        "source": RunSource.NIGHTLY,
        "state": RunState.DONE,
        "requested_at": at,
        "started_at": at,
        "finished_at": at,
        "public_id": new_public_id(),
        "reference": new_reference(),
        "removed_count": changes,
        "count_before": STUDENTS,
        "count_after": STUDENTS - changes,
    }


def _changes(run: SyncRun, students: Sequence[Account]) -> list[tuple[object, ...]]:
    return [
        (
            run.id,
            each.id,
            f"s{each.id}",
            ChangeKind.REMOVED,
            each.given_name,
            each.family_name,
            *DEFAULTS.values(),
        )
        for each in students
    ]


def _pages(teacher: Teacher, section: Section) -> dict[str, Page]:
    cookies = "; ".join(f"{name}={value}" for name, value in teacher.client.cookies.items())
    history, head = (
        f"{teacher.portal_url}/sections/{section.public_id}/history",
        {"Cookie": cookies},
    )
    runs = SyncRun.select().where(SyncRun.section == section).order_by(SyncRun.id)
    run = runs.where(SyncRun.removed_count > 0).first()
    middle = runs[len(runs) // 2]
    return {
        "newest page": Page(Asker(history, head)),
        "late page": Page(Asker(f"{history}?older={middle.public_id}", head)),
        "only with changes": Page(Asker(f"{history}?show=changes", head)),
        "one run": Page(Asker(f"{teacher.portal_url}/roster-syncs/{run.public_id}", head)),
    }
