"""A new account whose address its owner has proved: nothing of it is there before (S3, A24)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from portal.models.accounts import Account
from portal.models.audit import AuditEvent
from portal.models.entrance.emailed_links import EmailedLink
from portal.models.entrance.password_sign_ins import PasswordSignIn
from portal.models.syncs.enrollments import Enrollment


class LinkRefused(Exception):
    """The link was used or withdrawn meanwhile, or somebody signs in with its address by now."""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What somebody typed about themselves, and the hash of their password."""

    given_name: str
    family_name: str
    password_hash: str


def sign_up(link: EmailedLink, new: NewAccount, now: datetime) -> Account:
    """Make the account that this link was sent for: a student's where it leads to a section.

    Call inside a transaction; raises LinkRefused, and then nothing of it may stay.
    """
    if not link.use(now):
        raise LinkRefused
    account = Account.make(link.makes, new.given_name, new.family_name, now)
    if PasswordSignIn.add(account, link.email, new.password_hash, now) is None:
        raise LinkRefused
    section = link.open_section  # Its teacher may have closed it, or taken a new code, meanwhile.
    if section:
        Enrollment.join(section, account, now)
    AuditEvent.record(now, account.public_id, "sign_up", account.public_id)
    return account
