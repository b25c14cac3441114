"""What the tabs of the Clever page ask: a page of records, and how many there are (K1)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import SQL, ModelSelect, NodeList, Tuple, Value

from portal.models.districts import DistrictConnection
from portal.models.shared.records import SharedRecord, SharedStudent
from portal.models.shared.scopes import SHOWN, Scope
from portal.roster.names import fold
from portal.roster.sharing import Kind

ROWS_A_PAGE = 50
COUNTED = {
    Kind.SCHOOLS: "school_count",
    Kind.TEACHERS: "teacher_count",
    Kind.CLASSES: "class_count",
    Kind.STUDENTS: "student_count",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a list a reader is: after one record or before one, among those found."""

    search: str = ""
    after: str = ""
    before: str = ""


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list; `before` and `after` lead on, and are "" where it ends."""

    rows: Sequence[Any]
    before: str = ""
    after: str = ""


def counts(scope: Scope) -> dict[Kind, int]:
    """How many of each kind: what is seen whole was counted when it was read."""
    return {kind: _count(scope, kind) for kind in SHOWN}


def listed(scope: Scope, kind: Kind, place: Place, among: Any = None) -> Listed:
    """A page of the records by name; `among` narrows them further."""
    model = SHOWN[kind]
    query = model.select().where(scope.of[kind])
    if among is not None:
        query = query.where(among)
    return _page(model, _found(query, scope.connection, place.search), place)


def find(scope: Scope, kind: Kind, sourced_id: str) -> Any | None:
    """The record with this id, if it is one of these."""
    model = SHOWN[kind]
    return model.get_or_none(scope.of[kind] & (model.sourced_id == sourced_id))


def seen(scope: Scope, kind: Kind, sourced_ids: Collection[str]) -> list[Any]:
    """Those of these ids that may be seen."""
    model = SHOWN[kind]
    return list(model.select().where(scope.of[kind] & model.sourced_id.in_(list(sourced_ids))))


def count_among(scope: Scope, kind: Kind, among: Any) -> int:
    """How many records of a kind there are that this condition narrows down."""
    return int(SHOWN[kind].select().where(scope.of[kind] & among).count())


def _count(scope: Scope, kind: Kind) -> int:
    if kind in scope.whole:
        counted: int = getattr(scope.connection, COUNTED[kind])
        return counted
    return int(SHOWN[kind].select().where(scope.of[kind]).count())


def _found(
    query: ModelSelect[Any], connection: DistrictConnection, search: str
) -> ModelSelect[Any]:
    """Those with this number, or else with each word in their name, blind to case and accents."""
    model = query.model
    if model is SharedStudent and any(each.isdigit() for each in search):
        numbered = query.where(model.id.in_(_with_number(connection, search)))
        if numbered.exists():
            return numbered
    for word in fold(search).split():
        query = query.where(_holds(model.sort_name, word))
    return query


def _with_number(connection: DistrictConnection, number: str) -> Any:
    """Each kind by its own index: asked for in one condition, SQLite would read all students."""
    keys = SharedStudent.select(SharedStudent.id).where(SharedStudent.connection == connection)
    return keys.where(SharedStudent.student_number == number) | keys.where(
        SharedStudent.sis_id == number
    )


def _holds(column: Any, word: str) -> Any:
    """Both are folded already: to fold them again took PostgreSQL three times as long (ILIKE)."""
    plain = word.replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return NodeList((column, SQL("LIKE"), Value(f"%{plain}%"), SQL("ESCAPE '!'")))


def _page(model: Any, query: ModelSelect[Any], place: Place) -> Listed:
    if place.before and (anchor := _anchor(query, place.before)):
        back = query.where(_position(model) < anchor).order_by(
            model.sort_name.desc(), model.id.desc()
        )
        rows = list(back.limit(ROWS_A_PAGE + 1))
        if len(rows) >= ROWS_A_PAGE:
            return _turned_back(rows)
    onward = query.order_by(model.sort_name, model.id).limit(ROWS_A_PAGE + 1)
    anchor = _anchor(query, place.after) if place.after else None
    rows = list(onward.where(_position(model) > anchor) if anchor else onward)
    shown = rows[:ROWS_A_PAGE]
    return Listed(
        shown,
        before=shown[0].sourced_id if anchor and shown else "",
        after=shown[-1].sourced_id if len(rows) > ROWS_A_PAGE else "",
    )


def _turned_back(rows: list[SharedRecord]) -> Listed:
    """The nearest rows before the anchor, which itself stands on the next page."""
    shown = rows[:ROWS_A_PAGE][::-1]
    more = len(rows) > ROWS_A_PAGE
    return Listed(shown, shown[0].sourced_id if more else "", shown[-1].sourced_id)


def _anchor(query: ModelSelect[Any], sourced_id: str) -> tuple[str, int] | None:
    """The place of a record in the list; of one that is not in it nothing is told."""
    found = query.where(query.model.sourced_id == sourced_id).first()
    return (found.sort_name, found.id) if found else None


def _position(model: Any) -> Any:
    return Tuple(model.sort_name, model.id)
