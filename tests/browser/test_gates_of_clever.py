"""Every state of the Clever page passes every gate."""

from __future__ import annotations

import pytest

from tests.browser.clever_page import read_district
from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.own_classes import PICTURES, make_class
from tests.browser.teaching import ALGEBRA, create_section
from tests.portal_stack import RunningPortal

TABS = ("schools", "teachers", "classes", "students")
STATES = {
    "pending": "state = 'pending'",
    "error": "state = 'error'",
    "running": "state = 'running'",
    "paused": "state = 'paused'",
    "paused until": "pause_starts_on = '2020-01-01', pause_ends_on = '2999-08-10'",
    "nothing known": "state = '', name = '', contact_name = '', records_at = NULL, read_at = NULL",
    "left": "revoked_at = 1",
}
HOLD = """
    INSERT INTO sharing_holds (public_id, connection_id, school_sourced_id, state, student_count,
      students_before, class_count, classes_before, enrollment_count, enrollments_before, digest,
      since, until, created_at, expires_at)
    SELECT 'hold' || id, id, '', 'waiting', 1, 1, 1, 1, 1, 1, '', 1, 1, 1, 4102444800000000
    FROM district_connections
"""


@pytest.fixture
def read(portal: RunningPortal) -> str:
    """Lincoln, read whole: its id."""
    district = portal.sandbox.cast().id
    read_district(portal, district)
    return district


def test_the_tabs_of_a_teacher(read: str, maria: Device, gates: Gates) -> None:
    create_section(maria)
    for tab in TABS:
        maria.open(f"/clever/{tab}")
        gates.visit(maria, f"{tab} of a teacher")
    maria.follow("Next")
    gates.visit(maria, "the second page of students")
    maria.page.get_by_label("Find a student").fill("a")
    maria.press("Find")
    gates.visit(maria, "students that were found")
    maria.press("Next")
    gates.visit(maria, "more students that were found")
    maria.page.get_by_label("Find a student").fill("Nobody")
    maria.press("Find")
    gates.visit(maria, "no student was found")

    assert gates.passed()


@pytest.mark.parametrize("name", ["Ruth Kim", "Pat Lowell"])
def test_the_tabs_of_an_admin(read: str, new_device: NewDevice, gates: Gates, name: str) -> None:
    admin = new_device()
    admin.sign_in(name)
    for tab in TABS:
        admin.open(f"/clever/{tab}")
        gates.visit(admin, f"{tab} of {name}")

    assert gates.passed()


def test_hiding_classes(read: str, maria: Device, gates: Gates) -> None:
    create_section(maria)
    maria.open("/clever/classes")
    maria.press("Hide the ticked classes")
    gates.visit(maria, "nothing is ticked", status=422)
    maria.page.get_by_role("button", name=f"Hide {ALGEBRA}").click()
    gates.visit(maria, "asked about a section")
    maria.press("Hide 1 class")
    gates.visit(maria, "hidden")
    maria.follow("Hidden (1)")
    gates.visit(maria, "hidden classes")
    maria.open("/sections/new/clever")
    gates.visit(maria, "picker with a hidden class")

    assert gates.passed()


def test_what_is_shared_about_a_student(
    read: str, maria: Device, portal: RunningPortal, gates: Gates
) -> None:
    create_section(maria)
    maria.open("/clever/students")
    maria.follow("Ada Byrne")
    gates.visit(maria, "a student in a section")
    student = maria.path
    make_class(maria, PICTURES, "Ben Cole")
    maria.open(student)
    gates.visit(maria, "a student, and another section")
    maria.press("Put into this section")
    gates.visit(maria, "a student in another section")
    maria.follow("Sunflowers")
    gates.visit(maria, "the other section")
    maria.open(student)
    portal.execute("UPDATE enrollments SET ended_at = 1600000000000000")
    maria.page.reload()
    gates.visit(maria, "a student who left")
    portal.execute("UPDATE shared_students SET sis_id = '1'")
    maria.open("/clever/students")
    maria.page.get_by_label("Find a student").fill("zoe nunez")
    maria.press("Find")
    maria.follow("Zoë Núñez")
    gates.visit(maria, "a student with a number of many")
    maria.open("/clever/students/64b0000000000000000000ff")
    gates.visit(maria, "nobody", status=404)

    assert gates.passed()


def test_how_the_district_is_doing(
    read: str, maria: Device, portal: RunningPortal, gates: Gates
) -> None:
    for name, columns in STATES.items():
        portal.execute(f"UPDATE district_connections SET {columns}")
        maria.open("/clever/classes")
        gates.visit(maria, f"district, {name}")
    portal.execute("UPDATE district_connections SET revoked_at = NULL")
    portal.execute(HOLD)
    maria.open("/clever/classes")
    gates.visit(maria, "district, on hold here")
    portal.execute("DELETE FROM district_connections")
    maria.open("/clever/classes")
    gates.visit(maria, "district, not known")

    assert gates.passed()


def test_a_tab_with_nothing_to_show(
    read: str, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    teacher = new_device()
    teacher.sign_in("Beatriz Núñez")
    for table in ("schools", "teachers", "classes", "students"):
        portal.execute(f"UPDATE shared_{table} SET unshared_at = 1")
    for tab in TABS:
        teacher.open(f"/clever/{tab}")
        gates.visit(teacher, f"no {tab}")

    assert gates.passed()
