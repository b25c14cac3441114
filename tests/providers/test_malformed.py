"""Answers that are not what Clever sends: refused whole, or a record set aside (trust M01-M44)."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from portal.providers.base import FailureReason
from tests.healthy_district import DISTRICT, ROSTER, SCHOOL, SECTION, Json, student, student_id
from tests.hostile_clever import (
    Answer,
    HostileClever,
    answered,
    body,
    changed,
    gzip_bomb,
    hostile_clever,
    in_a_record,
    recoded,
    redirect,
    status,
)
from tests.providers.peak_memory import failed_read
from tests.providers.reading import failure, roster

Edit = Callable[[Json], object]


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(body(b'{"data": [{"data": {"id": "64b'), id="M01-truncated"),
        pytest.param(body(b""), id="M05-empty-body"),
        pytest.param(body(b"null"), id="M06-null"),
        pytest.param(body(b"[]"), id="M06-list"),
        pytest.param(body(b'"x"'), id="M06-text"),
        pytest.param(body(b"7"), id="M06-number"),
        pytest.param(answered({"error": "oops"}), id="M07-error-with-200"),
        pytest.param(changed(lambda page: page.update(error="oops")), id="M07-error-beside-data"),
        pytest.param(changed(lambda page: page.pop("data")), id="M08-no-data"),
        pytest.param(changed(lambda page: page.update(data=None)), id="M08-data-null"),
        pytest.param(changed(lambda page: page.update(data={})), id="M08-data-object"),
        pytest.param(changed(lambda page: page.update(links=None)), id="M08-links-null"),
        pytest.param(changed(lambda page: page.update(links={})), id="M08-links-object"),
        pytest.param(changed(lambda page: page.update(links=["next"])), id="M08-link-text"),
        pytest.param(recoded("utf-8-sig"), id="M09-bom"),
        pytest.param(recoded("latin-1"), id="M10-latin-1"),
        pytest.param(recoded("utf-16"), id="M10-utf-16"),
        pytest.param(body(b'{"data": ' + b"[" * 100_000), id="M12-nesting"),
        pytest.param(in_a_record('"x": ' + "[" * 100_000 + "]" * 100_000), id="M12-in-a-record"),
        pytest.param(in_a_record('"x": NaN'), id="M13-nan"),
        pytest.param(in_a_record('"x": -Infinity'), id="M13-infinity"),
        pytest.param(in_a_record('"x": ' + "9" * 5000), id="M14-unknown-field"),
        pytest.param(in_a_record('"email": -1' + "0" * 5000), id="M14-known-field"),
        pytest.param(changed(lambda page: page.pop("links")), id="M20-no-links"),
        pytest.param(body(b"{}", Content_Type="text/plain"), id="other-content-type"),
        pytest.param(body(b"{}", Content_Type="image/x+json"), id="a-picture-in-json"),
        pytest.param(body(b"{}", Content_Encoding="br"), id="packing-never-asked-for"),
        pytest.param(
            answered({"data": [], "links": [{"rel": "next", "uri": ""}]}), id="next-empty"
        ),
        pytest.param(
            answered({"data": [], "links": [{"rel": "next", "uri": None}]}), id="next-null"
        ),
    ],
)
def test_an_unusable_page_refuses_the_whole_read(clever: HostileClever, answer: Answer) -> None:
    clever.always(ROSTER, answer, page=2)

    assert failure(clever).reason is FailureReason.UNUSABLE_ANSWER


def of_kind(kind: str) -> Answer:
    """The healthy page under another Content-Type."""
    return lambda exchange: body(json.dumps(exchange.healthy).encode(), Content_Type=kind)(exchange)


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(changed(lambda page: page.update(error=None)), id="error-null"),
        pytest.param(changed(lambda page: page.update(error="")), id="error-empty"),
        pytest.param(
            changed(lambda page: page["links"].append({"rel": "prev", "uri": None})),
            id="prev-null",
        ),
        pytest.param(changed(lambda page: page["links"].append({})), id="link-empty"),
        pytest.param(of_kind("text/json"), id="text-json"),
        pytest.param(of_kind("application/hal+json; charset=utf-8"), id="other-json"),
    ],
)
def test_what_says_nothing_about_the_list_does_not_spoil_it(
    clever: HostileClever, answer: Answer
) -> None:
    clever.always(ROSTER, answer)

    assert len(roster(clever).students) == 26


def test_a_gzip_bomb_is_refused_without_being_unpacked(clever: HostileClever) -> None:
    """M11: 100 MB from 100 kB; the process grows by at most 64 MB."""
    clever.always(ROSTER, gzip_bomb())
    read = failed_read(clever)

    assert read.reason is FailureReason.UNUSABLE_ANSWER
    assert read.grown_megabytes <= 64


def test_a_packed_page_is_read_like_any_other(clever: HostileClever) -> None:
    def packed(exchange: Any) -> None:
        whole = json.dumps(exchange.healthy).encode()
        body(gzip.compress(whole), Content_Encoding="gzip")(exchange)

    clever.always(ROSTER, packed)

    assert len(roster(clever).students) == 26


def test_a_next_that_leads_to_itself_is_found_at_once(clever: HostileClever) -> None:
    """M16, F35."""

    def to_itself(page: Json) -> None:
        page["links"] = [{"rel": "next", "uri": page["links"][0]["uri"]}]

    clever.always(ROSTER, changed(to_itself), page=2)

    assert failure(clever).reason is FailureReason.UNUSABLE_ANSWER
    assert clever.paths().count(ROSTER) == 2


def test_a_loop_of_pages_is_found_at_the_first_repeated_one(clever: HostileClever) -> None:
    """F35."""
    back = f"{ROSTER}?limit=10&starting_after={student_id(10)}"
    clever.always(
        ROSTER, changed(lambda page: page["links"].append({"rel": "next", "uri": back})), page=3
    )

    assert failure(clever).reason is FailureReason.UNUSABLE_ANSWER
    assert clever.paths().count(ROSTER) == 3


def test_a_list_without_an_end_is_given_up_after_a_thousand_pages(clever: HostileClever) -> None:
    """M17."""

    def one_more(exchange: Any) -> None:
        number = clever.paths().count(ROSTER)
        following = {"rel": "next", "uri": f"{ROSTER}?starting_after={student_id(number)}"}
        answered({"data": [], "links": [following]})(exchange)

    clever.always(ROSTER, one_more)

    assert failure(clever).reason is FailureReason.UNUSABLE_ANSWER
    assert clever.paths().count(ROSTER) == 1000


def first_student(edit: Edit) -> Answer:
    return changed(lambda page: edit(page["data"][0]["data"]))


def named(value: Any) -> Edit:
    return lambda record: record.update(name=value)


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda record: record.pop("id"), id="M21-missing"),
        pytest.param(lambda record: record.update(id=None), id="M21-null"),
        pytest.param(lambda record: record.update(id=7), id="M22-number"),
        pytest.param(lambda record: record.update(id="a" * 10_000), id="M23-10000-characters"),
        pytest.param(lambda record: record.update(id="../../admin"), id="M23-path"),
        pytest.param(named("Maya Rivera"), id="M25-text"),
        pytest.param(named(["Maya"]), id="M25-list"),
        pytest.param(lambda record: record.pop("roles"), id="M37-no-roles"),
        pytest.param(lambda record: record.update(roles={}), id="M37-empty-roles"),
        pytest.param(lambda record: record.update(roles=""), id="M37-roles-of-empty-text"),
        pytest.param(lambda record: record.update(roles="student"), id="M37-roles-text"),
        pytest.param(lambda record: record["roles"].update(teacher={}), id="M37-teacher-too"),
        pytest.param(lambda record: record["roles"].update(contact={}), id="M37-contact-too"),
    ],
)
def test_a_record_that_cannot_be_used_is_set_aside_and_its_student_stays(
    clever: HostileClever, edit: Edit
) -> None:
    clever.always(ROSTER, first_student(edit), page=1)

    snapshot = roster(clever, enrolled=[student_id(1)])

    assert len(snapshot.students) == 25
    assert snapshot.unreadable == {student_id(1)}
    assert snapshot.unreadable_count == 1


@pytest.mark.parametrize("empty", ["", [], None])
def test_an_empty_role_is_no_role(clever: HostileClever, empty: Any) -> None:
    """Clever page "Data model": empty data is "", sometimes []."""
    clever.always(
        ROSTER, first_student(lambda record: record["roles"].update(teacher=empty)), page=1
    )

    assert len(roster(clever).students) == 26


@pytest.mark.parametrize("item", [None, 7, "x", [], {}, {"data": None}, {"data": []}])
def test_an_item_that_is_no_record_is_set_aside(clever: HostileClever, item: Any) -> None:
    clever.always(ROSTER, changed(lambda page: page["data"].__setitem__(0, item)), page=1)

    snapshot = roster(clever, enrolled=[student_id(1)])

    assert len(snapshot.students) == 25
    assert snapshot.unreadable == {student_id(1)}


@pytest.mark.parametrize(
    ("edit", "given", "family"),
    [
        pytest.param(lambda record: record.pop("name"), "", "", id="M24-missing"),
        pytest.param(named(None), "", "", id="M24-null"),
        pytest.param(named(""), "", "", id="M24-text-empty"),
        pytest.param(named([]), "", "", id="M24-list-empty"),
        pytest.param(named({"first": "", "last": ""}), "", "", id="M24-empty"),
        pytest.param(named({"first": None}), "", "", id="M24-part-null"),
        pytest.param(named({"first": "\u200b\u200d"}), "", "", id="M32-zero-width-only"),
        pytest.param(named({"last": "Pelé"}), "", "Pelé", id="M27-one-word"),
        pytest.param(named({"first": "👩🏽‍🚀"}), "👩🏽‍🚀", "", id="M28-emoji"),
        pytest.param(named({"first": "\u202eayaM"}), "ayaM", "", id="M29-bidi"),
        pytest.param(named({"first": "Ma\x00ya"}), "Maya", "", id="M30-nul"),
        pytest.param(named({"first": "Ma\ud800ya"}), "Ma\ufffdya", "", id="M31-half-a-pair"),
        pytest.param(named({"first": "Zoe\u0301"}), "Zoé", "", id="M33-nfd"),
        pytest.param(named({"first": "<b>M"}), "<b>M", "", id="M34-html"),
        pytest.param(named({"first": "=1+1"}), "=1+1", "", id="M35-formula"),
    ],
)
def test_an_odd_name_is_kept_in_order(
    clever: HostileClever, edit: Edit, given: str, family: str
) -> None:
    clever.always(ROSTER, first_student(edit), page=1)

    kept = roster(clever).students[student_id(1)]

    assert (kept.given_name, kept.family_name) == (given, family)


def test_a_backslash_before_what_looks_like_half_a_pair_is_left_alone(
    clever: HostileClever,
) -> None:
    """M31's neighbour: the text \\ud800, and a whole pair."""
    clever.always(ROSTER, first_student(named({"first": "\\ud800 😀 \ud800"})), page=1)

    assert roster(clever).students[student_id(1)].given_name == "\\ud800 😀 \ufffd"


