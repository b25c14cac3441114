"""A Library teacher's own token, kept for the session it came with and for no other (K7)."""

from __future__ import annotations

from datetime import datetime

from portal import clock
from portal.database import write
from portal.models.accounts import LinkedAccount
from portal.models.districts import DistrictConnection
from portal.models.entrance.sessions import Session
from portal.models.library_tokens import LibraryToken
from portal.providers.clever import PROVIDER
from portal.roster.records import PersonRecord
from portal.sealing import seal
from portal.web.ground.current import current_settings
from portal.web.ground.sessions import browser_session


def keep_library_token(row: Session | None, person: PersonRecord | None, now: datetime) -> None:
    """Whoever came by a district brings none. Call inside a transaction."""
    settings = current_settings()
    if row is None or person is None or not person.library_token:
        return
    linked = LinkedAccount.find(PROVIDER, settings.clever_issuer, person.sourced_id)
    if linked is not None and linked.account == row.account:
        DistrictConnection.library(PROVIDER, now)  # Her Clever page is there from now on.
        LibraryToken.keep(row, linked, seal(person.library_token, settings.secret_keys), now)


def renew_library_token(person: PersonRecord) -> None:
    """The person has been at Clever once more: the newer token reads for longer."""
    write(lambda: keep_library_token(browser_session().row, person, clock.now()))
