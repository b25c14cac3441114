"""How an ordered fault spoils an answer: given instead of the right one, or bent out of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator

from flask import Response

from portal.sandbox import answers, rate_limit
from portal.sandbox.faults import Fault
from portal.sandbox.records import Body, to_json
from portal.sandbox.store import Store

MAINTENANCE = "<!doctype html><html lang='en'><title>Clever</title><h1>Down for maintenance</h1>"


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
