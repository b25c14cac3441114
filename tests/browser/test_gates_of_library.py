"""What Clever Library and plans add to the pages passes every gate."""

from __future__ import annotations

from tests.browser.conftest import NewDevice
from tests.browser.gates import Gates
from tests.browser.library import (
    MATH,
    SCIENCE,
    class_id,
    her_day_is_over,
    signs_in,
    updates_her_classes,
)
from tests.browser.teaching import create_section, pick, sync


def test_the_pages_of_a_library_teacher(new_device: NewDevice, gates: Gates) -> None:
    helen = new_device()
    signs_in(helen)
    helen.open("/clever/classes")
    gates.visit(helen, "Clever Library, nothing read yet")
    helen.open("/clever/schools")
    gates.visit(helen, "Clever Library, schools")
    updates_her_classes(helen)
    helen.open("/clever/classes")
    gates.visit(helen, "Clever Library, classes with a co-teacher")
    helen.open("/sections/new/clever")
    gates.visit(helen, "picker of Clever Library")
    pick(helen, MATH)
    gates.visit(helen, "details of a class with another teacher")

    assert gates.passed()


def test_when_her_token_is_gone(new_device: NewDevice, gates: Gates) -> None:
    helen = new_device()
    signs_in(helen)
    create_section(helen, SCIENCE)
    helen.open("/dashboard")
    helen.follow(f"Manage students {SCIENCE}")
    her_day_is_over(helen)
    sync(helen)
    gates.visit(helen, "a section that waits for her to sign in")
    helen.open("/dashboard")
    gates.visit(helen, "dashboard with a section that waits for her")
    helen.open("/sections/new/clever")
    gates.visit(helen, "picker that waits for her", status=503)

    assert gates.passed()


def test_a_library_teacher_without_classes(new_device: NewDevice, gates: Gates) -> None:
    helen = new_device()
    for name in (SCIENCE, MATH):
        helen.sandbox.delete(class_id(helen, name))
    signs_in(helen)
    helen.open("/sections/new/clever")
    gates.visit(helen, "no class in Clever Library")

    assert gates.passed()


def test_who_sees_all_teachers(new_device: NewDevice, gates: Gates) -> None:
    maria, pat = new_device(), new_device()
    maria.sign_in("Maria Rivera")
    maria.portal.flask("districts", maria.sandbox.cast().id)
    pat.sign_in("Pat Lowell")
    pat.open("/district/subscription")
    gates.visit(pat, "nobody is named")
    pat.press("Find")
    gates.visit(pat, "a search for nobody", status=422)
    pat.page.get_by_label("Name of somebody on your staff").fill("Rivera")
    pat.press("Find")
    gates.visit(pat, "somebody found")
    pat.page.get_by_role("button", name="Name Maria Rivera").click()
    gates.visit(pat, "somebody named")

    assert gates.passed()
