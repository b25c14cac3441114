"""Whatever stays wrong with page 2 changes the list by not one student, and the page says why.

The rules R and X of trust.md M01 to M20, M42, M44, and its faults F22 to F24 and F29 to F37,
through the whole of a sync: the button, the adapter over real HTTP, the plan, the tables, the page.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from portal import database as portal_database
from portal.models.syncs.sync_runs import RunState
from tests.conftest import migrate
from tests.faults.office import QUICK, Office, change_every_page, open_office
from tests.healthy_district import ROSTER, SECTION, Json, student_id
from tests.hostile_clever import (
    Answer,
    Exchange,
    answered,
    body,
    changed,
    cut_in_a_chunk,
    drip,
    gzip_bomb,
    hang_up,
    hostile_clever,
    html,
    in_a_record,
    recoded,
    redirect,
    reset_mid_body,
    short_of_its_length,
    silence,
    status,
)
from tests.servers import RunningValkey

UNCHANGED = "Your list has not changed"
NOT_COMPLETE = "Clever's answer was not complete, so we did not use any of it."
NOT_OURS = "Clever's answer was not about this class, so we did not use any of it."
NO_ANSWER = "Clever did not answer after three tries."
RECONNECT = "Clever no longer accepts our connection to your district."
NOT_SHARED = "Your district has stopped sharing with Rosterly."
GONE = "Clever no longer has this class."


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def office(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    valkey: RunningValkey,
) -> Iterator[Office]:
    """One section that every fault leaves as it is, so that the next one finds it so."""
    url = f"sqlite:///{tmp_path_factory.mktemp('office') / 'portal.sqlite3'}"
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres").create("office")
    migrate(url)
    with open_office(url, valkey.url) as office:
        change_every_page(office.clever)
        yield office
    portal_database.close()


@pytest.fixture(autouse=True)
def _nothing_of_the_test_before(office: Office, empty_valkey: RunningValkey) -> None:
    """Clever is well, and Ms Rivera has pressed the button not once this minute (A77)."""
    office.clever.heal()


def leading(uri: str) -> Answer:
    """The healthy page, with its `next` leading elsewhere."""
    return changed(lambda page: page.update(links=[{"rel": "next", "uri": uri}]))


def to_itself(page: Json) -> None:
    page["links"] = [{"rel": "next", "uri": page["links"][0]["uri"]}]


def moved_out(page: Json) -> None:
    page["data"][0]["data"]["district"] = "64a000000000000000000999"


def following(number: int) -> str:
    return f"{ROSTER}?limit=100&starting_after={student_id(number)}"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(body(b'{"data": [{"data": {"id": "64b'), NOT_COMPLETE, id="M01-truncated"),
        pytest.param(short_of_its_length(), NOT_COMPLETE, id="M02-short-of-its-length"),
        pytest.param(cut_in_a_chunk(), NOT_COMPLETE, id="M03-cut-in-a-chunk"),
        pytest.param(html(), NO_ANSWER, id="M04-F37-maintenance-page"),
        pytest.param(body(b""), NOT_COMPLETE, id="M05-empty-body"),
        pytest.param(body(b"null"), NOT_COMPLETE, id="M06-null"),
        pytest.param(body(b"[]"), NOT_COMPLETE, id="M06-list"),
        pytest.param(body(b'"x"'), NOT_COMPLETE, id="M06-text"),
        pytest.param(answered({"error": "oops"}), NOT_COMPLETE, id="M07-error-with-200"),
        pytest.param(changed(lambda page: page.pop("data")), NOT_COMPLETE, id="M08-no-data"),
        pytest.param(
            changed(lambda page: page.update(data=None)), NOT_COMPLETE, id="M08-data-null"
        ),
        pytest.param(
            changed(lambda page: page.update(data={})), NOT_COMPLETE, id="M08-data-object"
        ),
        pytest.param(recoded("utf-8-sig"), NOT_COMPLETE, id="M09-byte-order-mark"),
        pytest.param(recoded("latin-1"), NOT_COMPLETE, id="M10-latin-1"),
        pytest.param(gzip_bomb(), NOT_COMPLETE, id="M11-gzip-bomb"),
        pytest.param(in_a_record('"x": ' + "[" * 100_000), NOT_COMPLETE, id="M12-nesting"),
        pytest.param(in_a_record('"x": NaN'), NOT_COMPLETE, id="M13-nan"),
        pytest.param(in_a_record('"x": ' + "9" * 5000), NOT_COMPLETE, id="M14-long-number"),
        pytest.param(leading("https://evil.example/v3.0/users"), NOT_OURS, id="M15-elsewhere"),
        pytest.param(changed(to_itself), NOT_COMPLETE, id="M16-next-is-itself"),
        pytest.param(changed(lambda page: page.pop("links")), NOT_COMPLETE, id="M20-no-links"),
        pytest.param(changed(moved_out), NOT_OURS, id="M42-another-district"),
        pytest.param(redirect("http://169.254.169.254/"), NOT_OURS, id="M44-redirect"),
        pytest.param(status(401), RECONNECT, id="F22-401"),
        pytest.param(status(403), NOT_SHARED, id="F23-403"),
        pytest.param(status(500), NO_ANSWER, id="F29-500-for-ever"),
        pytest.param(status(503), NO_ANSWER, id="F29-503-for-ever"),
        pytest.param(status(404), NOT_COMPLETE, id="a-page-that-is-not-there"),
        pytest.param(hang_up(), NO_ANSWER, id="F30-no-answer"),
        pytest.param(reset_mid_body(), NOT_COMPLETE, id="F32-reset"),
        pytest.param(leading(following(1)), NOT_COMPLETE, id="F35-back-to-the-start"),
    ],
)
def test_what_stays_wrong_with_page_two_changes_nothing_and_the_page_says_why(
    office: Office, answer: Answer, why: str
) -> None:
    before = office.list()
    office.clever.always(ROSTER, answer, page=2)
    run = office.sync()

    assert (run.state, office.list()) == (RunState.FAILED, before)
    page = office.page()
    assert UNCHANGED in page
    assert why in page


def test_M17_a_list_without_an_end_changes_nothing(office: Office) -> None:
    before = office.list()

    def one_more(exchange: Exchange) -> None:
        number = office.clever.paths().count(ROSTER)
        answered({"data": [], "links": [{"rel": "next", "uri": following(number)}]})(exchange)

    office.clever.always(ROSTER, one_more)
    run = office.sync(replace(QUICK, read_seconds=60.0))

    assert (run.reason, office.list()) == ("unusable_answer", before)
    assert office.clever.paths().count(ROSTER) == 1000


@pytest.mark.parametrize("fault", [silence(), drip(b"HTTP/1.1 200 OK\r\nX-Slow: ")])
def test_F31_a_page_that_trickles_changes_nothing(office: Office, fault: Answer) -> None:
    before = office.list()
    office.clever.always(ROSTER, fault, page=2)
    office.sync(replace(QUICK, page_seconds=0.3))

    assert office.list() == before
    assert NO_ANSWER in office.page()


def test_F34_the_last_page_failing_for_good_changes_nothing(office: Office) -> None:
    before = office.list()
    office.clever.always(ROSTER, status(500), page=3)
    office.sync()

    assert office.list() == before
    assert NO_ANSWER in office.page()


@pytest.mark.parametrize("page", [1, 2, 3])
def test_F22_a_refused_token_is_asked_for_anew_once_and_then_said_to_the_teacher(
    office: Office, page: int
) -> None:
    before = office.list()
    office.clever.always(ROSTER, status(401), page=page)
    office.sync()

    assert office.list() == before
    assert office.clever.paths().count("/oauth/tokens") == 1
    assert "Reconnect Clever" in office.page()


def test_A67_a_next_link_to_another_host_takes_no_token_there(office: Office) -> None:
    """M15."""
    before = office.list()
    with hostile_clever() as elsewhere:
        office.clever.always(ROSTER, leading(f"{elsewhere.origin}{following(100)}"), page=1)
        run = office.sync()

    assert (run.reason, elsewhere.hits) == ("refused_answer", [])
    assert office.list() == before


def test_F24_a_deleted_class_keeps_its_list_and_offers_another(office: Office) -> None:
    before = office.list()
    office.clever.always(SECTION, status(404))
    office.sync()

    assert office.list() == before
    assert office.section.class_gone_at is not None
    assert GONE in office.page()
    assert "Choose another class" in office.page()
