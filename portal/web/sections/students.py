"""A student's own pages: classes, lessons, what is done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal import clock
from portal.courses import Course, Lesson
from portal.database import write
from portal.models.accounts import Account
from portal.models.entrance.sessions import SignInWay
from portal.models.lessons import Completed, LessonCompletion
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.roster.records import Role
from portal.web.accounts.claims import shown_claim
from portal.web.ground.access import current_account, find_student_section, role_required
from portal.web.ground.current import current_courses
from portal.web.ground.sessions import signed_in_with

bp = Blueprint("students", __name__)

GREY_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class ClassCard:
    public_id: str
    name: str
    teacher_name: str
    next_lesson: str
    left_on: datetime | None


@dataclass(frozen=True, slots=True)
class LessonRow:
    slug: str
    name: str
    done: bool


@bp.get("/home")
@role_required(Role.STUDENT)
def home() -> str:
    student = current_account()
    since = clock.now() - GREY_FOR
    places = [
        place
        for place in Enrollment.of_student(student)
        if place.ended_at is None or place.ended_at > since
    ]
    may_join = signed_in_with() == SignInWay.PASSWORD
    if not places:
        code_is_old = request.args.get("code") == "old"
        return render_template("students/waiting.html", may_join=may_join, code_is_old=code_is_old)
    return render_template(
        "students/home.html",
        classes=_cards(student, places),
        may_join=may_join,
        may_claim=any(place.ended_at is None for place in places),
        claim=shown_claim(student),
    )


@bp.get("/classes/<section_id>")
@role_required(Role.STUDENT)
def section(section_id: str) -> str:
    found = find_student_section(section_id)
    course = current_courses().get(found.course_slug)

    done = LessonCompletion.of(current_account())
    lessons = _lessons(course, done) if course else []
    return render_template("students/section.html", section=found, course=course, lessons=lessons)


@bp.post("/classes/<section_id>/lessons/<lesson_slug>/completion")
@role_required(Role.STUDENT)
def complete(section_id: str, lesson_slug: str) -> Response:
    found, student = find_student_section(section_id), current_account()
    lesson = (found.course_slug, _lesson(found, lesson_slug).slug)

    if request.form.get("done") == "1":
        write(lambda: LessonCompletion.mark(student, *lesson, clock.now()))
    else:
        write(lambda: LessonCompletion.unmark(student, *lesson))
    return redirect(url_for("students.section", section_id=section_id), 303)


def _cards(student: Account, places: list[Enrollment]) -> list[ClassCard]:
    """The student's classes, in two more queries however many there are."""
    teachers = Section.main_teachers([place.section for place in places])
    done = LessonCompletion.of(student)
    return [_card(place, teachers.get(place.section.id, ""), done) for place in places]


def _card(place: Enrollment, teacher_name: str, done: Completed) -> ClassCard:
    course = current_courses().get(place.section.course_slug)
    lessons = _lessons(course, done) if course else []
    return ClassCard(
        public_id=place.section.public_id,
        name=place.section.name,
        teacher_name=teacher_name,
        next_lesson=next((lesson.name for lesson in lessons if not lesson.done), ""),
        left_on=place.ended_at,
    )


def _lessons(course: Course, done: Completed) -> list[LessonRow]:
    return [
        LessonRow(each.slug, each.name, (course.slug, each.slug) in done) for each in course.lessons
    ]


def _lesson(found: Section, slug: str) -> Lesson:
    course = current_courses().get(found.course_slug) or abort(404)
    return next((each for each in course.lessons if each.slug == slug), None) or abort(404)
