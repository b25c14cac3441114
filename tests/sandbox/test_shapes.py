"""Every record matches Clever's v3.0 definitions in every field and type (issue 2, Done when)."""

from __future__ import annotations

import pytest

from tests.sandbox import v3_0
from tests.sandbox.asking import App, link
from tests.sandbox_clever import Cast, RunningSandbox


@pytest.mark.parametrize("collection", v3_0.COLLECTIONS)
def test_every_record_of_a_collection_has_the_fields_and_types_of_v3_0(
    district: App, collection: str
) -> None:
    shape = v3_0.COLLECTIONS[collection]
    records = district.records(f"/v3.0/{collection}")
    assert records
    assert [wrong for record in records for wrong in v3_0.wrong_in(record, shape)] == []


@pytest.mark.parametrize("role", v3_0.ROLES)
def test_each_role_lists_only_people_who_hold_it(district: App, role: str) -> None:
    people = district.records(f"/v3.0/users?role={role}")
    assert people
    assert all(role in person["roles"] for person in people)


@pytest.mark.parametrize("collection", v3_0.COLLECTIONS)
def test_list_items_carry_their_uri_and_single_records_their_links(
    district: App, collection: str
) -> None:
    item = district.body(f"/v3.0/{collection}")["data"][0]
    assert item.keys() == {"data", "uri"}
    single = district.body(item["uri"])
    assert single["data"] == item["data"]
    assert link(single, "self") == item["uri"]


@pytest.mark.parametrize(("collection", "rels"), v3_0.LINKS.items())
def test_a_single_record_links_to_what_the_documentation_names(
    district: App, collection: str, rels: tuple[str, ...]
) -> None:
    single = district.body(district.body(f"/v3.0/{collection}")["data"][0]["uri"])
    assert tuple(each["rel"] for each in single["links"]) == ("self", *rels)


@pytest.mark.parametrize("collection", v3_0.COLLECTIONS)
def test_every_link_of_a_single_record_leads_somewhere(district: App, collection: str) -> None:
    single = district.body(district.body(f"/v3.0/{collection}")["data"][0]["uri"])
    answers = {each["rel"]: district.get(each["uri"]).status_code for each in single["links"]}
    assert set(answers.values()) == {200}


@pytest.mark.parametrize("collection", ["users", "sections", "courses"])
def test_the_resources_of_a_record_are_an_empty_list(district: App, collection: str) -> None:
    owner = district.body(f"/v3.0/{collection}")["data"][0]["uri"]
    answer = district.body(f"{owner}/resources?limit=10")
    assert answer == {
        "data": [],
        "links": [{"rel": "self", "uri": f"{owner}/resources?limit=10"}],
    }


def test_a_new_student_has_the_same_shape(
    sandbox: RunningSandbox, cast: Cast, district: App
) -> None:
    made = sandbox.enrol_new(cast.sections["Advisory 8B"], "Noor", "Haddad", grade="8")
    record = district.record(f"/v3.0/users/{made}")
    assert v3_0.wrong_in(record, v3_0.USER) == []
    assert record["roles"]["student"]["grade"] == "8"


def test_the_main_teacher_comes_first_in_teachers(district: App) -> None:
    for section in district.records("/v3.0/sections"):
        assert section["teachers"][0] == section["teacher"]


def test_a_contact_has_the_whole_name_in_last(district: App) -> None:
    contact = district.records("/v3.0/users?role=contact")[0]
    assert contact["name"].keys() == {"last"}


def test_v3_1_gives_its_own_uris_and_adds_fields(district: App) -> None:
    newer = district.body("/v3.1/districts")["data"][0]
    older = district.body("/v3.0/districts")["data"][0]
    assert newer["uri"] == older["uri"].replace("v3.0", "v3.1")
    assert newer["data"].keys() - older["data"].keys() == {"lms_type", "lms_state"}
