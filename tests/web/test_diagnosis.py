"""Why don't I see …? Six questions, the first "no", and nothing of whom one may not see (HP1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from portal import clock
from portal.database import write
from portal.models.accounts import Account, LinkedAccount
from portal.models.hidden_classes import HiddenClass
from portal.models.sections import Section
from portal.models.shared.records import ClassStudent, SharedClass, SharedStudent
from portal.roster.records import ClassRecord, SchoolRecord, TermRecord
from portal.roster.sharing import Kind
from tests.rosters import reading, section_of, student, synced
from tests.sandbox_clever import Cast
from tests.sharing import TERM, Sharing, roster_class, teacher
from tests.sharing import student as listing
from tests.statements import queries
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.syncs import failed, queued

NewVisitor = Callable[[], Visitor]
SCHOOL = "5c0000000000000000000001"
MATH, TWIN, OTHER = "c10", "c11", "c12"
NOT_FOUND = "We cannot find this student among those shared with you"


@pytest.fixture
def shared(maria: Visitor, cast: Cast) -> Sharing:
    """Two classes of Ms Rivera's with names alike, and one of Mr Okafor's."""
    rivera, okafor = cast.teachers["Maria Rivera"], cast.teachers["Daniel Okafor"]
    sharing = Sharing(cast.id)
    sharing.shares(Kind.SCHOOLS, SchoolRecord(SCHOOL, "Lincoln Middle School"))
    sharing.shares(
        Kind.TEACHERS,
        teacher(rivera, "Maria Rivera", SCHOOL),
        teacher(okafor, "Daniel Okafor", SCHOOL),
    )
    sharing.shares(
        Kind.STUDENTS,
        *(
            listing(
                f"s{number:05}", f"{name} Wells", SCHOOL, grade="7", student_number=f"N{number}"
            )
            for number, name in enumerate(("Dana", "Ines", "Omar"), start=1)
        ),
    )
    sharing.shares(
        Kind.CLASSES,
        roster_class(MATH, "Algebra I", SCHOOL, [rivera], ["s00001"]),
        roster_class(TWIN, "Algebra 1", SCHOOL, [rivera, okafor], ["s00002"]),
        roster_class(OTHER, "Chemistry", SCHOOL, [okafor], ["s00003"]),
    )
    return sharing


@pytest.fixture
def section(shared: Sharing, cast: Cast) -> Section:
    """Her section of the first of them, in which nobody is yet."""
    return section_following(cast, MATH, "Algebra I")


def section_following(cast: Cast, class_id: str, name: str) -> Section:
    teachers = (cast.teachers["Maria Rivera"],)
    return section_of(ClassRecord(class_id, cast.id, name, teachers, ()), rivera())


def rivera() -> Account:
    account: Account = Account.get(Account.family_name == "Rivera")
    return account


def syncs(section: Section, *numbers: int) -> None:
    """The section's list is these students."""
    teachers = (LinkedAccount.get(LinkedAccount.account == rivera()).sourced_id,)
    followed = ClassRecord(
        section.class_sourced_id, section.district_sourced_id, "Algebra I", teachers, ()
    )
    names = {1: "Dana", 2: "Ines", 3: "Omar"}
    roster = [student(each, given_name=names[each], family_name="Wells") for each in numbers]
    synced(section, reading(*roster, roster_class=followed), rivera())


def asks(visitor: Visitor, search: str, kind: str = "students", **fields: str) -> Page:
    return Page.of(visitor.post("/missing", kind=kind, search=search, **fields).text)


def test_a_student_in_the_class_and_not_yet_in_the_section_needs_a_sync(
    maria: Visitor, section: Section
) -> None:
    page = asks(maria, "dana")

    assert "Dana Wells is in Clever, but not yet in Algebra I" in page.text
    assert "The first sync adds the student." in page.text
    assert page.links["Open the section to sync it"] == f"/sections/{section.public_id}"
    assert "Shared with you In this class in Clever Not yet in a section" in page.text
    syncs(section)
    assert "It was last checked today at" in asks(maria, "Dana Wells").text


def test_each_hop_is_told_with_its_time(maria: Visitor, section: Section) -> None:
    syncs(section, 1)
    text = asks(maria, "N1").text

    assert "From school records to Clever: today at" in text
    assert "From Clever to here: today at" in text
    assert "From here to your sections: today at" in text


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (queued, "The section is being synced right now."),
        (lambda section: failed(section, "down"), "Clever is not answering anyone here right now."),
    ],
)
def test_a_sync_that_runs_or_failed_is_the_answer(
    maria: Visitor, section: Section, prepare: Callable[[Section], object], words: str
) -> None:
    prepare(section)

    assert words in asks(maria, "Dana").text


