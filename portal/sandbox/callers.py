"""Who asks: the owner of a Bearer token, and what that kind of token may read."""

from __future__ import annotations

import re
from dataclasses import dataclass

from portal.sandbox import records
from portal.sandbox.records import Record
from portal.sandbox.store import Store

DISTRICT_SCOPES = (
    *("read:district_admins", "read:districts", "read:resources", "read:school_admins"),
    *("read:schools", "read:sections", "read:student_contacts", "read:students"),
    *("read:teachers", "read:user_id"),
)
USER_SCOPES = (
    *("read:district_admins_basic", "read:school_admins_basic", "read:students_basic"),
    *("read:teachers_basic", "read:user_id"),
)


@dataclass(frozen=True, slots=True)
class Caller:
    """A token that counts: a district's (Secure Sync), or one person's: `user` where the
    district connected the app, `library` where a teacher did."""

    token: str
    kind: str
    district: str
    user: str

    @property
    def scopes(self) -> tuple[str, ...]:
        return DISTRICT_SCOPES if self.kind == "district" else USER_SCOPES

    def may_see(self, record: Record) -> bool:
        """A district token: what its district shares. A person's: themselves and their places."""
        if record.district != self.district or not record.visible:
            return False
        return self.kind == "district" or record.kind in ("district", "school", "user")


def bearer(header: str) -> str:
    """The token of an Authorization header, or ''."""
    match = re.fullmatch(r"Bearer +(\S+)", header, re.IGNORECASE)
    return match[1] if match else ""


def recognise(store: Store, token: str) -> Caller | None:
    """The caller behind a token that is neither unknown, revoked nor over (24 hours, 1.5)."""
    row = store.row("SELECT * FROM tokens WHERE token = ?", token)
    if row is None or (row["expires_at"] or 1e12) <= store.now().timestamp():
        return None
    return Caller(token, row["kind"], row["district"], row["user"])


def signed_in_person(store: Store, caller: Caller) -> Record | None:
    """The person of a sign-in token, unless the district stopped sharing them."""
    user = records.find(store, caller.user, "user")
    return user if user and user.visible else None
