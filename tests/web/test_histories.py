"""What happened to a list, as its teachers read it: each run, one run whole, one student (Y8)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from portal import clock
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs.histories import RUNS_A_PAGE
from portal.models.syncs.overrides import OverrideKind, RosterOverride
from portal.models.syncs.sync_runs import RunSource, RunState, SyncRun
from portal.undoing import Undone, undo
from portal.web.ground.spreadsheets import plain_cell
from tests.rosters import algebra, section_of, student, students
from tests.sandbox_clever import Cast
from tests.statements import queries
from tests.test_spreadsheets import VECTORS
from tests.web.browsing import Visitor
from tests.web.syncs import failed, quiet_runs, read, rivera

NewVisitor = Callable[[], Visitor]


def history(section: Section, query: str = "") -> str:
    return f"/sections/{section.public_id}/history{query}"


def student_page(section: Section, account: Account) -> str:
    return f"/sections/{section.public_id}/students/{account.public_id}/history"


def named(family_name: str) -> Account:
    account: Account = Account.get(Account.family_name == family_name)
    return account


@pytest.fixture
def changed(section: Section) -> SyncRun:
    """One joins, one has another name, one is in the class no more: the last of three syncs."""
    read(section, *students(12))
    return read(section, *students(10), student(11, family_name="Zed"), student(13))


def test_it_lists_each_run_with_who_what_and_how_many(
    maria: Visitor, section: Section, changed: SyncRun
) -> None:
    failed(section, "not_answering")
    text = maria.page(history(section)).text

    assert "Maria Rivera Added 12 0, then 12" in text
    assert f"Added 1, removed 1, updated 1 12 under a second {changed.reference}" in text
    assert "No changes. Asked before removing 12 students: Clever took it back" in text
    assert "a teacher Failed: Clever did not answer" in text


def test_what_starts_by_itself_is_said_in_words(maria: Visitor, section: Section) -> None:
    for source in (RunSource.NIGHTLY, RunSource.EVENTS, RunSource.RETRY):
        quiet_runs(section, 1, source=source)
    quiet_runs(section, 1, source=RunSource.ADMIN, started_by=rivera())
    text = maria.page(history(section)).text

    assert "every night No changes" in text
    assert "Clever told of a change No changes" in text
    assert "tried again by itself No changes" in text
    assert "Maria Rivera , an admin No changes" in text


def test_a_plan_that_was_only_shown_is_left_out(maria: Visitor, section: Section) -> None:
    quiet_runs(section, 1, preview=True, state=RunState.PREVIEWED, reference="SYNC-SHOWN")
    quiet_runs(section, 1, preview=True, state=RunState.DONE, reference="SYNC-SAVED")
    text = maria.page(history(section)).text

    assert "SYNC-SHOWN" not in text
    assert "SYNC-SAVED" in text


def test_the_filter_leaves_out_what_changed_nothing(
    maria: Visitor, section: Section, changed: SyncRun
) -> None:
    quiet_runs(section, RUNS_A_PAGE)

    assert changed.reference not in maria.page(history(section)).text
    page = maria.page(history(section, "?show=changes"))
    assert changed.reference in page.text
    assert "every night" not in page.text
    assert "Older" not in page.links


def test_pages_lead_to_older_runs_and_back(
    maria: Visitor, section: Section, changed: SyncRun
) -> None:
    quiet_runs(section, RUNS_A_PAGE + 10)
    newest = maria.page(history(section))
    older = maria.page(newest.links["Older"])

    assert changed.reference in older.text
    assert "Older" not in older.links
    assert maria.page(older.links["Newer"]).text == newest.text
    assert maria.page(history(section, "?older=nonsense")).text == newest.text


def test_a_history_without_runs_says_so(maria: Visitor, cast: Cast, section: Section) -> None:
    empty = section_of(algebra("c9", (cast.teachers["Maria Rivera"],)), rivera())

    assert "This section has not synced yet." in maria.page(history(empty)).text
    quiet_runs(empty, 1)
    page = maria.page(history(empty, "?show=changes"))
    assert "No sync has changed this list." in page.text


def test_a_page_makes_as_many_statements_for_many_runs_as_for_a_few(
    maria: Visitor, section: Section, changed: SyncRun
) -> None:
    undo(changed, rivera())
    maria.get(history(section))
    few = queries(lambda: maria.get(history(section)))
    for number in range(20):
        read(section, *students(10), student(11, family_name=f"Zed{number}"))
        failed(section, "down", started_by=rivera())

    assert len(queries(lambda: maria.get(history(section)))) <= len(few)
    assert len(queries(lambda: maria.get(history(section, "?show=changes")))) <= len(few)


def test_a_run_names_everybody_and_leads_to_them(
    maria: Visitor, section: Section, changed: SyncRun
) -> None:
    page = maria.page(f"/roster-syncs/{changed.public_id}")

    assert "Added (1) Given13 Family00013" in page.text
    assert "Given12 Family00012" in page.text
    assert "Given11 Family00011 → Given11 Zed" in page.text
    assert page.links["Given13 Family00013"] == student_page(section, named("Family00013"))
    assert page.links["Undo these changes"] == f"/roster-syncs/{changed.public_id}/undo"
    assert changed.reference in page.text


def test_a_run_of_many_is_read_in_pages_by_kind(maria: Visitor, section: Section) -> None:
    run = read(section, *students(80))
    first = maria.page(f"/roster-syncs/{run.public_id}")
    last = maria.page(first.links["Next page"])

    assert "Added (68)" in first.text
    assert "Added (68)" in last.text
    assert "Page 2 of 2" in last.text
    assert "Given80 Family00080" in last.links
    assert "Given80 Family00080" not in first.links


def test_what_was_undone_is_said_where_it_was_done_and_by_whom(
    maria: Visitor, section: Section, changed: SyncRun
) -> None:
    undone = undo(changed, rivera())
    assert isinstance(undone, Undone)
    page = maria.page(f"/roster-syncs/{changed.public_id}")

    assert "Maria Rivera undid changes of this sync" in page.text
    assert "Given13 Family00013 · undone by Maria Rivera" in page.text
    assert page.links["See what was undone"] == f"/roster-syncs/{undone.run.public_id}"
    assert "Undo these changes" not in page.links
    assert f"Maria Rivera , undid {changed.reference}" in maria.page(history(section)).text


def test_an_undo_is_offered_for_30_days(maria: Visitor, section: Section, changed: SyncRun) -> None:
    link = f"/roster-syncs/{changed.public_id}/undo"

    assert link in maria.page(history(section)).links.values()
    long_ago = clock.now() - timedelta(days=31)
    SyncRun.update(finished_at=long_ago).where(SyncRun.id == changed.id).execute()
    assert link not in maria.page(history(section)).links.values()


def test_a_student_has_a_timeline(maria: Visitor, section: Section, changed: SyncRun) -> None:
    read(section, *students(12))
    page = maria.page(student_page(section, named("Family00012")))
    text = page.text

    assert "In this section" in text
    link = f"/roster-syncs/{changed.public_id}/undo?student={named('Family00012').public_id}"
    assert page.links[f"Undo {changed.reference}"] == link
    assert text.index("Came back") < text.index("Left") < text.index("Joined")
    assert f"Left Maria Rivera {changed.reference}" in text
    renamed = maria.page(student_page(section, named("Family00011"))).text
    assert "Given11 Family00011 is now Given11 Zed" in renamed


def test_a_timeline_says_what_a_teacher_kept_and_what_was_undone(
    maria: Visitor, section: Section, changed: SyncRun
) -> None:
    undo(changed, rivera())
    account, now = named("Family00012"), clock.now()
    RosterOverride.create(
        section=section,
        account=account,
        sourced_id="s00012",
        kind=OverrideKind.IN,
        until=now.date().replace(year=now.year + 1, month=3, day=4),
        made_by=rivera(),
        made_at=now,
        ended_at=now + timedelta(seconds=1),
    )
    text = maria.page(student_page(section, account)).text

    assert f"Kept in by a teacher, until Mar 4, {now.year + 1} Maria Rivera" in text
    assert "No longer kept in" in text
    assert "Came back Maria Rivera , an undo" in text
    assert "Left · undone today at" in text
    assert text.count("Asked before removing") == 1


def test_a_student_who_was_never_in_the_section_is_not_there(
    maria: Visitor, cast: Cast, section: Section
) -> None:
    other = section_of(algebra("c9", (cast.teachers["Maria Rivera"],)), rivera())
    read(other, student(99))

    assert maria.get(student_page(section, named("Family00099"))).status_code == 404
    assert maria.get(student_page(section, rivera())).status_code == 404
    assert maria.get(student_page(other, named("Family00099"))).status_code == 200


def test_a72_the_file_has_each_change_and_every_name_comes_back_equal(
    maria: Visitor, section: Section
) -> None:
    read(section, *(student(n, family_name=name) for n, name in enumerate(VECTORS, 50)))
    answer = maria.post(f"{history(section)}/download")
    head, *rows = csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline=""))
    newest = [dict(zip(head, row, strict=True)) for row in rows[: len(VECTORS)]]

    assert {plain_cell(row["Last name"]) for row in newest} == set(VECTORS)
    assert {(row["Change"], row["Who"]) for row in newest} == {("Added", "Maria Rivera")}
    assert newest[0]["Students before"] == "12"
    event = AuditEvent.get(AuditEvent.action == "history.exported")
    assert event.counts == f'{{"changes": {len(rows)}}}'


def test_a_file_of_more_than_a_batch_has_every_change_once(
    maria: Visitor, section: Section
) -> None:
    read(section, *students(1100))
    read(section, *students(1099))
    answer = maria.post(f"{history(section)}/download")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"), newline="")))

    assert [row[8] for row in rows[1:]].count("Family00700") == 1
    assert [row[8] for row in rows[1:]].count("Family01100") == 2
    assert rows[1][4] == "Removed"
