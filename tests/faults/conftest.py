"""Ms Rivera at the whole portal, which one test after the other breaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from portal.models.sections import Section
from tests.faults.parts import Stack
from tests.faults.teaching import Teacher
from tests.sandbox_clever import Cast, RunningSandbox


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
