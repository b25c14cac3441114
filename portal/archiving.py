"""The use case: a section is put away, and brought back with everything it had (N9).

No sync takes part in it: what runs at that moment is stopped, and nothing un-archives (Y12).
"""

from __future__ import annotations

from collections.abc import Iterable
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
    return write(lambda: _put_away_alone(section, account, clock.now()))


def restore(section: Section, account: Account) -> bool:
    """Bring it back with the list it had; False when it was not away."""
    return write(lambda: _bring_back(section, account, clock.now()))


def put_away(section: Section, now: datetime) -> bool:
    """The same as `archive`, to be told to the audit log at the end of the caller's transaction.

    A sync that has not been saved ends here, and so do questions about a list that nobody
    changes any more: nothing of them is made.
    """
    locked = section.lock()
    if locked.archived_at is not None:
        return False
    SyncRun.put_away(locked, now)
    Hold.lapse(locked.id, now)
    locked.archive(now)
    return True


def tell(sections: Iterable[Section], account: Account, now: datetime) -> None:
    """Note in the audit log that these were put away; the last thing that a transaction does."""
    for section in sections:
        AuditEvent.record(now, account.public_id, "section.archived", section.public_id)


def _put_away_alone(section: Section, account: Account, now: datetime) -> bool:
    away = put_away(section, now)
    if away:
        tell([section], account, now)
    return away


def _bring_back(section: Section, account: Account, now: datetime) -> bool:
    locked = section.lock()
    if locked.archived_at is None:
        return False
    locked.restore(now)
    AuditEvent.record(now, account.public_id, "section.restored", locked.public_id)
    return True
