"""An undo that dies on the way has not happened, and can be asked for again (trust.md I1)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import httpx

from portal.models.sections import Section
from portal.models.syncs.holds import Hold
from tests.faults.invariants import Ledger, assert_invariants
from tests.faults.parts import Stack, slow_audit, writing
from tests.faults.teaching import Teacher, ended, latest
from tests.servers import wait_until


def test_a_web_server_killed_inside_an_undo_leaves_the_list_as_it_was(
    stack: Stack, maria: Teacher, algebra: Section
) -> None:
    before = Ledger.now()
    maria.sandbox.withdraw(
        algebra.class_sourced_id, maria.sandbox.student_ids(algebra.class_sourced_id)[0]
    )
    run = ended(maria.presses_sync(algebra))
    synced, token = Ledger.now(), maria.csrf_token()
    address, form = f"/roster-syncs/{run.public_id}/undo", {"csrf_token": token}
    with slow_audit(stack.database_url), ThreadPoolExecutor(1) as pool:
        clicked = pool.submit(maria.client.post, address, data=form)
        wait_until(lambda: writing(stack.database_url))
        stack.portal.kill("web")
        assert isinstance(clicked.exception(), httpx.TransportError)
    stack.portal.start("web")

    assert Ledger.now() == synced
    assert not Hold.waiting(algebra).exists()
    assert maria.post(address).status_code == 303
    assert latest(algebra).undoes_id == run.id
    assert Ledger.now().lists == before.lists
    assert_invariants(before, Ledger.now(), maria.sandbox)
