"""A Library teacher's classes and syncs, all by her own token (K7)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.models.accounts import Account, LinkedAccount
from portal.models.library_tokens import LibraryToken
from portal.models.sections import Section, SectionTeacher
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunState
from tests.library.teaching import (
    MATH,
    ROBOTICS,
    SCIENCE,
    add_class,
    names_in,
    press_sync,
    synced_by_nobody,
)
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.browsing import RunningPortal, Visitor

SIGN_IN = "Clever lets us read this only while you are signed in with Clever."


def kinds(sandbox: RunningSandbox) -> set[str]:
    """With which kinds of token the Data API was asked."""
    return {hit["token_kind"] for hit in sandbox.requests() if hit["path"].startswith("/v3.")}


def test_the_picker_shows_her_classes_with_evidence(
    portal: RunningPortal, helen: Visitor, sandbox: RunningSandbox
) -> None:
    text = helen.page("/sections/new/clever").text

    assert SCIENCE in text
    assert MATH in text
    assert ROBOTICS not in text
    assert "18 students" in text
    assert kinds(sandbox) == {"library"}


def test_a_class_of_nobody_of_hers_does_not_exist(helen: Visitor, juniper: Cast) -> None:
    foreign = juniper.sections[ROBOTICS]

    assert helen.get(f"/sections/new/clever/details?class={foreign}").status_code == 404


def test_save_and_sync_bring_her_students(
    portal: RunningPortal, helen: Visitor, section: Section, sandbox: RunningSandbox
) -> None:
    assert section.district_sourced_id == ""
    assert len(names_in(section)) == 18
    assert ("Wren", "C") in names_in(section)
    assert "district" not in kinds(sandbox)


def test_her_students_belong_to_no_district(section: Section) -> None:
    """NULL, not "": two people without a district are not of one district."""
    students = LinkedAccount.select().join(Account).where(Account.kind == "student")

    assert {each.district_sourced_id for each in students} == {None}


def test_sync_students_follows_her_class(
    portal: RunningPortal, helen: Visitor, section: Section, sandbox: RunningSandbox
) -> None:
    new = sandbox.enrol_new(section.class_sourced_id, "Iris", "Vale", grade="6")
    run = press_sync(portal, helen, section)

    assert (run.state, run.added_count) == (RunState.DONE, 1)
    assert new in Enrollment.sourced_ids(section)


def test_who_is_not_signed_in_is_asked_to(
    portal: RunningPortal, helen: Visitor, section: Section
) -> None:
    LibraryToken.delete().execute()
    run = press_sync(portal, helen, section)
    page = helen.page(f"/sections/{section.public_id}")

    assert (run.state, run.reason) == (RunState.FAILED, "sign_in")
    assert SIGN_IN in page.text
    assert len(names_in(section)) == 18
    assert f"to=/sections/{section.public_id}" in page.links["Continue with Clever"]


def test_the_picker_asks_to_sign_in_where_only_a_password_was_shown(helen: Visitor) -> None:
    LibraryToken.delete().execute()
    page = helen.page("/sections/new/clever")

    assert SIGN_IN in page.text
    assert page.links["Continue with Clever"].startswith("/sign-in/clever")


def test_nothing_reads_for_her_once_she_has_left(
    portal: RunningPortal, helen: Visitor, section: Section
) -> None:
    helen.post("/sign-out")

    assert synced_by_nobody(portal, section).reason == "sign_in"


def test_a_co_teacher_who_is_signed_in_reads_for_both(
    portal: RunningPortal, helen: Visitor, victor: Visitor, juniper: Cast
) -> None:
    math = add_class(portal, helen, juniper.sections[MATH])
    helen.post("/sign-out")

    assert press_sync(portal, victor, math).state == RunState.DONE


def test_F44_her_own_token_that_finds_the_class_no_more_takes_her_off(
    portal: RunningPortal,
    helen: Visitor,
    victor: Visitor,
    account: Account,
    juniper: Cast,
    sandbox: RunningSandbox,
) -> None:
    """Victor is not signed in, so nobody can say how his class is now."""
    math = add_class(portal, helen, juniper.sections[MATH])
    victor.post("/sign-out")
    sandbox.set_teachers(juniper.sections[MATH], juniper.teachers["Victor Sandoval"])
    run = press_sync(portal, helen, math)

    assert run.reason == "teacher_removed"
    assert Section.find(account, math.public_id) is None
    assert (
        SectionTeacher.get(
            SectionTeacher.sourced_id == juniper.teachers["Victor Sandoval"]
        ).ended_at
        is None
    )


def test_F24_a_class_that_nobody_of_library_has_keeps_its_list(
    portal: RunningPortal, helen: Visitor, section: Section, sandbox: RunningSandbox
) -> None:
    sandbox.delete(section.class_sourced_id)
    run = press_sync(portal, helen, section)

    assert run.reason == "class_gone"
    assert Section.by_key(section.id).class_gone_at is not None
    assert "Wren" in helen.page(f"/sections/{section.public_id}").text


def test_F26_a_token_that_must_wait_is_left_alone(
    portal: RunningPortal, helen: Visitor, section: Section, sandbox: RunningSandbox
) -> None:
    sandbox.fail_next("429", path_contains="/v3.0/sections", seconds=400)
    first = press_sync(portal, helen, section)
    sandbox.stop_failing()
    sandbox.forget_requests()

    assert first.state == RunState.QUEUED
    assert LibraryToken.get().rests_until == first.not_before
    assert kinds(sandbox) == set()


@pytest.mark.parametrize("fault", ["500", "html", "truncated"])
def test_a_read_that_is_not_whole_changes_nothing(
    portal: RunningPortal, helen: Visitor, section: Section, sandbox: RunningSandbox, fault: str
) -> None:
    before = names_in(section)
    sandbox.fail_next(fault, times=9, path_contains="/users")

    assert press_sync(portal, helen, section).state == RunState.FAILED
    assert names_in(section) == before


def test_a_student_of_hers_sees_the_class(
    section: Section, new_visitor: Callable[[], Visitor], juniper: Cast
) -> None:
    wren = new_visitor()
    wren.sign_in(juniper.students["Wren Castillo"])

    assert SCIENCE in wren.page("/home").text
