"""What of a district the reader may see, by the identity behind the role they use (A58)."""

from __future__ import annotations

from flask import abort

from portal.models.accounts import LinkedAccount
from portal.models.districts import DistrictConnection
from portal.models.plans import SubscriptionAdmin
from portal.models.shared import scopes
from portal.models.shared.scopes import Scope
from portal.models.shared.standings import Reader
from portal.roster.records import Role
from portal.web.ground.access import current_account, current_linked_account, current_person
from portal.web.ground.current import current_plans
from portal.web.ground.reader_scope import readers_sections, readers_students


def readers_connection() -> DistrictConnection | None:
    """The reader's district, or Clever Library for a teacher whose identity has none (K7)."""
    identity = current_linked_account()
    return DistrictConnection.of(identity.provider, identity.district_sourced_id or "")


def readers_scope() -> Scope | None:
    """What the reader may see; None while their district is not known here, or has left."""
    connection = readers_connection()
    if connection is None or connection.revoked_at is not None:
        return None
    scope = _by_role(connection, current_linked_account())
    if SubscriptionAdmin.sees_all_teachers(current_account(), connection, current_plans()):
        return scopes.with_all_teachers(scope)
    return scope


def find_scope() -> Scope:
    """The same, or 404."""
    return readers_scope() or abort(404)


def reader() -> Reader:
    return Reader(current_linked_account().issuer, readers_sections(), readers_students())


def _by_role(connection: DistrictConnection, identity: LinkedAccount) -> Scope:
    """Nobody administers Clever Library: it is no district."""
    role = current_person().role
    if role == Role.DISTRICT_ADMIN and not connection.is_library:
        return scopes.of_district(connection)
    if role == Role.SCHOOL_ADMIN and not connection.is_library:
        return scopes.of_schools(connection, identity.school_list)
    return scopes.taught_by(connection, identity.sourced_id)
