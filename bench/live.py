"""The whole portal with one class, and its teacher signed in, as both are in production."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from portal import database
from portal.models.sections import Section
from tests.faults.teaching import Teacher
from tests.portal_stack import RunningPortal, running_portal
from tests.servers import running_valkey

ROSTER = 30


@dataclass(frozen=True)
class Live:
    """A portal of real processes; its tables are open in this one too."""

    portal: RunningPortal
    teacher: Teacher
    section: Section
    redis_url: str


@contextmanager
def live_portal(folder: Path) -> Iterator[Live]:
    """gunicorn, two workers, the scheduler, Valkey, and a Clever that answers at once."""
    with running_valkey() as valkey, running_portal(folder, valkey.url) as portal:
        cast = portal.sandbox.add_district(
            "Bench USD", schools=1, teachers=1, sections=1, students_per_section=ROSTER
        )
        database.init(portal.env["DATABASE_URL"])
        teacher = Teacher(portal.url, portal.sandbox)
        teacher.sign_in(*cast.teachers.values())
        section = teacher.has_a_section(*cast.sections.values())
        yield Live(portal, teacher, section, valkey.url)
        teacher.close()
        database.close()
