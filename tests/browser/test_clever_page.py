"""Each tab shows exactly what Clever shares, and what somebody hides stays hidden (issue 4)."""

from __future__ import annotations

import pytest

from tests.browser.clever_lists import CleverLists
from tests.browser.clever_page import read_district, rows_in_front, tabs_of
from tests.browser.conftest import NewDevice
from tests.browser.device import Device
from tests.browser.teaching import ALGEBRA, class_id, create_section
from tests.portal_stack import RunningPortal
from tests.sandbox_clever import Cast


@pytest.fixture
def cast(portal: RunningPortal) -> Cast:
    """Lincoln, read whole."""
    cast = portal.sandbox.cast()
    read_district(portal, cast.id)
    return cast


def test_a_teacher_sees_exactly_what_clever_shares_of_her_classes(
    maria: Device, cast: Cast
) -> None:
    with CleverLists(maria.sandbox, cast) as lists:
        assert tabs_of(maria) == lists.of_teacher(cast.teachers["Maria Rivera"])


def test_a_school_admin_sees_exactly_what_clever_shares_of_the_school(
    new_device: NewDevice, cast: Cast
) -> None:
    admin = new_device()
    admin.sign_in("Ruth Kim")

    with CleverLists(admin.sandbox, cast) as lists:
        assert tabs_of(admin) == lists.of_school(cast.schools["Lincoln Middle School"])


def test_a_district_admin_sees_exactly_what_clever_shares(
    new_device: NewDevice, cast: Cast
) -> None:
    admin = new_device()
    admin.sign_in("Pat Lowell")

    with CleverLists(admin.sandbox, cast) as lists:
        assert tabs_of(admin) == lists.of_district()
    assert "Elementary" not in admin.page.content()


def test_k4_a_hidden_class_stays_hidden_through_three_syncs_with_changes(
    maria: Device, portal: RunningPortal, cast: Cast
) -> None:
    maria.follow("Clever")
    hidden = class_id(maria, "Advisory 8B")
    maria.page.get_by_role("button", name="Hide Advisory 8B").click()
    maria.page.get_by_role("status").filter(has_text="Hidden.").wait_for()
    clever = maria.sandbox
    for round_, name in enumerate(("Advisory 8-B", "Advisory", "Homeroom")):
        clever.edit(hidden, name=name)
        clever.enrol_new(hidden, f"New{round_}", "Student")
        read_district(portal, cast.id)

        assert hidden not in {row[0] for row in shown_classes(maria)}
        assert (hidden, name) in {row[:2] for row in hidden_classes(maria)}


def test_k4_a_section_outlives_the_hiding_of_its_class(
    maria: Device, portal: RunningPortal, cast: Cast
) -> None:
    create_section(maria)
    maria.open("/clever/classes")
    maria.page.get_by_role("button", name=f"Hide {ALGEBRA}").click()
    assert maria.title == "Hide a class that is a section?"
    maria.press("Hide 1 class")
    read_district(portal, cast.id)

    maria.open("/dashboard")
    assert ALGEBRA in maria.text


def test_k8_one_press_copies_the_message(new_device: NewDevice, cast: Cast) -> None:
    admin = new_device(permissions=["clipboard-read", "clipboard-write"])
    admin.sign_in("Pat Lowell")
    admin.open("/clever/schools")
    admin.page.get_by_text("Copy a message to send").click()
    admin.press("Copy")
    admin.page.get_by_text("Copied", exact=True).wait_for()

    copied = admin.page.evaluate("() => navigator.clipboard.readText()")
    assert copied.startswith("Hello Pat Lowell, I cannot see my school in Rosterly.")


def shown_classes(maria: Device) -> list[tuple[str, ...]]:
    maria.open("/clever/classes")
    return rows_in_front(maria, "classes")


def hidden_classes(maria: Device) -> list[tuple[str, ...]]:
    maria.open("/clever/classes?show=hidden")
    return rows_in_front(maria, "classes")
