"""Answers that fail on purpose: ordered for the next N requests, each used up once."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Response

from portal.sandbox import answers, rate_limit
from portal.sandbox.records import Body, to_json
from portal.sandbox.store import Store

MAINTENANCE = "<!doctype html><html lang='en'><title>Clever</title><h1>Down for maintenance</h1>"


@dataclass(frozen=True, slots=True)
class Fault:
    """One order: this kind of failure, where the path (with its query) contains the text."""

    kind: str
    times: int = 1
    path_contains: str = "/v3."
    only_later_pages: bool = False
    seconds: float = 2.0
    body: str = ""


def order(store: Store, fault: Fault) -> None:
    store.write(
        "INSERT INTO faults VALUES (NULL, ?, ?, ?, ?, ?, ?)",
        *(fault.kind, fault.times, fault.path_contains),
        *(fault.only_later_pages, fault.seconds, fault.body),
    )


def ordered(store: Store) -> list[Fault]:
    """The orders not used up yet, oldest first."""
    rows = store.rows("SELECT * FROM faults WHERE times_left > 0 ORDER BY id")
    return [_fault(row["times_left"], dict(row)) for row in rows]


def cancel_all(store: Store) -> None:
    store.write("DELETE FROM faults")


def take(store: Store, path_and_query: str) -> Fault | None:
    """Use up one order for this request, oldest first."""
    row = store.row(
        """UPDATE faults SET times_left = times_left - 1 WHERE id = (
            SELECT id FROM faults WHERE times_left > 0 AND instr(?1, path_contains)
                AND (NOT only_later_pages OR instr(?1, 'starting_after='))
            ORDER BY id LIMIT 1) RETURNING *""",
        path_and_query,
    )
    return _fault(row["times_left"], dict(row)) if row else None


def _fault(times: int, row: Body) -> Fault:
    return Fault(
        row["kind"],
        times,
        row["path_contains"],
        bool(row["only_later_pages"]),
        row["seconds"],
        row["body"],
    )


def instead(fault: Fault, store: Store) -> Response | None:
    """The answer given instead of the real one, or None when the real one is bent afterwards."""
    if fault.kind == "slow":
        time.sleep(fault.seconds)
    make = INSTEAD.get(fault.kind)
    return make(fault, store) if make else None


def bend(fault: Fault, response: Response) -> Response:
    """The real answer, spoiled."""
    spoil = BENT.get(fault.kind)
    return spoil(fault, response) if spoil and response.status_code == 200 else response


def _too_many(fault: Fault, store: Store) -> Response:
    answer = rate_limit.too_many()
    answer.headers["X-RateLimit-Remaining"] = "0"
    answer.headers["X-RateLimit-Reset"] = str(int(store.now().timestamp() + fault.seconds))
    return answer


def _html(_fault: Fault, _store: Store) -> Response:
    return Response(MAINTENANCE, content_type="text/html; charset=utf-8")


def _custom(fault: Fault, _store: Store) -> Response:
    return answers.json_text(fault.body)


INSTEAD: dict[str, Callable[[Fault, Store], Response]] = {
    "429": _too_many,
    "500": lambda fault, store: answers.message(500, "Internal error"),
    "502": lambda fault, store: Response(MAINTENANCE, 502),
    "503": lambda fault, store: Response(MAINTENANCE, 503),
    "401": lambda fault, store: answers.unauthorized("Unrecognized token"),
    "403": lambda fault, store: answers.message(403, "Could not authorize token"),
    "404": lambda fault, store: answers.message(404, "Resource not found"),
    "html": _html,
    "empty": lambda fault, store: answers.json_text(""),
    "body": _custom,
}


def _cut(_fault: Fault, response: Response) -> Response:
    """Half the body under the whole body's Content-Length: the connection ends too early."""
    whole = response.get_data()
    response.set_data(whole[: len(whole) // 2])
    response.headers["Content-Length"] = str(len(whole))
    return response


def _truncated(_fault: Fault, response: Response) -> Response:
    """Half the body with an honest length: JSON that does not end."""
    whole = response.get_data()
    response.set_data(whole[: len(whole) // 2])
    return response


def _drip(fault: Fault, response: Response) -> Response:
    """The whole body, a byte or so at a time, spread over the ordered seconds."""
    whole = response.get_data()
    step = max(1, len(whole) // 50)

    def pieces() -> Iterator[bytes]:
        for start in range(0, len(whole), step):
            time.sleep(fault.seconds / 50)
            yield whole[start : start + step]

    response.response = pieces()
    return response


def _edited(edit: Callable[[Body], object]) -> Callable[[Fault, Response], Response]:
    """Bends the JSON of a list; `edit` changes it in place or gives another one."""

    def spoil(_fault: Fault, response: Response) -> Response:
        whole = json.loads(response.get_data())
        if isinstance(whole.get("data"), list):
            response.set_data(to_json(edit(whole) or whole))
        return response

    return spoil


def _next(uri: Callable[[Body], str]) -> Callable[[Body], object]:
    def edit(whole: Body) -> object:
        kept = [link for link in whole["links"] if link["rel"] != "next"]
        whole["links"] = [*kept, {"rel": "next", "uri": uri(whole)}]
        return whole

    return edit


def _repeat(whole: Body, **changed: object) -> object:
    first = whole["data"][0]
    whole["data"].append(first | {"data": first["data"] | changed})
    return whole


def _foreign(whole: Body) -> object:
    whole["data"][-1]["data"]["district"] = "64a0000000000000000000ff"
    return whole


def _self_uri(whole: Body) -> str:
    found: str = next(link["uri"] for link in whole["links"] if link["rel"] == "self")
    return found


BENT: dict[str, Callable[[Fault, Response], Response]] = {
    "cut": _cut,
    "truncated": _truncated,
    "drip": _drip,
    "no_links": _edited(lambda whole: {"data": whole["data"]}),
    "no_data": _edited(lambda whole: {"links": whole["links"]}),
    "no_records": _edited(lambda whole: whole | {"data": []}),
    "next_is_self": _edited(_next(_self_uri)),
    "next_elsewhere": _edited(_next(lambda whole: "http://elsewhere.example/v3.0/users")),
    "repeated": _edited(_repeat),
    "repeated_differently": _edited(
        lambda whole: _repeat(whole, name={"first": "Somebody", "last": "Else"})
    ),
    "foreign": _edited(_foreign),
}
KINDS = (*INSTEAD, *BENT, "slow")

# For the control page; in the order of how often one wants them.
MEANINGS = {
    "429": "Too many requests (429), free again after the seconds below",
    "500": "Server error (500)",
    "502": "Bad gateway (502), as HTML",
    "503": "Service unavailable (503), as HTML",
    "401": "Token refused (401)",
    "403": "Not allowed (403)",
    "404": "Not found (404), as for what is not shared",
    "html": "A maintenance page in HTML, with status 200",
    "empty": "An empty body, with status 200",
    "cut": "The connection ends in the middle of the body",
    "truncated": "Half the JSON, with an honest length",
    "slow": "The right answer, after the seconds below",
    "drip": "The right answer, drop by drop over the seconds below",
    "no_data": "A list without its data",
    "no_links": "A list without its links",
    "no_records": "A list with no records, links as they were",
    "next_is_self": "A next link that points to the same page",
    "next_elsewhere": "A next link that points to another host",
    "repeated": "The first record of the page twice",
    "repeated_differently": "The first record twice, the second time with another name",
    "foreign": "The last record belongs to another district",
    "body": "The JSON text below, with status 200",
}
