"""The schools table and its file: counts alone, and nothing that a spreadsheet would run (A72)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from portal import clock
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs.holds import Hold
from portal.roster.records import SchoolRecord
from portal.roster.sharing import Kind
from portal.web.ground.limits import Limit
from portal.web.ground.spreadsheets import safe_cell
from tests.sandbox_clever import Cast
from tests.sharing import HIGH, MIDDLE, Sharing, lincoln
from tests.web.browsing import Visitor

NewVisitor = Callable[[], Visitor]
SCHOOLS, DOWNLOAD = "/overview/schools", "/overview/schools/download"


@pytest.fixture
def shared(section: Section, cast: Cast) -> Sharing:
    """Lincoln with Ms Rivera's section at the middle school, whose list waits for a person."""
    Section.update(district_sourced_id=cast.id, school_sourced_id=cast.schools[MIDDLE]).execute()
    return lincoln(cast)


@pytest.fixture
def lowell(new_visitor: NewVisitor, shared: Sharing, cast: Cast) -> Visitor:
    admin = new_visitor()
    admin.sign_in(cast.district_admins["Pat Lowell"])
    return admin


def names(admin: Visitor, query: str = "") -> list[str]:
    """The schools as they stand in the table, from top to bottom."""
    text = admin.page(f"{SCHOOLS}{query}").text
    return sorted((each for each in (MIDDLE, HIGH) if each in text), key=text.index)


def rows(admin: Visitor, **fields: str) -> list[list[str]]:
    answer = admin.post(DOWNLOAD, **fields)
    assert answer.headers["content-type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_the_table_says_of_each_school_what_is_in_use_and_what_waits(lowell: Visitor) -> None:
    text = lowell.page(SCHOOLS).text

    assert f"{MIDDLE} 0 classes, 0 students, 0 teachers 1 12 today at" in text
    assert names(lowell) == [HIGH, MIDDLE]


def test_it_sorts_and_filters_by_links(lowell: Visitor) -> None:
    assert names(lowell, "?sort=sections") == [MIDDLE, HIGH]
    assert names(lowell, "?show=attention") == [MIDDLE]
    assert names(lowell, "?show=used") == [MIDDLE]
    assert names(lowell, "?show=unused") == [HIGH]
    assert names(lowell, "?sort=nonsense&show=nonsense&page=nonsense") == [HIGH, MIDDLE]


def test_a_page_has_fifty_schools(lowell: Visitor, shared: Sharing) -> None:
    shared.shares(Kind.SCHOOLS, *(SchoolRecord(f"s{n:03}", f"School {n:03}") for n in range(60)))

    assert "Page 1 of 2" in lowell.page(SCHOOLS).text
    assert "School 059" not in lowell.page(SCHOOLS).text
    assert "School 059" in lowell.page(f"{SCHOOLS}?page=2").text
    assert "Page 2 of 2" in lowell.page(f"{SCHOOLS}?page=99").text


def test_a_school_admin_sees_her_school_alone(
    new_visitor: NewVisitor, shared: Sharing, cast: Cast
) -> None:
    admin = new_visitor()
    admin.sign_in(cast.staffs["Ruth Kim"])

    assert names(admin) == [MIDDLE]
    assert [row[0] for row in rows(admin)[1:]] == [MIDDLE]


def test_A60_an_admin_of_another_district_sees_none_of_them(
    new_visitor: NewVisitor, shared: Sharing
) -> None:
    elsewhere = new_visitor()
    elsewhere.sign_in(elsewhere.sandbox.cast("Cedar Valley ISD").district_admins["Lee Morgan"])

    assert names(elsewhere) == []
    assert len(rows(elsewhere)) == 1


def test_a_school_that_is_shared_no_more_stays_while_it_has_sections(
    lowell: Visitor, shared: Sharing, cast: Cast
) -> None:
    shared.shares_no_more(Kind.SCHOOLS, cast.schools[MIDDLE], cast.schools[HIGH])

    assert names(lowell) == [MIDDLE]
    assert f"{MIDDLE} Not shared today" in lowell.page(SCHOOLS).text


def test_the_file_holds_all_schools_of_the_filter_and_is_audited(lowell: Visitor) -> None:
    found = rows(lowell, show="attention")

    assert [row[0] for row in found] == ["School", MIDDLE]
    assert found[1][-2:] == ["1", "0"]
    event = AuditEvent.get(AuditEvent.action == "schools.exported")
    assert event.counts == '{"schools": 1}'


def test_files_are_counted_and_one_too_many_is_refused(lowell: Visitor) -> None:
    for _ in range(Limit.EXPORTS.value.times):
        lowell.post(DOWNLOAD)
    answer = lowell.post(DOWNLOAD)

    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0


def test_a72_a_school_named_like_a_formula_opens_as_text(
    lowell: Visitor, shared: Sharing, cast: Cast
) -> None:
    formula = '=HYPERLINK("https://evil.example","Lincoln")'
    shared.shares(Kind.SCHOOLS, SchoolRecord(cast.schools[MIDDLE], formula))

    assert f"'{formula}" in [row[0] for row in rows(lowell)]


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", " =1", "\u200b=1", "\ufeff=1"]
    + ["＝1", "＋1", "－1", "＠a", "\0=1", "\t", "|calc", "%0A=1"]
    + ["'Olu", "007", "12345678901234567890", "2026-11-22", "Mar 3", "1e5", "$5", "True", "x "],
)
def test_a72_what_could_start_a_formula_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == "'" + text.replace("\0", "")


@pytest.mark.parametrize("text", ["Lincoln", "O'Neill - High", "PS 118", "", "École = Schule"])
def test_a72_everything_else_stays_as_it_is(text: str) -> None:
    assert safe_cell(text) == text


def test_a_question_that_has_run_out_counts_no_more(lowell: Visitor) -> None:
    Hold.update(expires_at=clock.now()).execute()

    assert names(lowell, "?show=attention") == []
