"""What a Library teacher's own read shows on the Clever page, and what goes from it (K1, K7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.models.accounts import Account
from portal.models.districts import DistrictConnection
from portal.models.library_tokens import LibraryToken
from portal.models.sections import Section
from portal.models.shared.records import SharedClass, SharedStudent, SharedTeacher
from portal.models.syncs.roster_updates import RosterUpdate
from tests.library.teaching import MATH, ROBOTICS, SCIENCE, add_class
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.browsing import RunningPortal, Visitor

Update = Callable[[], RosterUpdate]


def shown(model: type[SharedClass] | type[SharedStudent] | type[SharedTeacher]) -> set[str]:
    """What Library shows of this kind, by id."""
    library = DistrictConnection.of("clever", "")
    assert library is not None
    return {each.sourced_id for each in model.select().where(model.of(library))}


def test_her_classes_and_everybody_in_them_are_shown(
    update_rosters: Update, sandbox: RunningSandbox, juniper: Cast
) -> None:
    update = update_rosters()
    classes = {juniper.sections[SCIENCE], juniper.sections[MATH]}

    assert (update.reason, update.read_at is not None) == ("", True)
    assert shown(SharedClass) == classes
    assert shown(SharedStudent) == {s for each in classes for s in sandbox.student_ids(each)}
    assert shown(SharedTeacher) == set(juniper.teachers.values())


def test_only_what_library_tells_is_kept(update_rosters: Update, juniper: Cast) -> None:
    update_rosters()
    wren = SharedStudent.get(SharedStudent.sourced_id == juniper.students["Wren Castillo"])

    assert (wren.given_name, wren.family_name, wren.grade) == ("Wren", "C", "6")
    assert (wren.sis_id, wren.student_number, wren.school_sourced_id) == ("", "", "")


def test_her_sections_are_synced_with_the_same_press(
    portal: RunningPortal,
    section: Section,
    update_rosters: Update,
    sandbox: RunningSandbox,
) -> None:
    sandbox.enrol_new(section.class_sourced_id, "Iris", "Vale", grade="6")
    [run] = update_rosters().runs()

    assert (run.state, run.added_count) == ("done", 1)
    assert Section.by_key(section.id).outdated_at is None


def test_a_class_that_nobody_of_library_has_is_shown_no_more_and_comes_back(
    update_rosters: Update, sandbox: RunningSandbox, juniper: Cast
) -> None:
    update_rosters()
    science, park = juniper.sections[SCIENCE], juniper.teachers["Helen Park"]
    before = {each.sourced_id: each.id for each in SharedClass.select()}
    sandbox.set_teachers(science, juniper.teachers["Victor Sandoval"])
    update_rosters()
    without = shown(SharedClass)
    sandbox.set_teachers(science, park)
    update_rosters()

    assert science not in without
    assert science in shown(SharedClass)
    assert {each.sourced_id: each.id for each in SharedClass.select()} == before


def test_students_of_no_class_of_library_are_shown_no_more(
    update_rosters: Update, sandbox: RunningSandbox, juniper: Cast
) -> None:
    update_rosters()
    sandbox.set_teachers(juniper.sections[SCIENCE], juniper.teachers["Victor Sandoval"])
    update_rosters()

    assert shown(SharedStudent) == set(sandbox.student_ids(juniper.sections[MATH]))


def test_a_student_who_left_her_only_class_is_shown_no_more(
    update_rosters: Update, sandbox: RunningSandbox, juniper: Cast
) -> None:
    update_rosters()
    wren = juniper.students["Wren Castillo"]
    sandbox.withdraw(juniper.sections[SCIENCE], wren)
    update_rosters()

    assert wren not in shown(SharedStudent)


def test_f44_a_class_that_a_co_teacher_has_loses_her_and_stays(
    portal: RunningPortal,
    helen: Visitor,
    victor: Visitor,
    account: Account,
    update_rosters: Update,
    sandbox: RunningSandbox,
    juniper: Cast,
) -> None:
    math = add_class(portal, helen, juniper.sections[MATH])
    update_rosters()
    sandbox.set_teachers(juniper.sections[MATH], juniper.teachers["Victor Sandoval"])
    update_rosters()

    assert juniper.sections[MATH] in shown(SharedClass)
    assert Section.find(account, math.public_id) is None
    assert victor.get(f"/sections/{math.public_id}").status_code == 200


def test_f24_a_section_whose_class_nobody_has_keeps_its_teacher_and_its_list(
    section: Section,
    account: Account,
    helen: Visitor,
    update_rosters: Update,
    sandbox: RunningSandbox,
) -> None:
    update_rosters()
    sandbox.delete(section.class_sourced_id)
    update_rosters()

    assert Section.find(account, section.public_id) is not None
    assert Section.by_key(section.id).class_gone_at is not None
    assert "Wren" in helen.page(f"/sections/{section.public_id}").text


def test_without_her_token_nothing_is_read_and_the_page_says_what_to_do(
    helen: Visitor, update_rosters: Update
) -> None:
    LibraryToken.delete().execute()
    update = update_rosters()

    assert (update.reason, update.read_at) == ("sign_in", None)
    assert "Sign in with Clever to update." in helen.page("/clever/classes").text


@pytest.mark.parametrize("fault", ["500", "html", "truncated", "no_data"])
def test_a_read_that_is_not_whole_changes_nothing(
    update_rosters: Update, sandbox: RunningSandbox, fault: str
) -> None:
    update_rosters()
    before = shown(SharedClass), shown(SharedStudent)
    sandbox.fail_next(fault, times=9, path_contains="/users?" if fault == "no_data" else "/users")

    assert update_rosters().reason != ""
    assert (shown(SharedClass), shown(SharedStudent)) == before


def test_the_clever_page_tells_library_apart_and_leads_to_clever(
    helen: Visitor, update_rosters: Update, sandbox: RunningSandbox
) -> None:
    update_rosters()
    page = helen.page("/clever/classes")

    assert "Clever Library" in page.text
    assert "we update your classes only while you are signed in" in page.text
    assert page.links["Add or remove classes in Clever"] == f"{sandbox.url}/login"
    assert "Your plan: Free" in page.text
    assert ROBOTICS not in page.text


def test_k7_a_co_teacher_is_warned_of_where_there_is_one(
    helen: Visitor, update_rosters: Update, sandbox: RunningSandbox, juniper: Cast
) -> None:
    update_rosters()
    with_victor = helen.page("/clever/classes").text
    details = f"/sections/new/clever/details?class={juniper.sections[MATH]}"
    alone = f"/sections/new/clever/details?class={juniper.sections[SCIENCE]}"

    assert "check with them before you change a list" in with_victor
    assert "This class has another teacher." in helen.page(details).text
    assert "This class has another teacher." not in helen.page(alone).text


def test_a_colleague_of_library_sees_nothing_of_hers(
    victor: Visitor, update_rosters: Update, juniper: Cast
) -> None:
    """Wren is in no class of his; the math class is both's."""
    update_rosters()
    wren = juniper.students["Wren Castillo"]

    assert SCIENCE not in victor.page("/clever/classes").text
    assert victor.get(f"/clever/students/{wren}").status_code == 404
