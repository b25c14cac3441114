"""Who has just signed in, as Clever describes them to their own short-lived token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec

from portal.providers.base import ProviderError
from portal.providers.clever_api import CleverApi, in_path
from portal.providers.clever_lists import identify, record_answer
from portal.providers.clever_payloads import Me, Name, User, decode_answer, decode_record
from portal.providers.clever_records import person_record, roles_of, sourced, text
from portal.providers.http import (
    UNREADABLE,
    AbsentError,
    ApiReader,
    WebPageError,
    refused,
    unusable,
)
from portal.roster.records import PersonRecord, Role


class UserInfo(msgspec.Struct):
    """Clever page "The userinfo endpoint"; it tells the role of this sign-in only."""

    sub: Any = None
    multi_role_user_id: Any = None
    user_type: Any = None
    district: Any = None
    district_id: Any = None
    given_name: Any = None
    family_name: Any = None
    name: Name | str | None = None


# Clever Library is for these alone, whatever else somebody is (Clever page "Clever Library").
LIBRARY_ROLES = (Role.TEACHER, Role.STUDENT)


def read_person(reader: ApiReader, version: str, token: str) -> PersonRecord:
    """The person, from `/me` and their own record; `roles` is empty if Clever names none we know.

    `/me` of v3 has no role, and of a Library sign-in nothing names a district (Clever pages
    "Identity API", "Clever Library user flow").
    """
    me = decode_record(record_answer(reader.get(reader.url(f"/{version}/me"))), Me)
    sourced_id = sourced(me.id) if me else None
    if me is None or sourced_id is None:
        raise unusable("nobody at /me")
    district = sourced(me.district)
    person = _own_record(CleverApi(reader, version, None, district), sourced_id)
    if not person.roles or not person.district_sourced_id:
        person = _with_userinfo(person, reader)
    return _by_library(person, token) if me.authorized_by == "teacher" else person


def _by_library(person: PersonRecord, token: str) -> PersonRecord:
    """No district vouches for them, so they are no admin of one, and a teacher reads herself."""
    roles = tuple(role for role in person.roles if role in LIBRARY_ROLES)
    return replace(
        person,
        district_sourced_id=None,
        roles=roles,
        library_token=token if Role.TEACHER in roles else "",
    )


def _own_record(api: CleverApi, sourced_id: str) -> PersonRecord:
    """`/users/{id}`; whoever may not read it still has `/userinfo`."""
    district = api.district_sourced_id
    try:
        raw = api.record(f"/users/{in_path(sourced_id)}")
    except UNREADABLE:
        return person_record(User(), sourced_id, district)
    if identify(raw, district) != sourced_id:
        raise refused("somebody else's record")
    user = decode_record(raw, User) or User()
    return person_record(user, sourced_id, district or sourced(user.district))


def _with_userinfo(person: PersonRecord, reader: ApiReader) -> PersonRecord:
    """The person with the one role, the name and the district that `/userinfo` knows."""
    told = _userinfo_of(person, reader)
    if told is None:
        return person
    name = told.name if isinstance(told.name, Name) else Name()
    return replace(
        person,
        roles=person.roles or roles_of([told.user_type] if isinstance(told.user_type, str) else []),
        district_sourced_id=person.district_sourced_id
        or sourced(told.district)
        or sourced(told.district_id),
        given_name=person.given_name or text(told.given_name) or text(name.first),
        family_name=person.family_name or text(told.family_name) or text(name.last),
    )


def _userinfo_of(person: PersonRecord, reader: ApiReader) -> UserInfo | None:
    """What `/userinfo` tells of the person; None where they are signed in without it.

    Whose roles are known already needs it for no more than the district; still, an answer about
    somebody else is refused.
    """
    try:
        told = decode_answer(reader.get(reader.url("/userinfo")), UserInfo)
    except (AbsentError, WebPageError):
        return None
    except ProviderError:
        if person.roles:
            return None
        raise
    subjects = [each for each in (told.sub, told.multi_role_user_id) if each is not None]
    if person.roles and not subjects:
        return None
    if person.sourced_id not in subjects:
        raise refused("somebody else's record")
    return told
