"""The use case: a section is put away, and brought back with everything it had (N9).

No sync takes part in it: what runs at that moment is stopped, and nothing un-archives (Y12).
"""

from __future__ import annotations

from datetime import datetime

from portal import clock
from portal.database import write
from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.sections import Section
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import SyncRun


def archive(section: Section, account: Account) -> bool:
    """Put it away for all its teachers; False when it was already."""
    return write(lambda: put_away(section, account, clock.now()))


def restore(section: Section, account: Account) -> bool:
    """Bring it back with the list it had; False when it was not away."""
    return write(lambda: _bring_back(section, account, clock.now()))


def put_away(section: Section, account: Account, now: datetime) -> bool:
    """The same as `archive`. Call inside a transaction.

    A sync that has not been saved ends here, and so do questions about a list that nobody
    changes any more: nothing of them is made.
    """
    locked = section.lock()
    if locked.archived_at is not None:
        return False
    SyncRun.put_away(locked, now)
    Hold.lapse(locked.id, now)
    locked.archive(now)
    AuditEvent.record(now, account.public_id, "section.archived", locked.public_id)
    return True


def _bring_back(section: Section, account: Account, now: datetime) -> bool:
    locked = section.lock()
    if locked.archived_at is None:
        return False
    locked.restore(now)
    AuditEvent.record(now, account.public_id, "section.restored", locked.public_id)
    return True
