"""Everything the classroom picker shows of a teacher's classes, in one read (product N2)."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import msgspec
import pytest

from portal.providers.base import FailureReason, ProviderError
from portal.providers.clever_records import teacher_listing
from portal.roster.records import ClassRecord, TeacherRecord, TermRecord
from tests.healthy_district import (
    CLASS,
    CO_TEACHER,
    DISTRICT,
    SCHOOL,
    SECTION,
    TEACHER,
    TERM,
)
from tests.hostile_clever import Answer, HostileClever, html, status
from tests.providers.reading import nobody, rosters

SECTIONS = f"/v3.0/users/{TEACHER}/sections"


def test_a_class_comes_with_all_that_tells_it_apart(clever: HostileClever) -> None:
    found = rosters(clever).fetch_teacher_classes(TEACHER)

    assert found.classes == (
        ClassRecord(
            sourced_id=CLASS,
            district_sourced_id=DISTRICT,
            name="Algebra I - Rivera - 3",
            teacher_sourced_ids=(TEACHER, CO_TEACHER),
            student_sourced_ids=tuple(clever.district.students),
            school_sourced_id=SCHOOL,
            term_sourced_id=TERM,
            period="3",
            grade="7",
            subject="math",
            section_number="3",
            sis_id="881-3",
            created_at=datetime(2025, 8, 4, 6, 12, tzinfo=UTC),
        ),
    )
    assert found.terms[TERM] == TermRecord(TERM, "Fall", date(2025, 8, 18), date(2025, 12, 19))
    assert found.schools[SCHOOL].name == "Lincoln Middle"
    assert found.teachers[CO_TEACHER] == TeacherRecord(CO_TEACHER, "Daniel", "Okafor")
    assert len(found.students) == 26


def test_an_own_read_says_of_a_person_what_a_whole_read_says(clever: HostileClever) -> None:
    places = {"staff": {"schools": ["64a000000000000000000012"], "roles": ["PortalOnly"]}}
    clever.district.teachers[TEACHER]["roles"] |= places
    found = rosters(clever).fetch_own_classes(TEACHER, nobody)

    (rivera,) = [each for each in found.teachers if each.sourced_id == TEACHER]
    raw = msgspec.Raw(json.dumps(clever.district.teachers[TEACHER]).encode())
    assert rivera == teacher_listing(raw, TEACHER)
    assert rivera.school_sourced_ids == (SCHOOL, "64a000000000000000000012")


def test_one_class_takes_one_request_for_each_thing_it_names(clever: HostileClever) -> None:
    rosters(clever, page_size=100).fetch_teacher_classes(TEACHER)

    assert len(clever.hits) == 6


@pytest.mark.parametrize(
    "path",
    [
        f"/v3.0/terms/{TERM}",
        f"/v3.0/schools/{SCHOOL}",
        f"/v3.0/users/{CO_TEACHER}",
        f"/v3.0/users/{TEACHER}/mystudents",
    ],
)
@pytest.mark.parametrize("answer", [status(404), html(404)])
def test_evidence_that_is_not_shared_is_left_out(
    clever: HostileClever, path: str, answer: Answer
) -> None:
    clever.always(path, answer)

    assert len(rosters(clever).fetch_teacher_classes(TEACHER).classes) == 1


def test_a_teacher_who_is_not_shared_is_said_to_be(clever: HostileClever) -> None:
    clever.always(SECTIONS, status(404))

    with pytest.raises(ProviderError) as raised:
        rosters(clever).fetch_teacher_classes(TEACHER)
    assert raised.value.reason is FailureReason.NOT_SHARED


def test_a_class_with_missing_fields_is_still_a_class(clever: HostileClever) -> None:
    """Only id, teachers, students and name are sure (Clever page "Data model")."""
    for field in ("term_id", "school", "period", "grade", "subject", "created", "section_number"):
        del clever.district.section[field]

    found = rosters(clever).fetch_teacher_classes(TEACHER)

    assert found.classes[0].created_at is None
    assert not found.terms
    assert not found.schools


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2025-08-18", date(2025, 8, 18)),
        ("2025-08-18T00:00:00.000Z", date(2025, 8, 18)),
        ("8/18/2025", None),
        ("", None),
        (None, None),
        (20250818, None),
        ("0001-01-01T00:00:00+14:00", None),
    ],
)
def test_a_terms_date_is_read_in_either_form(
    clever: HostileClever, sent: object, kept: date | None
) -> None:
    clever.district.term["start_date"] = sent

    assert rosters(clever).fetch_teacher_classes(TEACHER).terms[TERM].starts_on == kept


def test_a_class_can_be_read_with_its_term(clever: HostileClever) -> None:
    found, term = rosters(clever).fetch_class(CLASS)

    assert found.name == "Algebra I - Rivera - 3"
    assert term is not None
    assert term.name == "Fall"


def test_a_404_in_html_is_no_word_about_a_teacher(clever: HostileClever) -> None:
    clever.always(SECTIONS, html(404))

    with pytest.raises(ProviderError) as raised:
        rosters(clever).fetch_teacher_classes(TEACHER)
    assert raised.value.reason is FailureReason.UNUSABLE_ANSWER


def test_a_class_that_is_gone_is_said_to_be(clever: HostileClever) -> None:
    clever.always(SECTION, status(404))

    with pytest.raises(ProviderError) as raised:
        rosters(clever).fetch_class(CLASS)
    assert raised.value.reason is FailureReason.CLASS_GONE


def test_an_id_is_quoted_into_its_path(clever: HostileClever) -> None:
    with pytest.raises(ProviderError):
        rosters(clever).fetch_class("../users/x?limit=1")

    assert clever.paths() == ["/v3.0/sections/..%2Fusers%2Fx%3Flimit%3D1"]