def test_a_name_of_5000_characters_is_cut(clever: HostileClever) -> None:
    """M26."""
    clever.always(ROSTER, first_student(named({"first": "Maya" * 1250})), page=1)

    assert len(roster(clever).students[student_id(1)].given_name) == 200


def test_the_same_record_twice_counts_once(clever: HostileClever) -> None:
    """M18."""
    clever.always(ROSTER, changed(lambda page: page["data"].append(page["data"][0])), page=1)

    snapshot = roster(clever)

    assert len(snapshot.students) == 26
    assert snapshot.unreadable_count == 0


def test_two_versions_of_one_record_are_both_set_aside(clever: HostileClever) -> None:
    """M19."""
    other = {"data": student(1) | {"name": {"first": "Somebody", "last": "Else"}}}
    clever.always(ROSTER, changed(lambda page: page["data"].append(other)), page=2)

    snapshot = roster(clever)

    assert student_id(1) not in snapshot.students
    assert snapshot.unreadable == {student_id(1)}
    assert snapshot.unreadable_count == 1


@pytest.mark.parametrize("email", ["", "no at sign", "student2@example.org"])
def test_emails_of_any_kind_change_nothing(clever: HostileClever, email: str) -> None:
    """M36."""
    clever.always(ROSTER, first_student(lambda record: record.update(email=email)), page=1)

    assert len(roster(clever).students) == 26


