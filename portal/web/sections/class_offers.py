"""What is offered to a teacher who has no section yet: her classes, the clear ones ticked (N6)."""

from __future__ import annotations

from datetime import timedelta

from portal import clock
from portal.models.districts import DistrictConnection
from portal.models.shared.teacher_classes import classes_of
from portal.roster.records import TeacherClasses
from portal.roster.several import offered
from portal.web.ground.access import current_linked_account
from portal.web.sections.pickers import without_hidden

FRESH_FOR = timedelta(hours=24)


def offer_of(found: TeacherClasses) -> dict[str, object]:
    """The facts of the offer; `more` says that the picker has others, over or hidden."""
    picker = without_hidden(found)
    shown = offered(picker)
    return {
        "offered": shown,
        "more": picker.total > len(shown),
        "contact_name": _contact_name(),
        "failure": None,
    }


def known_offer() -> dict[str, object] | None:
    """The same of what the district shared in the last day; Clever is asked nothing.

    None where that was not read, or says of no class: then Clever itself is to say so.
    """
    found = classes_of(current_linked_account(), clock.now() - FRESH_FOR)
    return offer_of(found) if found and found.classes else None


def _contact_name() -> str:
    """Whom the district names for questions about Clever."""
    identity = current_linked_account()
    district = identity.district_sourced_id
    connection = DistrictConnection.of(identity.provider, district) if district else None
    return connection.contact_name if connection else ""
