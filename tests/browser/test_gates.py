"""Every page and state passes every gate: axe, the Nu checker, focus, small windows, memory."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import CHROMEBOOK, Gates, part_at
from tests.browser.teaching import (
    ALGEBRA,
    COURSE,
    TWIN,
    choose_class,
    class_id,
    create_section,
    finished,
    panel,
    pick,
    save,
    sync,
)
from tests.portal_stack import RunningPortal

PROBLEMS = (
    "cancelled",
    "used_code",
    "cookies",
    "not_shared",
    "clever_down",
    "refused",
    "unsupported_role",
    "signed_out",
    "taken_apart",
    "ended_elsewhere",
)
REASONS = (
    "not_answering",
    "down",
    "slow_down",
    "reconnect",
    "not_shared",
    "class_gone",
    "district_paused",
    "unusable_answer",
    "refused_answer",
    "teacher_removed",
    "storage",
    "unexpected",
)
SAME_NUMBER = """
    UPDATE linked_accounts SET student_number = 'S1' WHERE account_id IN
    (SELECT account_id FROM enrollments ORDER BY id LIMIT 2)
"""
NEVER = 4_102_444_800_000_000  # microseconds: in the year 2100 no test runs any more


def test_pages_for_everybody(new_device: NewDevice, gates: Gates) -> None:
    visitor = new_device()
    for path in ("/sign-in", "/help", "/privacy"):
        visitor.open(path)
        gates.visit(visitor, path)
    for problem in PROBLEMS:
        visitor.open(f"/sign-in?problem={problem}")
        gates.visit(visitor, f"sign-in, {problem}")
    visitor.open("/nowhere")
    gates.visit(visitor, "404", status=404)
    visitor.open("/sign-out")
    gates.visit(visitor, "405", status=405)
    visitor.open("/sign-in/clever/callback?state=unknown&code=unknown")
    gates.visit(visitor, "a callback of nobody", status=400)

    assert gates.passed()


def test_the_way_to_a_section(maria: Device, gates: Gates) -> None:
    gates.visit(maria, "empty dashboard")
    maria.follow("Create a section")
    gates.visit(maria, "login types, as a dialog")
    for path in ("/sections/new", "/sections/new?login_type=email", "/sections/new/clever"):
        maria.open(path)
        gates.visit(maria, path)
    maria.press("Choose section")
    gates.visit(maria, "picker, nothing chosen", status=422)
    for word in ("algebra", "zzz"):
        maria.page.get_by_label("Find a class").fill(word)
        maria.press("Find")
        gates.visit(maria, f"picker, looked for {word}")

    assert gates.passed()


def test_the_questions_and_the_details(maria: Device, gates: Gates) -> None:
    maria.open("/sections/new/clever")
    for class_name in (TWIN, "Coding Basics - Period 6", "Science Lab - Period 5"):
        pick(maria, class_name)
        gates.visit(maria, f"question about {class_name}")
        maria.follow("Go back to the list")
    pick(maria, ALGEBRA)
    gates.visit(maria, "details")
    maria.page.get_by_label("Section name").fill(" ")
    maria.press("Save")
    gates.visit(maria, "details without a name", status=422)
    maria.page.get_by_label("Section name").fill("Algebra for all")
    save(maria)
    finished(maria.page)
    gates.visit(maria, "ready")
    maria.open(f"/sections/new/clever/question?class={class_id(maria)}")
    gates.visit(maria, "question about a class that is a section")
    maria.follow("Make another section")
    gates.visit(maria, "details of a second section")

    assert gates.passed()


def test_the_picker_with_nothing_to_show(new_device: NewDevice, gates: Gates) -> None:
    teacher = new_device()
    teacher.sign_in("Beatriz Núñez")
    teacher.open("/sections/new/clever")
    gates.visit(teacher, "picker without classes")
    teacher.sandbox.fail_next("401", times=9)
    teacher.open("/sections/new/clever")
    gates.visit(teacher, "picker, to be reconnected", status=503)
    teacher.sandbox.revoke(teacher.sandbox.cast().id)
    teacher.open("/sections/new/clever")
    gates.visit(teacher, "picker, not shared", status=503)

    assert gates.passed()


def test_a_class_that_a_colleague_has_made_a_section(
    maria: Device, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    create_section(maria)
    daniel = new_device()
    daniel.sign_in("Daniel Okafor")
    gates.visit(daniel, "dashboard of a colleague")
    portal.execute("DELETE FROM section_teachers WHERE NOT is_main")
    daniel.open("/sections/new/clever")
    gates.visit(daniel, "picker of a colleague")
    pick(daniel, ALGEBRA)
    gates.visit(daniel, "question about a colleague's section")

    assert gates.passed()


def test_a_sync_that_is_under_way(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    create_section(maria)
    maria.follow("Manage students")
    section = maria.path
    states = {
        "queued": "state = 'queued'",
        "queued for long": "state = 'queued', requested_at = requested_at - 60000000",
        "asking": "state = 'running', step = 'asking', students_listed = NULL, attempt = 1",
        "reading": "step = 'reading', students_listed = 26, students_read = 18",
        "reading slowly": "started_at = started_at - 60000000",
        "asked to slow down": f"waiting_until = {NEVER}",
        "checking": "step = 'checking', students_read = 26, waiting_until = NULL",
        "saving": "step = 'saving'",
        "started again": "attempt = 2",
    }
    portal.execute(f"UPDATE sync_runs SET finished_at = NULL, not_before = {NEVER}")
    portal.execute(f"UPDATE sync_runs SET lease_until = {NEVER}")
    for name, columns in states.items():
        portal.execute(f"UPDATE sync_runs SET {columns}")
        maria.open(section)
        gates.visit(maria, f"students, {name}")
        if name in ("queued", "reading"):
            maria.open("/dashboard")
            gates.visit(maria, f"dashboard, {name}")

    assert gates.passed()


def test_a_sync_that_has_ended(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    create_section(maria)
    maria.follow("Manage students")
    section, clever = maria.path, maria.sandbox
    gates.visit(maria, "students, first sync done")
    sync(maria)
    gates.visit(maria, "students, nothing new")
    students = clever.student_ids(class_id(maria))
    clever.withdraw(class_id(maria), students[3])
    clever.rename(students[4], "Nia", "Park")
    clever.enrol_new(class_id(maria), "Sam", "Field")
    sync(maria)
    maria.open(section)
    gates.visit(maria, "students, changed")
    portal.execute("UPDATE sync_runs SET state = 'stopped'")
    maria.open(section)
    gates.visit(maria, "students, stopped")
    portal.execute("DELETE FROM sync_runs")
    maria.open(section)
    gates.visit(maria, "students, idle")

    assert gates.passed()


@pytest.mark.parametrize("place", ["students", "dashboard"])
def test_a_sync_that_has_failed(
    place: str, maria: Device, portal: RunningPortal, gates: Gates
) -> None:
    create_section(maria)
    maria.follow("Manage students")
    section = maria.path
    columns = f"state = 'failed', retry_at = {NEVER}, resumes_on = '2027-08-10'"
    for reason in REASONS:
        portal.execute(f"UPDATE sync_runs SET {columns}, reason = ?", reason)
        maria.open(section if place == "students" else "/dashboard")
        gates.visit(maria, f"{place}, {reason}")

    assert gates.passed()


def test_the_last_word_on_a_class(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    create_section(maria)
    maria.follow("Manage students")
    portal.execute("UPDATE sync_runs SET state = 'failed', reason = 'teacher_removed'")
    portal.execute(f"UPDATE section_teachers SET ended_at = {NEVER}")
    maria.page.reload()
    gates.visit(maria, "students, no longer theirs")

    assert gates.passed()


def test_what_is_held(maria: Device, gates: Gates) -> None:
    create_section(maria)
    maria.follow("Manage students")
    section, clever, roster_class = maria.path, maria.sandbox, class_id(maria)
    students = clever.student_ids(roster_class)
    for number, student in enumerate(students[:22]):
        clever.rename(student, f"Student{number}", "Renamed")
    sync(maria)
    maria.open(section)
    gates.visit(maria, "names held")
    clever.withdraw(roster_class, *students[:11])
    sync(maria, "Check Clever again")
    maria.open(section)
    gates.visit(maria, "removals held")
    maria.open("/dashboard")
    gates.visit(maria, "dashboard with a hold")
    maria.open(section)
    maria.press("Keep my list as it is")
    expect(panel(maria.page)).to_contain_text("Check before we change 11 of 26 names")
    maria.press("Keep my list as it is")
    expect(panel(maria.page)).to_contain_text("Your list stays as it is")
    maria.open(section)
    gates.visit(maria, "kept")
    clever.withdraw(roster_class, *students[11:])
    sync(maria)
    maria.open(section)
    gates.visit(maria, "everybody held")
    maria.press("Remove 26 students")
    expect(panel(maria.page)).to_contain_text("26 students were removed")
    maria.open(section)
    maria.page.locator("summary").click()
    gates.visit(maria, "nobody is left")

    assert gates.passed()


def test_a_class_of_250(maria: Device, gates: Gates) -> None:
    choose_class(maria, "Band - All Grades")
    save(maria)
    finished(maria.page)
    maria.page.reload()
    gates.visit(maria, "ready, 250 students")
    maria.follow("Manage students")
    gates.visit(maria, "250 students")
    maria.follow("Next page")
    gates.visit(maria, "250 students, second page")
    for word in ("a", "byrne", "zzz"):
        maria.page.get_by_label("Find a student").fill(word)
        maria.press("Find")
        gates.visit(maria, f"250 students, looked for {word}")

    assert gates.passed()


def test_pages_of_a_student(maria: Device, new_device: NewDevice, gates: Gates) -> None:
    create_section(maria, course=COURSE)
    maria.open("/dashboard")
    create_section(maria, "Advisory 8B")
    student = new_device()
    student.sign_in("Ada Byrne")
    gates.visit(student, "two classes")
    student.follow("Advisory 8B")
    gates.visit(student, "class without a course")
    student.open("/claims/new")
    student.press("Ask my teacher")
    gates.visit(student, "asking, no class picked", status=422)
    student.open("/home")
    student.follow(ALGEBRA)
    student.page.get_by_role("button", name="I did it").first.click()
    gates.visit(student, "lessons")
    maria.sandbox.withdraw(class_id(maria, "Advisory 8B"), student_id(maria))
    maria.follow("Manage students")
    sync(maria)
    student.open("/home")
    gates.visit(student, "one class, one left")
    student.sign_in("Nowhere Yet")
    gates.visit(student, "no class yet")
    student.open("/claims/new")
    gates.visit(student, "nobody to ask")

    assert gates.passed()


def student_id(device: Device) -> str:
    return device.sandbox.cast().students["Ada Byrne"]


def test_pages_of_admins_and_roles(
    maria: Device, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    admin = new_device()
    for name in ("Ruth Kim", "Pat Lowell"):
        admin.sign_in(name)
        gates.visit(admin, f"{name}, nothing yet")
    create_section(maria)
    admin.page.reload()
    gates.visit(admin, "district")
    portal.execute(SAME_NUMBER)
    admin.sign_in("Ruth Kim")
    gates.visit(admin, "school")
    admin.follow("Look at the accounts")
    gates.visit(admin, "look-alikes")
    admin.page.get_by_role("link", name="Look at both").click()
    gates.visit(admin, "one or two")
    admin.sign_in("Amara Diallo")
    gates.visit(admin, "roles")

    assert gates.passed()


def test_pages_of_errors(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    create_section(maria)
    for path, status in (("/nowhere", 404), ("/sign-out", 405)):
        maria.open(path)
        gates.visit(maria, f"signed in, {path}", status)
    send(maria, csrf_token="wrong")
    gates.visit(maria, "a form that is too old", status=400)
    send(maria, more="x" * 70_000)
    gates.visit(maria, "a form that is too large", status=413)
    gates.check_part("a part of nobody", part_at(maria, "/roster-syncs/unknown/panel"))
    portal.execute("ALTER TABLE section_teachers RENAME TO away")
    maria.open("/dashboard")
    gates.visit(maria, "503", status=503)
    gates.check_part("a part without its table", part_at(maria, "/roster-syncs/unknown/panel"))
    portal.execute("ALTER TABLE away RENAME TO section_teachers")
    portal.execute("UPDATE sync_runs SET state = 'nonsense'")
    maria.open("/dashboard")
    maria.follow("Manage students " + ALGEBRA)
    gates.visit(maria, "500", status=500)

    assert gates.passed()


def send(device: Device, **fields: str) -> None:
    """Send the sign-out form with these fields as well: no page would, but a browser might."""
    device.open("/dashboard")
    form = device.page.locator("form[action='/sign-out']")
    with device.page.expect_navigation():
        form.evaluate(
            """(form, fields) => {
                for (const [name, value] of Object.entries(fields)) {
                    const input = form.elements[name] ?? document.createElement("input");
                    Object.assign(input, { type: "hidden", name, value });
                    form.append(input);
                }
                form.submit();
            }""",
            fields,
        )


def test_pages_of_the_sandbox(new_device: NewDevice, gates: Gates) -> None:
    office = new_device()
    sandbox, cast = office.sandbox, office.sandbox.cast()
    records = {
        "": "start",
        "/login": "school picker",
        "/sandbox": "control page",
        f"/sandbox/districts/{cast.id}?q=ada": "district",
        f"/sandbox/schools/{cast.schools['Lincoln Middle School']}": "school",
        f"/sandbox/sections/{cast.sections[ALGEBRA]}?q=nowhere": "class",
        f"/sandbox/users/{cast.students['Ada Byrne']}": "person",
        "/sandbox/faults": "faults",
        "/sandbox/requests": "requests",
    }
    for path, name in records.items():
        office.page.goto(sandbox.url + path)
        gates.visit(office, f"sandbox, {name}")
    office.page.goto(f"{sandbox.url}/login?district_id={cast.id}")
    gates.visit(office, "sandbox, login")
    office.open_clever_portal("Quiet Marsh")
    gates.visit(office, "sandbox, portal")
    office.follow("Rosterly")
    gates.visit(office, "sandbox, not shared", status=403)

    assert gates.passed()


def test_the_first_screen_of_the_picker_shows_title_warning_and_the_main_action(
    maria: Device,
) -> None:
    maria.page.set_viewport_size(CHROMEBOOK)
    maria.open("/sections/new/clever")

    page = maria.page
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Choose section")).to_be_in_viewport(ratio=1)
    warning = page.locator(".choice-group .notice").first.bounding_box()
    bar = page.locator(".action-bar").bounding_box()
    assert warning
    assert bar
    assert warning["y"] + warning["height"] <= bar["y"]
