"""What a letter says: chosen by who has the address, which only its reader may learn (A64)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from string import Template

from portal.models.entrance.emailed_links import EmailedLink, LinkPurpose
from portal.models.entrance.letters import Letter
from portal.models.entrance.password_sign_ins import PasswordSignIn

TEXTS = Path(__file__).parent  # One file a letter: its subject, an empty line, its text.
LINKED = frozenset(str(purpose) for purpose in LinkPurpose)
# What is sent in place of a link, once it is known whose the address is.
WITHOUT_LINK = {
    LinkPurpose.SIGN_UP: "sign_up_known",
    LinkPurpose.RESET: "reset_unknown",
    LinkPurpose.ADD_PASSWORD: "add_password_known",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """A subject and a text; `token` is the one in its link, if it has one."""

    subject: str
    text: str
    token: str | None


def worded(letter: Letter, portal_url: str, now: datetime) -> Wording:
    """The letter in words, with a new link where it needs one. Call inside a transaction."""
    if letter.kind not in LINKED:
        return _filled(letter.kind, portal_url, None)
    purpose, owner = LinkPurpose(letter.kind), PasswordSignIn.find(letter.email)
    if not _earns_link(purpose, owner):
        return _filled(WITHOUT_LINK[purpose], portal_url, None)
    account = owner.account if owner else letter.account
    about = (account, letter.section, letter.session, letter.class_code)
    token = EmailedLink.make(purpose, letter.email, now, *about)
    return _filled(letter.kind, portal_url, token)


def _earns_link(purpose: LinkPurpose, owner: PasswordSignIn | None) -> bool:
    """Only an address that signs in is reset, and only one that does not gets a first password."""
    if purpose == LinkPurpose.RESET:
        return owner is not None and owner.account.is_open
    return owner is None


def _filled(name: str, portal_url: str, token: str | None) -> Wording:
    subject, _, text = (TEXTS / f"{name}.txt").read_text().partition("\n\n")
    link = f"{portal_url}/links/{token}"
    return Wording(subject, Template(text).substitute(portal=portal_url, link=link), token)
