"""The first-run question, Manage Linked Accounts and merges pass every gate (experience.md 3.1)."""

from __future__ import annotations

import pytest

from portal.web.accounts import account
from portal.web.entrance import first_run, proving
from tests.browser.account_rows import (
    finish_lesson,
    give_identity,
    give_password,
    make_student,
)
from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.gates import Gates
from tests.browser.linking import MINE, answer, connect_clever, prove
from tests.browser.mailing import fill, sign_up
from tests.browser.own_classes import (
    PICTURES,
    class_address,
    make_class,
    secret_on_card,
    sign_in_with_pictures,
)
from tests.browser.teaching import create_section
from tests.portal_stack import RunningPortal

LONG = "guadalupe.maximiliana.featherstonehaugh-villanueva@cedar-valley-middle-school.example"


@pytest.mark.parametrize("name", ["Maria Rivera", "Ruth Kim", "Pat Lowell"])
def test_the_question_and_the_proof(name: str, new_device: NewDevice, gates: Gates) -> None:
    guest = new_device()
    guest.arrive(name)
    gates.visit(guest, "question")
    guest.press("Continue")
    gates.visit(guest, "question, no answer", status=422)
    answer(guest, MINE)
    gates.visit(guest, "proof")
    prove(guest, "nobody@school.example")
    gates.visit(guest, "proof, wrong password", status=422)

    assert gates.passed()


def test_why_an_account_is_not_linked(new_device: NewDevice, gates: Gates) -> None:
    guest = new_device()
    guest.arrive("Maria Rivera")
    for problem in sorted(first_run.PROBLEMS):
        guest.open(f"/sign-in/proof?problem={problem}")
        gates.visit(guest, f"proof, {problem}")

    assert gates.passed()


def test_what_was_linked(new_device: NewDevice, gates: Gates) -> None:
    old, guest = new_device(), new_device()
    sign_up(old, "linked@school.example")
    guest.arrive("Maria Rivera")
    answer(guest, MINE)
    prove(guest, "linked@school.example")
    gates.visit(guest, "linked, no sections")
    make_class(guest, PICTURES)
    guest.open("/account/linked")
    gates.visit(guest, "linked, one section")

    assert gates.passed()


def test_the_account_settings_of_a_teacher(
    maria: Device, portal: RunningPortal, gates: Gates
) -> None:
    maria.open("/account")
    gates.visit(maria, "Clever only")
    for done in sorted(account.RESULTS):
        maria.open(f"/account?done={done}")
        gates.visit(maria, f"done, {done}")
    for problem in sorted(account.PROBLEMS):
        maria.open(f"/account?problem={problem}")
        gates.visit(maria, f"problem, {problem}")
    give_password(portal, LONG)
    give_identity(portal, "another", maria.sandbox.cast().id, "Maria")
    maria.open("/account")
    gates.visit(maria, "two identities and a password")

    assert gates.passed()


