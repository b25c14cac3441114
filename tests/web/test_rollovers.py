"""From one term to the next: archived and carried over in one go, on the teacher's yes (N9)."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from portal import clock
from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs.sync_runs import SyncRun
from portal.roster.records import StudentRecord
from tests.rosters import algebra, reading, section_of, synced
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.browsing import Visitor
from tests.web.html import Page

ROLLOVER, NOT_NOW = "/sections/rollover", "/sections/rollover/not-now"
MATH, ADVISORY = "Math 7 - Period 1", "Advisory 8B"


def ended_section(class_name: str, sourced_id: str, **columns: object) -> Section:
    """A section of hers whose term was over a week ago."""
    rivera = Account.get(Account.family_name == "Rivera")
    section = section_of(algebra(sourced_id, name=class_name, teachers=(teacher_id(),)), rivera)
    columns = {"term_ends_on": (clock.now() - timedelta(days=7)).date()} | columns
    Section.update(**columns).where(Section.id == section.id).execute()
    return Section.by_key(section.id)


def teacher_id() -> str:
    rivera = Account.get(Account.family_name == "Rivera")
    found: str = LinkedAccount.get(LinkedAccount.account == rivera).sourced_id
    return found


@pytest.fixture
def math(maria: Visitor) -> Section:
    """Last term's first period, with a course, a name of her own and a mode."""
    chosen = {"course_slug": "maps-and-numbers", "mode": "add_only", "own_name": True}
    return ended_section(MATH, "old1", **chosen, name="Early birds")


def sends(teacher: Visitor, **fields: object) -> httpx.Response:
    form = teacher.page(ROLLOVER).form(ROLLOVER).fields
    kept = {name: form[name] for name in ("csrf_token", "idempotency_key")}
    return teacher.client.post(ROLLOVER, data={**kept, **fields})


def rolls_over(teacher: Visitor, section: Section, class_id: str) -> httpx.Response:
    chosen = {f"continues-{class_id}": section.public_id, "class": class_id}
    return sends(teacher, archive=section.public_id, **chosen)


def test_n9_the_dashboard_offers_it_and_nothing_happens_by_itself(
    maria: Visitor, math: Section
) -> None:
    page = maria.page("/dashboard")

    assert "1 of your classes has ended." in page.text
    assert page.links["Start the new term"] == ROLLOVER
    assert Section.by_key(math.id).archived_at is None


def test_n9_each_new_class_stands_beside_the_one_it_goes_on_with(
    maria: Visitor, math: Section, cast: Cast
) -> None:
    answer = maria.get(ROLLOVER)
    page = Page.of(answer.text)

    assert f'value="{math.public_id}" selected' in answer.text
    assert "Settings from Early birds are carried over:" in page.text
    assert "its course, your name for it, it only adds students." in page.text
    assert answer.text.count(" checked") == 2
    assert page.form(ROLLOVER).fields["archive"] == math.public_id


def test_n9_all_is_done_in_one_go(maria: Visitor, math: Section, cast: Cast) -> None:
    answer = rolls_over(maria, math, cast.sections[MATH])
    new = Section.get(Section.class_sourced_id == cast.sections[MATH])

    assert "Your new section is saved" in maria.page(answer.headers["location"]).text
    assert Section.by_key(math.id).archived_at is not None
    assert (new.name, new.own_name, new.course_slug) == ("Early birds", True, "maps-and-numbers")
    assert (new.mode, new.continues_id) == ("add_only", math.id)
    assert SyncRun.get(SyncRun.section == new).source == "first"
    told = AuditEvent.get(AuditEvent.action == "term.rolled_over")
    assert told.counts == '{"archived": 1, "added": 1}'


def test_n9_a_name_that_holds_the_term_is_not_carried_over(
    maria: Visitor, math: Section, cast: Cast
) -> None:
    Section.update(name="Early birds, fall 2026").where(Section.id == math.id).execute()
    rolls_over(maria, math, cast.sections[MATH])

    new = Section.get(Section.class_sourced_id == cast.sections[MATH])
    assert (new.name, new.own_name) == (MATH, False)


def test_n9_a_pause_ends_with_its_term(maria: Visitor, math: Section, cast: Cast) -> None:
    Section.update(mode="paused").where(Section.id == math.id).execute()
    rolls_over(maria, math, cast.sections[MATH])

    assert Section.get(Section.class_sourced_id == cast.sections[MATH]).mode == "full"


