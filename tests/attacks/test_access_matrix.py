"""Every route as every kind of person, against the table of docs/access.md (trust.md A58)."""

from __future__ import annotations

import httpx
import pytest

from tests.attacks.matrix import MATRIX
from tests.attacks.world import World
from tests.web.browsing import Visitor
from tests.web.html import Page
from tests.web.routes import UNSAFE, name, routes

# Each takes away what others ask for, so these come last, in this order.
TAKE_AWAY = (
    "POST /account/password",
    "POST /account/password/removal",
    "POST /account/clever/<sourced_id>/disconnect",
    "POST /sign-out",
)
ROLES = {
    "student": "student",
    "owner": "teacher",
    "co-teacher": "teacher",
    "teacher": "teacher",
    "school": "school_admin",
    "district": "district_admin",
}


def test_A58_every_route_stands_in_the_table_and_nothing_else_does() -> None:
    assert set(MATRIX) == {name(route) for route in routes(UNSAFE | {"GET"})}


def test_A58_everybody_gets_what_the_table_says_and_no_more(world: World) -> None:
    deviations = {
        (route, who): (said, got)
        for who, visitor in world.people.items()
        for route, said in expected_of(who)
        if (got := outcome(world, visitor, who, route)) != said
    }

    assert deviations == {}


def test_A58_what_is_somebody_elses_looks_like_what_does_not_exist(world: World) -> None:
    told_apart = {
        (route, who)
        for who, visitor in world.people.items()
        for route, said in expected_of(who)
        if said == "404" and not looks_like_nothing(world, visitor, who, route)
    }

    assert told_apart == set()


def expected_of(who: str) -> list[tuple[str, str]]:
    """In the order of the table, but for what takes something away."""
    told = [(route, cells[who]) for route, cells in MATRIX.items()]
    return sorted(told, key=lambda each: TAKE_AWAY.index(each[0]) if each[0] in TAKE_AWAY else -1)


def outcome(world: World, visitor: Visitor, who: str, route: str) -> str:
    """In the words of the table; a status that it has no word for stands for itself."""
    _, rule = route.split()
    answer = ask(visitor, route, world.address(rule), fields_of(world, who, rule))
    if answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in?to="):
        return "sign in"
    if answer.is_success or answer.is_redirect:
        to_sign_in = answer.headers.get("location") == "/sign-in"
        return "sign in" if to_sign_in else "yes"
    return str(answer.status_code)


def looks_like_nothing(world: World, visitor: Visitor, who: str, route: str) -> bool:
    _, rule = route.split()
    fields = fields_of(world, who, rule)
    theirs = ask(visitor, route, world.address(rule), fields)
    fields |= {"class": "64aaaaaaaaaaaaaaaaaaaaaa"} if "class" in fields else {}
    nobodys = ask(visitor, route, world.nowhere(rule), fields)
    return read(theirs) == read(nobodys)


def ask(visitor: Visitor, route: str, address: str, fields: dict[str, str]) -> httpx.Response:
    if route.startswith("GET"):
        return visitor.get(address)
    sent = {"csrf_token": visitor.csrf_token_if_any(), **fields}
    return visitor.client.post(address, data=sent)


def fields_of(world: World, who: str, rule: str) -> dict[str, str]:
    if rule != "/sign-in/role":
        return world.fields(rule)
    own = next((role for word, role in ROLES.items() if word in who), "")
    return {"role": own}


def read(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, Page.of(answer.text).text


@pytest.mark.parametrize("who", ["school admin elsewhere", "teacher elsewhere"])
def test_A60_a_visitor_of_another_district_reads_nobodys_name(world: World, who: str) -> None:
    """All that they may open, with the names of this section's people as canaries."""
    names = [f"{first} {last}" for first, last in (("Maria", "Rivera"), ("Daniel", "Okafor"))]
    pages = [
        world.people[who].get(world.address(route.split()[1])).text
        for route, said in expected_of(who)
        if said == "yes" and route.startswith("GET")
    ]

    assert [text for text in pages for name in names if name in text] == []
