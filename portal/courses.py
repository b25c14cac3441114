"""The operator's own courses and their lessons, read from a TOML file (T2)."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_SLUG = 64


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
    """The courses by slug, in the file's order; raises CoursesError."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise CoursesError(f"{path}: {error}") from error
    try:
        courses = [_course(entry) for entry in _tables(found, "course")]
        _refuse_twins(courses)
    except CoursesError as error:
        raise CoursesError(f"{path}: {error}") from error
    return {course.slug: course for course in courses}


def _course(entry: dict[str, Any]) -> Course:
    slug = _slug(entry)
    lessons = tuple(
        Lesson(_slug(lesson), _name(lesson, slug)) for lesson in _tables(entry, "lesson")
    )
    if not lessons:
        raise CoursesError(f"course {slug} has no [[course.lesson]]")
    _refuse_twins(lessons)
    return Course(slug, _name(entry, slug), lessons)


def _tables(entry: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = entry.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise CoursesError(f"{key} must be written as [[{key}]] tables")
    return found


def _slug(entry: dict[str, Any]) -> str:
    slug = entry.get("slug")
    if not isinstance(slug, str) or not SLUG.fullmatch(slug) or len(slug) > LONGEST_SLUG:
        raise CoursesError(f"slug {slug!r} must be words of a-z and 0-9 joined by hyphens")
    return slug


def _name(entry: dict[str, Any], slug: str) -> str:
    name = entry.get("name")
    if not isinstance(name, str) or not name.strip():
        raise CoursesError(f"{slug} has an entry without a name")
    return name.strip()


def _refuse_twins(entries: list[Course] | tuple[Lesson, ...]) -> None:
    seen: set[str] = set()
    for entry in entries:
        if entry.slug in seen:
            raise CoursesError(f"slug {entry.slug} is used twice")
        seen.add(entry.slug)