def test_a_student_of_another_class_is_told_with_that_class(
    maria: Visitor, section: Section, cast: Cast, shared: Sharing
) -> None:
    mine = [cast.teachers["Maria Rivera"]]
    shared.shares(
        Kind.CLASSES,
        roster_class("c13", "Robotics", SCHOOL, mine, ["s00002"]),
        roster_class(TWIN, "Algebra 1", SCHOOL, mine, []),
    )
    page = asks(maria, "Ines", section=section.public_id)

    assert "Ines Wells is in Clever, but not in this class" in page.text
    assert "Clever has this student in: Robotics ( Maria Rivera )" in page.text
    assert "Copy a message to send To the school office" in page.text


def test_a_section_of_the_look_alike_is_told_with_the_way_to_the_other(
    maria: Visitor, section: Section
) -> None:
    page = asks(maria, "Ines", section=section.public_id)

    assert "Your section follows another class with nearly the same name" in page.text
    assert "Ines Wells is in Algebra 1 . Your section follows Algebra I ." in page.text
    assert page.links["Use the other class"] == f"/sections/new/clever/details?class={TWIN}"


def test_a_class_that_is_no_section_yet_is_told(maria: Visitor, section: Section) -> None:
    page = asks(maria, "Ines")

    assert "Ines Wells is in Clever, in a class that is no section here yet" in page.text
    assert "Make a section" in page.links


def test_a_hidden_class_is_told(maria: Visitor, section: Section) -> None:
    syncs(section, 1)
    write(lambda: HiddenClass.hide(rivera(), [MATH], clock.now()))

    assert "You have hidden this class" in asks(maria, "Dana").text


def test_a_second_account_is_told(maria: Visitor, section: Section, shared: Sharing) -> None:
    syncs(section, 1, 2)
    SharedStudent.update(sis_id="000001").execute()
    page = asks(maria, "Dana")

    assert "Dana Wells may have two accounts" in page.text
    assert page.links["See both accounts"] == "/duplicates"


def test_a_student_who_is_there_is_said_to_be_there(maria: Visitor, section: Section) -> None:
    syncs(section, 1)
    page = asks(maria, "dana wells", section=section.public_id)

    assert "Dana Wells is in Algebra I" in page.text
    assert page.links["Open the list"] == f"/sections/{section.public_id}"
    assert "One account" in page.text


def test_a_student_who_left_is_told_with_the_day_and_no_other_class(
    maria: Visitor, section: Section
) -> None:
    syncs(section, 1, 3)
    syncs(section, 1)
    text = asks(maria, "Omar").text

    assert "Clever no longer lists Omar Wells for you" in text
    assert "The student left Algebra I on" in text
    assert "Chemistry" not in text


@pytest.mark.parametrize("search", ["Omar", "Wells Omar", "N3"])
def test_hp1_a_teacher_is_told_the_same_of_a_child_elsewhere_and_of_none(
    maria: Visitor, section: Section, search: str
) -> None:
    """Omar is a student of Mr Okafor's; the box shows what was typed, and nothing else differs."""
    elsewhere, nowhere = asks(maria, search).text, asks(maria, "Qqqq").text

    assert NOT_FOUND in elsewhere
    assert elsewhere.replace(search, "…") == nowhere.replace("Qqqq", "…")


def test_hp1_an_id_of_a_child_elsewhere_tells_a_teacher_nothing(
    maria: Visitor, section: Section
) -> None:
    elsewhere = asks(maria, "", chosen="s00003").text

    assert NOT_FOUND in elsewhere
    assert elsewhere == asks(maria, "", chosen="s99999").text
    assert (
        asks(maria, "", kind="classes", chosen=OTHER).text
        == asks(maria, "", kind="classes", chosen="nothing").text
    )


@pytest.mark.parametrize("kind", ["students", "classes", "teachers", "schools"])
def test_hp1_what_is_elsewhere_and_what_is_nowhere_cost_the_same_questions(
    maria: Visitor, section: Section, cast: Cast, shared: Sharing, kind: str
) -> None:
    """Not by timing either: the tables are asked as often, and for as much."""
    shared.shares(Kind.SCHOOLS, SchoolRecord("5c02", "Far High School"))
    shared.shares(Kind.TEACHERS, teacher("t99", "Far Away", "5c02"))
    shared.shares(Kind.STUDENTS, listing("s00099", "Far Child", "5c02"))
    shared.shares(Kind.CLASSES, roster_class("c99", "Far Class", "5c02", ["t99"], ["s00099"]))

    asks(maria, "Qqq", kind=kind)  # That she looked is noted once a day, whatever she finds (V09).
    elsewhere = queries(lambda: asks(maria, "Far", kind=kind))
    nowhere = queries(lambda: asks(maria, "Qqq", kind=kind))
    assert elsewhere == nowhere


def test_several_of_one_name_are_chosen_among(maria: Visitor, section: Section) -> None:
    page = asks(maria, "wells")

    assert "Which one do you mean?" in page.text
    assert "Dana Wells Grade 7 Ines Wells Grade 7" in page.text
    assert "Omar" not in page.text
    assert "Dana Wells is in Clever" in asks(maria, "wells", chosen="s00001").text


