"""Pages: ascending ids, relative links, the limits (clever-platform 3.3)."""

from __future__ import annotations

import pytest

from tests.sandbox.asking import App, link
from tests.sandbox_clever import Cast, RunningSandbox


def band(cast: Cast) -> str:
    return f"/v3.0/sections/{cast.sections['Band - All Grades']}/users?role=student"


def test_the_class_of_250_comes_whole_in_pages_of_100(district: App, cast: Cast) -> None:
    pages = district.pages(band(cast))
    ids = [item["data"]["id"] for page in pages for item in page["data"]]
    assert [len(page["data"]) for page in pages] == [100, 100, 50]
    assert ids == sorted(set(ids))
    assert len(ids) == 250


@pytest.mark.parametrize("limit", [1, 7, 249, 250, 251, 10_000])
def test_any_limit_gives_the_same_students(
    sandbox: RunningSandbox, district: App, cast: Cast, limit: int
) -> None:
    listed = sandbox.student_ids(cast.sections["Band - All Grades"])
    assert district.ids(f"{band(cast)}&limit={limit}") == sorted(listed)


def test_the_last_page_has_no_next_and_links_are_relative(district: App, cast: Cast) -> None:
    first, *_, last = district.pages(f"{band(cast)}&limit=125")
    assert link(last, "next") is None
    assert str(link(first, "next")).startswith(f"{band(cast).partition('?')[0]}?limit=125&")
    assert "role=student" in str(link(first, "next"))
    assert link(first, "self") == f"{band(cast)}&limit=125"


def test_prev_goes_back_and_ends_in_an_empty_page(district: App, cast: Cast) -> None:
    first, second = district.pages(f"{band(cast)}&limit=200")
    back = district.body(str(link(second, "prev")))
    assert back["data"] == first["data"]
    assert link(back, "next") is not None
    assert link(first, "prev") is None


def test_ending_before_last_is_the_last_page(district: App, cast: Cast) -> None:
    everybody = district.ids(f"{band(cast)}&limit=250")
    page = district.body(f"{band(cast)}&limit=20&ending_before=last")
    assert [item["data"]["id"] for item in page["data"]] == everybody[-20:]
    assert link(page, "prev") is not None


def test_nothing_lies_after_the_last_record(district: App, cast: Cast) -> None:
    last = district.ids(f"{band(cast)}&limit=250")[-1]
    assert district.body(f"{band(cast)}&starting_after={last}")["data"] == []


def test_a_student_who_arrives_while_pages_are_read_lands_on_the_last_one(
    sandbox: RunningSandbox, district: App, cast: Cast
) -> None:
    first = district.body(band(cast))
    made = sandbox.enrol_new(cast.sections["Band - All Grades"], "Late", "Comer")
    assert district.ids(str(link(first, "next")))[-1] == made


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=10000", 200),
        ("limit=10001", 413),
        ("limit=0", 400),
        ("limit=many", 400),
        ("starting_after=nobody", 400),
        ("role=principal", 400),
    ],
)
def test_limits_and_cursors_are_checked(district: App, query: str, status: int) -> None:
    assert district.get(f"/v3.0/users?{query}").status_code == status
