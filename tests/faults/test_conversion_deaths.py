"""A worker dies while a section without Clever becomes a Clever section: all of it, or nothing."""

from __future__ import annotations

from portal.models.accounts import Account
from portal.models.merging.merges import Merge
from portal.models.sections import Section
from portal.models.syncs.enrollments import Enrollment
from portal.models.syncs.sync_runs import RunState, RunStep, SyncRun
from tests.faults.invariants import Ledger, assert_nothing_was_bent
from tests.faults.parts import Stack, slow_audit, writing
from tests.faults.teaching import Teacher, as_it_is_now, ended, latest, lease_runs_out
from tests.sandbox_clever import Cast
from tests.servers import wait_until
from tests.web.own_classes import WORDS, makes

ALGEBRA = "Algebra I - Period 3"


def test_a_worker_killed_inside_a_conversion_leaves_nothing_of_it_and_another_makes_it_whole(
    stack: Stack, maria: Teacher, cast: Cast
) -> None:
    section = makes(maria, WORDS, "Ada Byrne", "Priya Tran", "Ivo Stranger")
    shown, before = says_who_is_who(maria, section, cast), Ledger.now()
    places = own_places(section)
    with slow_audit(stack.database_url):
        maria.post(f"/roster-syncs/{shown.public_id}/save")
        run = latest(section)
        wait_until(lambda: as_it_is_now(run).step == RunStep.SAVING)
        wait_until(lambda: writing(stack.database_url))
        stack.kill_the_worker()
    lease_runs_out(run)

    assert (own_places(section), Merge.select().count()) == (places, 0)
    done = ended(run)
    assert (done.state, done.attempt, done.removed_count) == (RunState.DONE, 2, 1)
    assert (Section.by_key(section.id).class_name, Enrollment.count(section)) == (ALGEBRA, 26)
    assert Account.select().where(Account.merged_into.is_null(False)).count() == 2
    assert_nothing_was_bent(before, Ledger.now())


def says_who_is_who(maria: Teacher, section: Section, cast: Cast) -> SyncRun:
    """She chooses the class, agrees to what is proposed, and has not saved it."""
    maria.post(f"/sections/{section.public_id}/class", **{"class": cast.sections[ALGEBRA]})
    matches = f"/roster-syncs/{ended(latest(section)).public_id}/matches"
    assert maria.submit(matches, matches).status_code == 303
    shown = ended(latest(section))
    assert shown.state == RunState.PREVIEWED
    return shown


def own_places(section: Section) -> list[tuple[int, int, str]]:
    found = Enrollment.active(section).order_by(Enrollment.id)
    return [(each.id, each.account_id, each.sourced_id) for each in found]