@pytest.mark.parametrize("path", [SECTION, ROSTER, f"/v3.0/districts/{DISTRICT}"])
def test_a_record_of_another_district_refuses_the_whole_read(
    clever: HostileClever, path: str, caplog: pytest.LogCaptureFixture
) -> None:
    """M42; it leaves a security event."""

    def move(answer: Json) -> None:
        record = answer["data"][0]["data"] if path == ROSTER else answer["data"]
        key = "id" if "districts" in path else "district"
        record[key] = "64a000000000000000000999"

    clever.always(path, changed(move))

    assert failure(clever).reason is FailureReason.REFUSED_ANSWER
    assert [record.name for record in caplog.records] == ["portal.security"]


def test_a_redirect_to_the_machines_own_secrets_is_not_followed(clever: HostileClever) -> None:
    """M44."""
    clever.always(ROSTER, redirect("http://169.254.169.254/latest/meta-data/"))

    assert failure(clever).reason is FailureReason.REFUSED_ANSWER
    assert clever.paths().count(ROSTER) == 1


@pytest.mark.parametrize(
    "record",
    [
        pytest.param(None, id="null"),
        pytest.param([], id="list"),
        pytest.param({"id": "64a000000000000000000999"}, id="another-class"),
        pytest.param({"id": None}, id="no-id"),
    ],
)
def test_a_class_that_cannot_be_read_refuses_the_read(clever: HostileClever, record: Any) -> None:
    clever.always(SECTION, answered({"data": record}))

    assert failure(clever).reason is FailureReason.UNUSABLE_ANSWER


