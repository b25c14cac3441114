"""The Students tab of a district admin: 20,000 and 200,000 students beside 900 (issue 4).

All three districts are in one database. Each page is asked in turn, a batch of each, so that
they all see the same machine: the first page, one in the middle, and a search.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from bench.http_load import Asker
from bench.shared_district import share
from bench.table import Line, milliseconds
from bench.timing import p50, p95
from portal import database
from portal.roster.sharing import StudentListing
from tests.faults.teaching import Teacher
from tests.portal_stack import RunningPortal, running_portal
from tests.servers import running_valkey

SIZES = (900, 20_000, 200_000)
BATCHES, BATCH = 20, 5
STUDENTS = "/clever/students"


@dataclass
class Page:
    """One page of one district's admin, and how long each answer took."""

    asker: Asker
    took: list[float] = field(default_factory=list)


def of_students(folder: Path, database_url: str = "") -> Iterator[Line]:
    with running_valkey() as valkey, running_portal(folder, valkey.url, database_url) as portal:
        districts = {size: _pages(portal, size) for size in SIZES}
        _settle(portal)
        for _ in range(BATCHES):
            for pages in districts.values():
                for page in pages.values():
                    page.took += page.asker.seconds(BATCH)
        yield from _compared(districts)


def _compared(districts: Mapping[int, Mapping[str, Page]]) -> Iterator[Line]:
    least, *larger = SIZES
    for size in larger:
        goal = "2x" if size == larger[0] else ""
        for what, page in districts[size].items():
            floor = districts[least][what].took
            name = f"{size:,} students, {what}"
            yield milliseconds(f"{name}, p95; floor: of {least}", p95(page.took), p95(floor), goal)
            yield milliseconds(f"{name}, p50; floor: of {least}", p50(page.took), p50(floor))


def _pages(portal: RunningPortal, size: int) -> dict[str, Page]:
    """An admin of a new district of this size, and what she opens."""
    cast = portal.sandbox.add_district(
        f"Bench {size}", schools=1, teachers=1, sections=1, students_per_section=1
    )
    (admin_id,) = cast.teachers.values()
    role = {"legacy_id": f"64a{size:021}", "title": "Clever admin"}
    portal.sandbox.edit(admin_id, roles={"district_admin": role, "teacher": None})
    with portal.tables():
        students = share(cast.id, cast.name, size)
    admin = Teacher(portal.url, portal.sandbox)
    admin.sign_in(admin_id)
    return _asked_for(admin, sorted(students, key=_by_name))


def _asked_for(admin: Teacher, students: list[StudentListing]) -> dict[str, Page]:
    middle = students[len(students) // 2]
    wanted = f"{middle.record.given_name} {middle.record.family_name}"
    search = urlencode({"csrf_token": admin.csrf_token(), "search": wanted})
    cookies = "; ".join(f"{name}={value}" for name, value in admin.client.cookies.items())
    first, head = f"{admin.portal_url}{STUDENTS}", {"Cookie": cookies}
    return {
        "first page": Page(Asker(first, head)),
        "late page": Page(Asker(f"{first}?after={middle.sourced_id}", head)),
        "search by name": Page(Asker(first, head, search)),
        "search by number": Page(
            Asker(first, head, search.rpartition("=")[0] + f"={middle.record.sis_id}")
        ),
    }


def _by_name(student: StudentListing) -> tuple[str, str]:
    return student.record.family_name, student.record.given_name


def _settle(portal: RunningPortal) -> None:
    """What autovacuum does within a minute of such a load."""
    with portal.tables():
        database.execute("ANALYZE")
