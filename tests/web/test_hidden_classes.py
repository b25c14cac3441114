"""Classes out of one's own sight, and of nobody else's, through every sync (K4, Y12)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from portal.models.hidden_classes import HiddenClass
from portal.roster.records import SchoolRecord
from portal.roster.sharing import Kind
from tests.rosters import algebra, section_of
from tests.sandbox_clever import Cast
from tests.sharing import ADA, ALGEBRA, GEOMETRY, MIDDLE, STUDY_HALL, Sharing, lincoln, roster_class
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.syncs import rivera

NewVisitor = Callable[[], Visitor]
HIDE, UNHIDE = "/clever/classes/hide", "/clever/classes/unhide"


@pytest.fixture
def shared(maria: Visitor, cast: Cast) -> Sharing:
    return lincoln(cast)


def words(visitor: Visitor, path: str = "/clever/classes") -> str:
    return visitor.page(path).text


def sent(visitor: Visitor, path: str, *classes: str, **more: object) -> Page:
    """The page that a form of ticked classes leads to."""
    form = {"csrf_token": visitor.csrf_token(), "class": list(classes), **more}
    return Page.of(visitor.client.post(path, data=form, follow_redirects=True).text)


def test_k4_hide_acts_at_once_says_so_and_can_be_undone(shared: Sharing, maria: Visitor) -> None:
    page = sent(maria, HIDE, only=STUDY_HALL)
    assert "Hidden. Only for you. Students are not affected. Undo" in page.text
    assert "Study Hall" not in page.text
    assert "Hidden (1)" in page.text

    undo = next(form for form in page.forms if form.fields.get("class") == STUDY_HALL)
    maria.client.post(undo.action, data=undo.fields)
    assert "Study Hall" in words(maria)
    assert "Hidden (" not in words(maria)


def test_k4_many_are_hidden_and_shown_again_in_one_go(shared: Sharing, maria: Visitor) -> None:
    assert "2 classes hidden." in sent(maria, HIDE, ALGEBRA, STUDY_HALL).text
    assert "You have hidden all classes." in words(maria)
    hidden = words(maria, "/clever/classes?show=hidden")
    assert "Algebra I - Period 3" in hidden
    assert "Study Hall" in hidden

    assert "Study Hall" in sent(maria, UNHIDE, ALGEBRA, STUDY_HALL).text
    assert HiddenClass.select().count() == 0


def test_k4_nothing_ticked_is_said_and_changes_nothing(shared: Sharing, maria: Visitor) -> None:
    answer = maria.post(HIDE)

    assert answer.status_code == 422
    assert Page.of(answer.text).title.startswith("Error:")
    assert "Choose a class" in answer.text


def test_k4_a_class_that_is_a_section_is_asked_about_first(shared: Sharing, maria: Visitor) -> None:
    section_of(algebra(ALGEBRA), rivera())
    page = sent(maria, HIDE, only=ALGEBRA)
    assert page.title.startswith("Hide a class that is a section?")
    assert "Algebra I - Period 3" in words(maria)

    assert "Hidden. Only for you." in sent(maria, HIDE, ALGEBRA, sure="1").text


def test_k4_a_colleague_still_sees_what_somebody_hides(
    shared: Sharing, maria: Visitor, new_visitor: NewVisitor, cast: Cast
) -> None:
    sent(maria, HIDE, only=ALGEBRA)
    daniel = new_visitor()
    daniel.sign_in(cast.teachers["Daniel Okafor"])

    assert "Algebra I - Period 3" in words(daniel)


def test_y12_a_class_stays_hidden_through_three_reads_with_changes(
    shared: Sharing, maria: Visitor, cast: Cast
) -> None:
    school, teachers = cast.schools[MIDDLE], [cast.teachers["Maria Rivera"]]
    sent(maria, HIDE, only=STUDY_HALL)
    for name, students in (("Study Hall 1", [ADA]), ("Study Hall 2", []), ("Study", [ADA])):
        changed = roster_class(STUDY_HALL, name, school, teachers, students)
        shared.shares_no_more(Kind.CLASSES, STUDY_HALL)
        shared.shares(Kind.CLASSES, changed)

        assert "Study" not in words(maria)
        assert name in words(maria, "/clever/classes?show=hidden")


def test_a58_a_class_of_others_cannot_be_hidden_and_changes_nothing(
    shared: Sharing, maria: Visitor
) -> None:
    token = maria.csrf_token()
    form = {"csrf_token": token, "class": [STUDY_HALL, GEOMETRY]}

    assert maria.client.post(HIDE, data=form).status_code == 404
    assert maria.client.post(UNHIDE, data=form).status_code == 404
    assert HiddenClass.select().count() == 0


def test_a_hidden_class_is_folded_in_the_picker(maria: Visitor, cast: Cast) -> None:
    shared, class_id = Sharing(cast.id), cast.sections["Advisory 8B"]
    school, teachers = cast.schools[MIDDLE], [cast.teachers["Maria Rivera"]]
    shared.shares(Kind.SCHOOLS, SchoolRecord(school, MIDDLE))
    shared.shares(Kind.CLASSES, roster_class(class_id, "Advisory 8B", school, teachers, []))
    assert "you have hidden" not in words(maria, "/sections/new/clever")
    sent(maria, HIDE, only=class_id)

    page = words(maria, "/sections/new/clever")
    assert "1 you have hidden Advisory 8B" in page


def test_hiding_on_a_later_page_stays_on_that_page(shared: Sharing, maria: Visitor) -> None:
    answer = maria.post(HIDE, only=STUDY_HALL, after=ALGEBRA)

    assert f"after={ALGEBRA}" in answer.headers["location"]