@pytest.mark.parametrize("students", [{"id": "x"}, "64b", 7])
def test_a_class_whose_list_is_no_list_refuses_the_read(
    clever: HostileClever, students: Any
) -> None:
    clever.district.section["students"] = students

    assert failure(clever).reason is FailureReason.UNUSABLE_ANSWER


@pytest.mark.parametrize("entry", [None, 7, "../x", {"id": "y"}])
def test_an_unreadable_entry_in_the_classes_list_removes_nobody(
    clever: HostileClever, entry: Any
) -> None:
    """M21 to M23, in the other list."""
    clever.district.section["students"][0] = entry
    clever.district.section["students"].remove(student_id(2))
    del clever.district.students[student_id(2)]

    snapshot = roster(clever, enrolled=[student_id(1), student_id(2)])

    assert student_id(1) in snapshot.students
    assert student_id(2) in snapshot.unreadable


def test_sensitive_fields_are_not_even_unpacked(clever: HostileClever) -> None:
    """M41."""
    kept = repr(roster(clever))

    for secret in ("3/9/2014", "Basque", "Free", "example.org", "iep"):
        assert secret not in kept
    assert SCHOOL in kept


def test_a_class_of_10000_is_read_whole() -> None:
    """M40."""
    with hostile_clever(students=10_000) as clever:
        assert len(roster(clever, page_size=10_000).students) == 10_000


@pytest.mark.parametrize("code", [301, 302, 303, 304, 307, 308])
def test_no_kind_of_redirect_is_followed(
    clever: HostileClever, elsewhere: HostileClever, code: int
) -> None:
    """A67."""
    clever.always(ROSTER, status(code, Location=f"{elsewhere.origin}{ROSTER}"))

    assert failure(clever).reason is FailureReason.REFUSED_ANSWER
    assert elsewhere.hits == []
