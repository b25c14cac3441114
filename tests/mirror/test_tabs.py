"""Lists of what is shared: turned by keys, searched by words, each reader's own (K1 to K5)."""

from __future__ import annotations

import pytest

from portal.database import db, is_postgresql
from portal.models.districts import DistrictConnection
from portal.models.shared import scopes, tabs
from portal.models.shared.records import SharedStudent
from portal.models.shared.scopes import Scope
from portal.models.shared.tabs import Listed, Place
from portal.roster.sharing import Kind
from tests.mirror.sharing import connected_district, lesson, pupil, put, teacher, unshare

MANY = 120


@pytest.fixture
def connection(database: str) -> DistrictConnection:
    """120 students, of whom the first 60 are in Ms Rivera's class."""
    made = connected_district()
    put(made, Kind.TEACHERS, teacher("t1"), teacher("t2", "school2", name="Okafor"))
    put(made, Kind.STUDENTS, *(pupil(number) for number in range(1, 61)))
    put(made, Kind.STUDENTS, *(pupil(number, "school2") for number in range(61, MANY + 1)))
    put(made, Kind.CLASSES, lesson("c1", *range(1, 61)), lesson("c2", 61, teachers=("t2",)))
    return made


def students(scope: Scope, **place: str) -> Listed:
    return tabs.listed(scope, Kind.STUDENTS, Place(**place))


def ids(listed: Listed) -> list[str]:
    return [row.sourced_id for row in listed.rows]


def forward(scope: Scope) -> list[list[str]]:
    """Every page from the first to the last."""
    page = students(scope)
    found = [ids(page)]
    while page.after:
        page = students(scope, after=page.after)
        found.append(ids(page))
    return found


def test_pages_show_everybody_once_in_order_and_lead_back(connection: DistrictConnection) -> None:
    scope = scopes.of_district(connection)
    pages = forward(scope)
    assert [len(page) for page in pages] == [50, 50, 20]
    assert sum(pages, []) == sorted(f"s{number:05}" for number in range(1, MANY + 1))

    last = students(scope, after=pages[1][-1])
    second = students(scope, before=last.before)
    assert ids(second) == pages[1]
    assert ids(students(scope, before=second.before)) == pages[0]
    assert students(scope, before=second.before).before == ""


def test_the_first_page_is_whole_however_one_gets_there(connection: DistrictConnection) -> None:
    scope = scopes.of_district(connection)

    assert ids(students(scope, before="s00003")) == ids(students(scope))


def test_a_page_goes_on_where_somebody_left_meanwhile(connection: DistrictConnection) -> None:
    scope = scopes.of_district(connection)
    page = students(scope)
    unshare(connection, Kind.STUDENTS, "s00051")

    assert ids(students(scope, after=page.after))[0] == "s00052"


def test_a60_the_place_of_a_student_of_others_tells_nothing(
    connection: DistrictConnection,
) -> None:
    hers = scopes.taught_by(connection, "t1")

    assert ids(students(hers, after="s00100")) == ids(students(hers))


def test_k3_each_role_has_its_own(connection: DistrictConnection) -> None:
    hers, school, every = (
        scopes.taught_by(connection, "t1"),
        scopes.of_schools(connection, ["school2"]),
        scopes.of_district(connection),
    )

    assert [len(sum(forward(scope), [])) for scope in (hers, school, every)] == [60, 60, 120]
    assert tabs.find(school, Kind.STUDENTS, "s00001") is None
    assert tabs.find(hers, Kind.STUDENTS, "s00061") is None
    assert tabs.find(hers, Kind.CLASSES, "c2") is None


def test_a_school_admin_without_schools_sees_nothing(connection: DistrictConnection) -> None:
    assert set(tabs.counts(scopes.of_schools(connection, [])).values()) == {0}


def test_whoever_left_her_class_is_not_hers_any_more(connection: DistrictConnection) -> None:
    put(connection, Kind.CLASSES, lesson("c1", *range(2, 61)))

    assert tabs.find(scopes.taught_by(connection, "t1"), Kind.STUDENTS, "s00001") is None


def test_a_search_reaches_past_the_first_page(connection: DistrictConnection) -> None:
    scope = scopes.of_district(connection)
    page = students(scope, search="family given")

    assert len(ids(page)) == 50
    assert ids(students(scope, search="family given", after=page.after))[0] == "s00051"
    assert ids(students(scope, search="GIVEN118 family")) == ["s00118"]


def test_signs_of_patterns_are_letters_like_any_other(connection: DistrictConnection) -> None:
    scope = scopes.of_district(connection)

    assert [ids(students(scope, search=word)) for word in ("%", "_", "*", "\\")] == [[]] * 4


def test_a_page_of_the_district_is_read_from_the_index_of_names(
    connection: DistrictConnection,
) -> None:
    query = SharedStudent.select().where(SharedStudent.of(connection))
    page = query.order_by(SharedStudent.sort_name, SharedStudent.id).limit(51)
    sql, parameters = page.sql()
    explain = "EXPLAIN" if is_postgresql() else "EXPLAIN QUERY PLAN"
    if is_postgresql():
        db.execute_sql("SET enable_seqscan = off")

    plan = str(db.execute_sql(f"{explain} {sql}", parameters).fetchall())
    assert "shared_students_by_name" in plan
    assert "TEMP B-TREE" not in plan