def test_n9_nothing_is_offered_twice(maria: Visitor, math: Section, cast: Cast) -> None:
    kept = ended_section("Knitting", "old2")
    rolls_over(maria, math, cast.sections[MATH])
    page = maria.page(ROLLOVER)

    assert "Early birds" not in page.text.replace("Takes over from", "")
    assert "Knitting" in page.text
    assert MATH not in page.text
    assert "have ended" not in maria.page("/dashboard").text
    assert Section.by_key(kept.id).archived_at is None


def test_n9_not_now_holds_until_another_class_ends(maria: Visitor, math: Section) -> None:
    maria.submit("/dashboard", NOT_NOW)
    asked_again = "of your classes" in maria.page("/dashboard").text
    ended_section("Knitting", "old2")

    assert not asked_again
    assert "2 of your classes have ended." in maria.page("/dashboard").text


def test_n9_a_class_that_is_gone_counts_and_one_of_this_term_does_not(
    maria: Visitor, math: Section
) -> None:
    now = clock.now()
    ended_section("Gone", "old2", term_ends_on=None, class_gone_at=now)
    ended_section("Goes on", "old3", term_ends_on=now.date() + timedelta(days=30))
    text = maria.page(ROLLOVER).text

    assert "Gone" in text
    assert "Clever no longer has this class" in text
    assert "Goes on" not in text


def test_n9_the_same_form_sent_twice_is_one(maria: Visitor, math: Section, cast: Cast) -> None:
    new = cast.sections[MATH]
    form = maria.page(ROLLOVER).form(ROLLOVER).fields
    sent = {**form, "archive": math.public_id, "class": new, f"continues-{new}": math.public_id}
    answers = [maria.client.post(ROLLOVER, data=sent) for _ in range(2)]

    assert len({answer.headers["location"] for answer in answers}) == 1
    assert Section.select().where(Section.class_sourced_id == new).count() == 1


def test_n9_what_is_not_hers_is_neither_archived_nor_taken_over(
    maria: Visitor, math: Section, cast: Cast
) -> None:
    daniels = section_of(algebra("other"), Account.create(kind="staff", created_at=clock.now()))
    new = cast.sections[MATH]
    rolls_over(maria, daniels, new)

    assert Section.by_key(daniels.id).archived_at is None
    assert Section.get(Section.class_sourced_id == new).continues_id is None


def test_n9_without_clever_what_is_over_can_still_be_archived(
    maria: Visitor, math: Section, sandbox: RunningSandbox, cast: Cast
) -> None:
    sandbox.fail_next("503", times=100)
    text = maria.page(ROLLOVER).text
    with_class = rolls_over(maria, math, cast.sections[MATH])
    untouched = Section.by_key(math.id).archived_at
    sends(maria, archive=math.public_id)

    assert "You can archive now, and add classes later." in text
    assert (with_class.status_code, untouched) == (503, None)
    assert Section.by_key(math.id).archived_at is not None


def test_n9_a_class_that_went_meanwhile_is_left_out_and_the_rest_is_done(
    maria: Visitor, math: Section, cast: Cast, sandbox: RunningSandbox
) -> None:
    sandbox.delete(cast.sections[ADVISORY])
    chosen = [cast.sections[MATH], cast.sections[ADVISORY]]
    answer = sends(maria, **{"class": chosen, "archive": math.public_id})

    assert "1 class was left out" in maria.page(answer.headers["location"]).text
    assert Section.select().where(Section.archived_at.is_null()).count() == 1


def test_n9_nothing_ticked_is_a_mistake_and_nothing_ended_is_no_page_of_it(
    maria: Visitor, math: Section
) -> None:
    answer = sends(maria)
    Section.update(term_ends_on=None).execute()

    assert answer.status_code == 422
    assert " checked" not in answer.text
    assert "Tick a class to archive or to add" in answer.text
    assert "None of your classes has ended." in maria.page(ROLLOVER).text


def test_n9_a_students_work_goes_on_in_the_next_section(
    maria: Visitor, math: Section, cast: Cast, sandbox: RunningSandbox
) -> None:
    """The same students under another name: it is their overlap that tells."""
    advisory = cast.sections[ADVISORY]
    listed = [
        StudentRecord(each, "Given", f"Family{place}")
        for place, each in enumerate(sandbox.student_ids(advisory)[:10])
    ]
    synced(math, reading(*listed, roster_class=algebra("old1", (teacher_id(),), "Homeroom")))
    answer = maria.get(ROLLOVER).text
    offered = answer.partition(f'name="continues-{advisory}"')[2].partition("</select>")[0]

    assert f'value="{math.public_id}" selected' in offered
