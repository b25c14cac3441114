"""One whole portal for each database, broken by one test after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from portal import database as portal_database
from portal.models.sections import Section
from tests.faults.parts import KillableValkey, Stack
from tests.faults.teaching import Teacher
from tests.portal_stack import running_portal
from tests.sandbox_clever import Cast, RunningSandbox
from tests.servers import valkey_folder

DATABASES = [
    pytest.param(name, marks=pytest.mark.xdist_group(f"stack-{name}"))
    for name in ("sqlite", "postgresql")
]


@pytest.fixture(scope="session", params=DATABASES)
def running_stack(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """Two gunicorn workers, two RQ workers, the scheduler, a Valkey and a sandbox Clever."""
    url = ""
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create("faults", template="migrated")
    folder = tmp_path_factory.mktemp("stack")
    with valkey_folder() as server:
        valkey = KillableValkey(server)
        valkey.start()
        with running_portal(
            folder, server.url, url, CLEVER_PAGE_SIZE="100", LOG_LEVEL="DEBUG"
        ) as portal:
            yield Stack(portal, valkey)
        valkey.kill()


@pytest.fixture
def stack(running_stack: Stack) -> Iterator[Stack]:
    """The portal whole and empty; its tables are open in this process."""
    running_stack.mend()
    portal_database.init(running_stack.database_url)
    yield running_stack
    portal_database.close()


@pytest.fixture
def sandbox(stack: Stack) -> RunningSandbox:
    return stack.portal.sandbox


@pytest.fixture
def cast(sandbox: RunningSandbox) -> Cast:
    return sandbox.cast()


@pytest.fixture
def new_teacher(stack: Stack) -> Iterator[Callable[[str], Teacher]]:
    """Signs a person in, in a browser of their own."""
    with ExitStack() as browsers:

        def sign_in(person_id: str) -> Teacher:
            teacher = Teacher(stack.portal.url, stack.portal.sandbox)
            browsers.callback(teacher.client.close)
            teacher.sign_in(person_id)
            return teacher

        yield sign_in


@pytest.fixture
def maria(new_teacher: Callable[[str], Teacher], cast: Cast) -> Teacher:
    """Ms Rivera, signed in."""
    return new_teacher(cast.teachers["Maria Rivera"])


@pytest.fixture
def algebra(maria: Teacher, cast: Cast) -> Section:
    """Her section of 26, in step with Clever."""
    section = maria.has_a_section(cast.sections["Algebra I - Period 3"])
    maria.sandbox.forget_requests()
    return section


@pytest.fixture
def band(maria: Teacher, cast: Cast) -> Section:
    """Her section of 250 in three pages; since its sync one student left and another one came."""
    section = maria.has_a_section(cast.sections["Band - All Grades"])
    students = maria.sandbox.student_ids(section.class_sourced_id)
    maria.sandbox.withdraw(section.class_sourced_id, students[0])
    maria.sandbox.enrol_new(section.class_sourced_id, "Wilhelmina", "Canarybird")
    maria.sandbox.forget_requests()
    return section
