"""The longest values Clever may send are saved alike on both databases, or not at all.

Its texts have no limit (Clever page "Data model"): ours are cut to 200 characters. An id that is
longer than ours may be is none (trust.md M23).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal.models.accounts import Account, LinkedAccount
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunState
from tests.faults.office import Office, open_office
from tests.healthy_district import Json, student
from tests.hostile_clever import HostileClever
from tests.providers.signing_in import finished, someone_signs_in
from tests.rosters import RIVERA, account_of, algebra, section_of
from tests.servers import RunningValkey

LONG, KEPT = "W" * 5000, "W" * 200
LONGEST_ID, TOO_LONG_ID = "z" * 64, "z" * 65
WORDS = ("grade", "sis_id", "student_number", "period", "subject", "section_number")


@pytest.fixture
def office(database_url: str, valkey: RunningValkey) -> Iterator[Office]:
    with open_office(database_url, valkey.url) as office:
        yield office


def longest(record: Json, sourced_id: str = LONGEST_ID) -> Json:
    """The record with every text and every id as long as it can be."""
    role = {"legacy_id": LONGEST_ID, "school": LONGEST_ID, "schools": [LONGEST_ID, TOO_LONG_ID]}
    role |= dict.fromkeys(WORDS, LONG) | {"credentials": {"district_username": LONG}}
    roles = dict.fromkeys(record["roles"], role)
    return record | {"id": sourced_id, "name": {"first": LONG, "last": LONG}, "roles": roles}


def enrol(clever: HostileClever, record: Json) -> None:
    clever.district.students[record["id"]] = record
    clever.district.section["students"].append(record["id"])


def test_a_student_of_the_longest_words_is_enrolled(office: Office) -> None:
    enrol(office.clever, longest(student(999)))

    assert office.sync().state == RunState.DONE
    kept = Enrollment.roster(office.section)[LONGEST_ID]
    texts = ("given_name", "family_name", "grade", "sis_id", "student_number", "district_username")
    assert {getattr(kept, name) for name in texts} == {KEPT}
    assert (kept.legacy_id, kept.school_sourced_id) == (LONGEST_ID, LONGEST_ID)


def test_a_student_whose_id_is_too_long_is_counted_and_left_out(office: Office) -> None:
    enrol(office.clever, longest(student(999), TOO_LONG_ID))
    run = office.sync()

    assert run.state == RunState.DONE
    assert run.skipped_count
    assert len(Enrollment.roster(office.section)) == 250


def test_a_class_of_the_longest_words_is_followed(office: Office) -> None:
    section = office.clever.district.section
    section |= dict.fromkeys(("name", *WORDS), LONG) | {"school": LONGEST_ID}
    section["teachers"] += [LONGEST_ID, TOO_LONG_ID]

    assert office.sync().state == RunState.DONE
    kept = office.section
    assert {kept.class_name, kept.grade, kept.subject, kept.period} == {KEPT}
    assert kept.school_sourced_id == LONGEST_ID


@pytest.mark.usefixtures("database")
def test_a_section_is_made_from_a_class_of_the_longest_words() -> None:
    long_class = replace(algebra(LONGEST_ID), grade=KEPT, subject=KEPT, period=KEPT)
    section = section_of(long_class, account_of(RIVERA))

    kept = Section.get_by_id(section.id)
    assert {kept.grade, kept.subject, kept.period} == {KEPT}


def test_a_person_of_the_longest_words_signs_in(office: Office) -> None:
    office.clever.heal()
    office.clever.district.students[LONGEST_ID] = longest(student(999))
    someone_signs_in(office.clever, LONGEST_ID)
    account = account_of(finished(office.clever))

    kept = Account.get_by_id(account.id)
    assert {kept.given_name, kept.family_name, kept.grade} == {KEPT}
    assert LinkedAccount.get(LinkedAccount.account == account).school_list == (LONGEST_ID,)
