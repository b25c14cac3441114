"""The operator's course list: what a file may hold, and what is said when it will not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal.courses import Course, CoursesError, Lesson, load_courses
from portal.settings import BUNDLED_COURSES

ROBOTS = """
[[course]]
slug = "robots"
name = "Robots"
[[course.lesson]]
slug = "first-steps"
name = " First steps "
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "courses.toml"
    path.write_text(text, encoding="utf-8")
    return path


def complaint_about(folder: Path, text: str) -> str:
    path = write(folder, text)
    with pytest.raises(CoursesError) as caught:
        load_courses(path)
    assert str(caught.value).startswith(f"{path}: ")
    return str(caught.value)


def test_a_course_comes_with_its_lessons(tmp_path: Path) -> None:
    lessons = (Lesson("first-steps", "First steps"),)

    assert load_courses(write(tmp_path, ROBOTS)) == {"robots": Course("robots", "Robots", lessons)}


def test_courses_keep_the_order_of_the_file(tmp_path: Path) -> None:
    text = ROBOTS.replace("robots", "zebras") + ROBOTS + ROBOTS.replace("robots", "apples")

    assert list(load_courses(write(tmp_path, text))) == ["zebras", "robots", "apples"]


def test_a_file_without_courses_offers_none(tmp_path: Path) -> None:
    assert load_courses(write(tmp_path, "# none yet")) == {}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ROBOTS.replace('name = "Robots"', ""), "course robots has no name"),
        (ROBOTS.replace("Robots", " "), "course robots has no name"),
        (ROBOTS.replace(" First steps ", ""), "lesson first-steps of robots has no name"),
        (ROBOTS.replace('"robots"', '"My Robots"'), "a course has the slug 'My Robots'"),
        (ROBOTS.replace('slug = "first-steps"', ""), "a lesson of robots has the slug None"),
        (ROBOTS.replace("robots", "r" * 65), "64 characters at most"),
        (ROBOTS + ROBOTS, "two courses have the slug robots"),
        (
            ROBOTS + ROBOTS[ROBOTS.index("[[course.lesson]]") :],
            "two lessons of robots have the slug",
        ),
        (ROBOTS[: ROBOTS.index("[[course.lesson]]")], "course robots has no [[course.lesson]]"),
        ('[course]\nslug = "robots"', "course must be written in tables"),
        (
            '[[course]]\nslug = "robots"\nlesson = [1]',
            "lesson must be written in tables",
        ),
        (ROBOTS.replace("[[course", "[[courses"), "courses is not known here"),
        ("name = \n", "line 1"),
    ],
)
def test_a_file_that_will_not_do_is_named_with_what_is_wrong(
    tmp_path: Path, text: str, said: str
) -> None:
    assert said in complaint_about(tmp_path, text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CoursesError, match="nowhere.toml"):
        load_courses(tmp_path / "nowhere.toml")


def test_a_file_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes(b'name = "\xe9"')

    with pytest.raises(CoursesError, match="latin.toml"):
        load_courses(path)


def test_the_courses_in_the_box_load_with_several_lessons_each() -> None:
    courses = load_courses(BUNDLED_COURSES)

    assert len(courses) == 4
    assert all(5 <= len(course.lessons) <= 8 for course in courses.values())
