"""The operator's own courses and their lessons, read from a TOML file (N4, T2)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 64

Table = Mapping[str, Any]


class CoursesError(Exception):
    """The file cannot be used; the message names it and says what is wrong."""


@dataclass(frozen=True, slots=True)
class Lesson:
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Course:
    slug: str
    name: str
    lessons: tuple[Lesson, ...]


def load_courses(path: Path) -> dict[str, Course]:
    """Return the courses by slug, in the file's order; raises CoursesError."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
        return {course.slug: course for course in _courses(found)}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, CoursesError) as error:
        raise CoursesError(f"{path}: {error}") from error


def _courses(found: Table) -> list[Course]:
    unknown = sorted(found.keys() - {"course"})
    if unknown:
        raise CoursesError(f"{unknown[0]} is not known here; courses are [[course]] tables")
    courses = [_course(entry) for entry in _tables(found, "course")]
    _refuse_repeats("courses", (course.slug for course in courses))
    return courses


def _course(entry: Table) -> Course:
    slug = _slug(entry, "a course")
    lessons = tuple(_lesson(lesson, slug) for lesson in _tables(entry, "lesson"))
    if not lessons:
        raise CoursesError(f"course {slug} has no [[course.lesson]]")
    _refuse_repeats(f"lessons of {slug}", (lesson.slug for lesson in lessons))
    return Course(slug, _name(entry, f"course {slug}"), lessons)


def _lesson(entry: Table, course_slug: str) -> Lesson:
    slug = _slug(entry, f"a lesson of {course_slug}")
    return Lesson(slug, _name(entry, f"lesson {slug} of {course_slug}"))


def _tables(entry: Table, key: str) -> list[Table]:
    found = entry.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise CoursesError(f"{key} must be written in tables of its own, in double brackets")
    return found


def _slug(entry: Table, whose: str) -> str:
    slug = entry.get("slug")
    if not isinstance(slug, str) or not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise CoursesError(
            f"{whose} has the slug {slug!r}; it must be words of a-z and 0-9 joined by hyphens, "
            f"{LONGEST_SLUG} characters at most"
        )
    return slug


def _name(entry: Table, whose: str) -> str:
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip():
        raise CoursesError(f"{whose} has no name")
    return name.strip()


def _refuse_repeats(whose: str, slugs: Iterable[str]) -> None:
    seen: set[str] = set()
    for slug in slugs:
        if slug in seen:
            raise CoursesError(f"two {whose} have the slug {slug}")
        seen.add(slug)