@pytest.fixture
def admin(shared: Sharing, new_visitor: NewVisitor, cast: Cast) -> Visitor:
    visitor = new_visitor()
    visitor.sign_in(cast.district_admins["Pat Lowell"])
    return visitor


def test_hp1_an_admin_finds_a_child_anywhere_in_their_district(
    admin: Visitor, section: Section
) -> None:
    assert "Omar Wells is in Clever, in a class that is no section" in asks(admin, "Omar").text
    assert "Dana Wells is in Clever, but not yet in Algebra I" in asks(admin, "Dana").text
    ClassStudent.delete().execute()
    assert "Omar Wells is in Clever, but in no class" in asks(admin, "Omar").text


def test_hp1_an_admin_elsewhere_finds_nobody_here(
    shared: Sharing, new_visitor: NewVisitor, sandbox: Any
) -> None:
    there = sandbox.cast("Cedar Valley ISD")
    Sharing(there.id)
    visitor = new_visitor()
    visitor.sign_in(there.district_admins["Lee Morgan"])

    assert NOT_FOUND in asks(visitor, "Dana").text


def test_a_class_is_told_hidden_over_empty_or_free(
    maria: Visitor, section: Section, shared: Sharing, cast: Cast
) -> None:
    assert "This class is shared, and is a section here" in asks(maria, "Algebra I", "classes").text
    assert "Which one do you mean?" in asks(maria, "Algebra", "classes").text
    page = asks(maria, "Algebra 1", "classes")
    assert "This class is shared, and is no section here yet" in page.text
    SharedClass.update(student_count=0).execute()
    assert "This class has no students yet" in asks(maria, "Algebra 1", "classes").text
    over = clock.now().date() - timedelta(days=9)
    shared.shares(Kind.TERMS, TermRecord(TERM, "Term 1", ends_on=over))
    assert "The term of this class is over" in asks(maria, "Algebra 1", "classes").text
    write(lambda: HiddenClass.hide(rivera(), [TWIN], clock.now()))
    assert "You have hidden this class" in asks(maria, "Algebra 1", "classes").text


def test_a_section_whose_class_is_no_longer_hers_is_told(
    maria: Visitor, section: Section, shared: Sharing
) -> None:
    SharedClass.update(unshared_at=clock.now()).where(SharedClass.sourced_id == MATH).execute()

    assert "Clever no longer lists this class for you" in asks(maria, "Algebra I", "classes").text


def test_a_teacher_sees_co_teachers_and_nobody_else(maria: Visitor, section: Section) -> None:
    assert "Daniel Okafor is shared with you" in asks(maria, "Okafor", "teachers").text
    assert (
        "You see yourself and those who teach a class with you"
        in asks(maria, "Lindqvist", "teachers").text
    )


def test_a_school_without_classes_is_told_to_an_admin(admin: Visitor, shared: Sharing) -> None:
    assert "is shared, and none of its classes is" in asks(admin, "Lincoln", "schools").text
    assert (
        "We cannot find this school among those shared with you"
        in asks(admin, "Washington", "schools").text
    )


def test_an_empty_box_is_answered_at_the_field(maria: Visitor, section: Section) -> None:
    answer = maria.post("/missing", kind="classes", search=" ")

    assert answer.status_code == 422
    page = Page.of(answer.text)
    assert page.title.startswith("Error: Why don’t I see this class?")
    assert page.links["Type a name or a number"] == "#search"


def test_a_district_that_was_never_read_says_so(maria: Visitor) -> None:
    assert "We have not read your classes from Clever yet" in maria.page("/missing").text
    assert "We have not read your classes from Clever yet" in asks(maria, "Dana").text


def test_no_name_stands_in_an_address(maria: Visitor, section: Section) -> None:
    assert maria.page("/missing").form("/missing").method == "post"
    assert "Dana" not in maria.get("/missing?search=Dana").text


def test_it_is_reached_from_the_list_the_picker_the_clever_page_and_help(
    maria: Visitor, section: Section
) -> None:
    syncs(section, 1)
    wanted = f"/missing?kind=students&section={section.public_id}"

    assert wanted in maria.page(f"/sections/{section.public_id}").links.values()
    assert "/missing?kind=classes" in maria.page("/sections/new/clever").links.values()
    assert "/missing?kind=students" in maria.page("/clever/students").links.values()
    assert "/missing?kind=students" in maria.page("/help").links.values()


def test_clever_can_be_checked_at_once_for_whom_we_cannot_find(
    maria: Visitor, admin: Visitor, section: Section
) -> None:
    fields = asks(maria, "Qqqq").form("/roster-updates").fields
    answer = maria.client.post("/roster-updates", data=fields)

    assert (answer.status_code, answer.headers["location"]) == (303, "/clever")
    assert asks(admin, "Qqqq").form("/district-updates")