def test_the_account_settings_of_everybody_else(
    maria: Device, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    create_section(maria)
    person = new_device()
    for name in ("Ruth Kim", "Pat Lowell", "Ada Byrne"):
        person.sign_in(name)
        person.open("/account")
        gates.visit(person, f"account of {name}")
    person.press("Sign out")
    sign_up(person, "settings@school.example")
    make_student(portal, "Tunde")
    person.open("/account")
    gates.visit(person, "account of a student with a password")
    signed_in_with_pictures(maria, person)
    person.open("/account")
    gates.visit(person, "account of a student with pictures")

    assert gates.passed()


def signed_in_with_pictures(teacher: Device, child: Device) -> None:
    make_class(teacher, PICTURES, "Ben Cole")
    way_in = class_address(teacher)
    sign_in_with_pictures(child, way_in, "Ben C.", secret_on_card(teacher, "Ben Cole"))


def test_disconnecting(maria: Device, portal: RunningPortal, gates: Gates) -> None:
    create_section(maria)
    teacher_id = maria.sandbox.cast().teachers["Maria Rivera"]
    maria.open(f"/account/clever/{teacher_id}/disconnect")
    gates.visit(maria, "disconnect, refused")
    give_identity(portal, "another", maria.sandbox.cast().id, "Maria")
    maria.page.reload()
    gates.visit(maria, "disconnect, another identity stays")
    give_password(portal, LONG)
    maria.page.reload()
    gates.visit(maria, "disconnect")
    maria.press("Disconnect Clever")
    gates.visit(maria, "disconnected")

    assert gates.passed()


def test_showing_that_it_is_you(
    maria: Device, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    portal.execute("UPDATE sessions SET confirmed_at = 0")
    maria.open("/account/other")
    gates.visit(maria, "confirm with Clever")
    maria.open("/account/confirm?problem=somebody_else")
    gates.visit(maria, "confirm, somebody else")
    give_password(portal, LONG)
    maria.open("/account/confirm?to=/account/other")
    gates.visit(maria, "confirm with either")
    fill(maria, email=LONG, password="wrong")
    maria.press("Continue")
    gates.visit(maria, "confirm, wrong password", status=422)
    tunde = new_device()
    sign_up(tunde, "confirm@school.example")
    tunde.open("/account/confirm")
    gates.visit(tunde, "confirm with a password")
    signed_in_with_pictures(maria, tunde)
    tunde.open("/account/confirm")
    gates.visit(tunde, "confirm with pictures")

    assert gates.passed()


def test_signing_in_to_the_other_account(maria: Device, gates: Gates) -> None:
    maria.open("/account/other")
    gates.visit(maria, "other account")
    for problem in sorted(proving.PROBLEMS):
        maria.open(f"/account/other?problem={problem}")
        gates.visit(maria, f"other account, {problem}")
    prove(maria, LONG, "Continue")
    gates.visit(maria, "other account, wrong password", status=422)

    assert gates.passed()


def test_bringing_two_accounts_of_a_teacher_together(
    maria: Device, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    create_section(maria)
    teacher = new_device()
    sign_up(teacher, "gates-of-merges@school.example")
    connect_clever(teacher, "Maria Rivera")
    gates.visit(teacher, "preview, found by Connect")
    make_class(maria, PICTURES, "Ben Cole")
    prove_the_other(maria, "gates-of-merges@school.example")
    gates.visit(maria, "preview")
    maria.press("Bring them together")
    gates.visit(maria, "brought together")
    result = maria.path
    maria.open("/account")
    gates.visit(maria, "account after it")
    maria.open(result)
    portal.execute("UPDATE merges SET made_at = 0")
    maria.press("Undo: make them two again")
    gates.visit(maria, "too late for an undo", status=422)

    assert gates.passed()


def test_bringing_two_accounts_with_lessons_together(
    maria: Device, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    """A teacher who tries lessons herself has some in both."""
    sign_up(new_device(), "student@school.example")
    for given_name in ("Maria", "Tunde"):
        finish_lesson(portal, "following-directions", given_name)
    finish_lesson(portal, "loops-all-around", "Tunde")
    prove_the_other(maria, "student@school.example")
    gates.visit(maria, "preview with lessons")
    maria.press("Bring them together")
    gates.visit(maria, "brought together")

    assert gates.passed()


def test_a_student_with_two_accounts_is_led_to_their_teacher(
    new_device: NewDevice, gates: Gates
) -> None:
    student = new_device()
    student.sign_in("Ada Byrne")
    student.open("/account/other")
    gates.visit(student, "two accounts of a student")

    assert gates.passed()


def test_why_two_accounts_stay_two(
    maria: Device, new_device: NewDevice, portal: RunningPortal, gates: Gates
) -> None:
    sign_up(new_device(), "stay-two@school.example")
    prove_the_other(maria, "stay-two@school.example")
    give_identity(portal, "another", "another district", "Tunde")
    maria.press("Bring them together")
    gates.visit(maria, "not brought together, districts", status=422)
    make_student(portal, "Tunde")
    maria.open("/account/merge")
    gates.visit(maria, "not brought together, kinds")
    portal.execute("UPDATE accounts SET merged_into_id = id WHERE kind = 'student'")
    maria.open("/account/merge")
    gates.visit(maria, "not brought together, gone")

    assert gates.passed()


def prove_the_other(device: Device, address: str) -> None:
    device.open("/account/other")
    prove(device, address, "Continue")
