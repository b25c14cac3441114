"""Hide and unhide classes, one or many; nobody else notices (K4, Y12)."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from portal import clock
from portal.database import write
from portal.models.base import to_microseconds
from portal.models.hidden_classes import HiddenClass
from portal.models.shared import tabs
from portal.models.shared.records import SharedClass
from portal.roster.sharing import Kind
from portal.web.ground.access import current_account, role_required
from portal.web.ground.reader_scope import READERS
from portal.web.sharing.page import tab_page
from portal.web.sharing.rows import linked_sections
from portal.web.sharing.scope import find_scope, readers_scope

bp = Blueprint("hidden_classes", __name__)


@bp.post("/clever/classes/hide")
@role_required(*READERS)
def hide() -> ResponseReturnValue:
    """At once, but for a class that is a section here: that is asked about first."""
    chosen = _chosen()
    if not chosen:
        return classes_page(error="choose"), 422
    linked = linked_sections(chosen)
    if linked and "sure" not in request.form:
        return render_template("clever/hide.html", classes=chosen, linked=linked)

    now = clock.now()
    ids = [each.sourced_id for each in chosen]
    write(lambda: HiddenClass.hide(current_account(), ids, now))
    return redirect(_here(hid=to_microseconds(now)), 303)


@bp.post("/clever/classes/unhide")
@role_required(*READERS)
def unhide() -> ResponseReturnValue:
    chosen = _chosen()
    if not chosen:
        return classes_page(error="choose"), 422

    ids = [each.sourced_id for each in chosen]
    write(lambda: HiddenClass.unhide(current_account(), ids))
    return _back()


def classes_page(error: str | None = None) -> str:
    """The Classes tab: those in sight, or those put out of it."""
    account = current_account()
    only_hidden = request.values.get("show") == "hidden"
    is_hidden = SharedClass.sourced_id.in_(HiddenClass.ids_of(account))
    scope = readers_scope()
    return tab_page(
        Kind.CLASSES,
        among=is_hidden if only_hidden else ~is_hidden,
        only_hidden=only_hidden,
        hidden_count=tabs.count_among(scope, Kind.CLASSES, is_hidden) if scope else 0,
        just_hidden=HiddenClass.at(account, request.args.get("hid", 0, type=int)),
        error=error,
    )


def _chosen() -> list[SharedClass]:
    """The classes a form names: one by its own button, or those that are ticked. Or 404."""
    ids = request.form.getlist("only") or request.form.getlist("class")
    found = tabs.seen(find_scope(), Kind.CLASSES, ids[: tabs.ROWS_A_PAGE])
    return abort(404) if {each.sourced_id for each in found} != set(ids) else found


def _here(**said: Any) -> str:
    """The page of the list that the button stood on."""
    turned: dict[str, Any] = {
        name: request.form[name] for name in ("after", "before") if name in request.form
    }
    return url_for("clever.classes", **turned, **said)


def _back() -> Response:
    """To the hidden ones, while there are any."""
    left = HiddenClass.ids_of(current_account()).exists()
    return redirect(url_for("clever.classes", show="hidden" if left else None), 303)
