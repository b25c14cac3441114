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
from portal.models.enrollments import Enrollment
from portal.models.lessons import LessonCompletion
from portal.models.sections import Section
from portal.roster.names import display_name
from portal.roster.records import Role
from portal.web.access import current_account, find_student_section, role_required
from portal.web.current import current_courses

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
    if not places:
        return render_template("students/waiting.html")
    classes = [_card(student, place) for place in places]
    return render_template("students/home.html", classes=classes)


@bp.get("/classes/<section_id>")
@role_required(Role.STUDENT)
def section(section_id: str) -> str:
    found = find_student_section(section_id)
    course = current_courses().get(found.course_slug)

    lessons = _lessons(current_account(), course) if course else []
    return render_template("students/section.html", section=found, course=course, lessons=lessons)


@bp.post("/lessons/<course_slug>/<lesson_slug>/completion")
@role_required(Role.STUDENT)
def complete(course_slug: str, lesson_slug: str) -> Response:
    student = current_account()
    lesson = _lesson_of_theirs(student, course_slug, lesson_slug) or abort(404)
    done = request.form.get("done") == "1"

    if done:
        write(lambda: LessonCompletion.mark(student, course_slug, lesson.slug, clock.now()))
    else:
        write(lambda: LessonCompletion.unmark(student, course_slug, lesson.slug))
    return redirect(_back(student, course_slug), 303)


def _card(student: Account, place: Enrollment) -> ClassCard:
    section = place.section
    teacher = section.teachers().first() or section.created_by
    course = current_courses().get(section.course_slug)
    rows = _lessons(student, course) if course else []
    return ClassCard(
        public_id=section.public_id,
        name=section.name,
        teacher_name=display_name(teacher.given_name, teacher.family_name) if teacher else "",
        next_lesson=next((row.name for row in rows if not row.done), ""),
        left_on=place.ended_at,
    )


def _lessons(student: Account, course: Course) -> list[LessonRow]:
    done = LessonCompletion.of(student, course.slug)
    return [LessonRow(each.slug, each.name, each.slug in done) for each in course.lessons]


def _lesson_of_theirs(student: Account, course_slug: str, lesson_slug: str) -> Lesson | None:
    """The lesson, if a class of this student uses its course today."""
    course = current_courses().get(course_slug)
    if course is None or _place_with(student, course_slug) is None:
        return None
    return next((each for each in course.lessons if each.slug == lesson_slug), None)


def _back(student: Account, course_slug: str) -> str:
    place = _place_with(student, course_slug)
    section_id = place.section.public_id if place else ""
    return url_for("students.section", section_id=section_id)


def _place_with(student: Account, course_slug: str) -> Enrollment | None:
    here = (Section.course_slug == course_slug) & Enrollment.ended_at.is_null()
    place: Enrollment | None = Enrollment.of_student(student).where(here).first()
    return place
