"""The portal beside the sandbox Clever, where Ms Park's district has not connected."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from secrets import token_urlsafe

import pytest

from jobs.update_rosters import read_classes
from portal import clock, roster_updates
from portal.models.accounts import Account, LinkedAccount
from portal.models.sections import Section
from portal.models.syncs.roster_updates import RosterUpdate
from tests.library.teaching import SCIENCE, add_class, carried_out
from tests.sandbox_clever import Cast, RunningSandbox
from tests.web.browsing import RunningPortal, Visitor
from tests.web.conftest import environment as environment
from tests.web.conftest import new_visitor as new_visitor
from tests.web.conftest import portal as portal
from tests.web.conftest import portal_url as portal_url
from tests.web.conftest import running_sandbox as running_sandbox


@pytest.fixture
def juniper(sandbox: RunningSandbox) -> Cast:
    return sandbox.cast("Juniper Falls Schools")


@pytest.fixture
def helen(new_visitor: Callable[[], Visitor], juniper: Cast) -> Visitor:
    """Ms Park, signed in by Clever Library."""
    visitor = new_visitor()
    visitor.sign_in(juniper.teachers["Helen Park"])
    return visitor


@pytest.fixture
def victor(new_visitor: Callable[[], Visitor], sandbox: RunningSandbox, juniper: Cast) -> Visitor:
    """Mr Sandoval, her co-teacher, who has added the app as well."""
    sandbox.add_from_library(juniper.teachers["Victor Sandoval"])
    visitor = new_visitor()
    visitor.sign_in(juniper.teachers["Victor Sandoval"])
    return visitor


@pytest.fixture
def park(portal: RunningPortal, helen: Visitor, juniper: Cast) -> LinkedAccount:
    """Ms Park's identity, which no district stands behind."""
    found: LinkedAccount = LinkedAccount.get(
        LinkedAccount.sourced_id == juniper.teachers["Helen Park"]
    )
    return found


@pytest.fixture
def section(portal: RunningPortal, helen: Visitor, juniper: Cast) -> Section:
    """Her science section, with its students."""
    return add_class(portal, helen, juniper.sections[SCIENCE])


@pytest.fixture
def account(park: LinkedAccount) -> Account:
    found: Account = park.account
    return found


@pytest.fixture
def update_rosters(
    portal: RunningPortal, account: Account, valkey_of_the_queue: object
) -> Callable[[], RosterUpdate]:
    """She presses Update class rosters, and a worker reads her classes."""

    def pressed() -> RosterUpdate:
        update, _ = RosterUpdate.request(account, token_urlsafe(8), clock.now())
        read = partial(read_classes, portal.settings)
        for run in roster_updates.update_rosters(update, read):
            carried_out(portal, run)
        ended: RosterUpdate = RosterUpdate.get_by_id(update.id)
        return ended

    return pressed
