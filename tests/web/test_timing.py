"""How long an answer takes says nothing about whether an email has an account (trust.md A64)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from statistics import median
from time import perf_counter

import pytest

from tests.web.accounts import oduya
from tests.web.browsing import Visitor

NewVisitor = Callable[[], Visitor]
Times = dict[str, list[float]]
TRIES = 200
ROUNDS = 3  # Other work on the machine blurs one; a difference that is there shows in each.
SIGN_IN = "/sign-in/password"
MOST_APART = 0.005  # seconds
numbers = count()


def addresses(kind: str, tries_each: int) -> Iterator[str]:
    """A few tries each, since more are refused."""
    while True:
        address = f"{kind}{next(numbers)}@school.example"
        if kind == "known":
            oduya(address)
        yield from [address] * tries_each


def seconds_to_answer(visitor: Visitor, path: str, sent: dict[str, str], status: int) -> float:
    began = perf_counter()
    answer = visitor.client.post(path, data=sent)
    took = perf_counter() - began
    assert answer.status_code == status, answer.text
    return took


def apart(times: Times) -> float:
    """By how much the medians differ, in seconds."""
    return abs(median(times["known"]) - median(times["unknown"]))


def passwords_tried(visitor: Visitor) -> Times:
    fields = visitor.page(SIGN_IN).form(SIGN_IN).fields | {"password": "not this one"}
    asked = {kind: addresses(kind, 8) for kind in ("known", "unknown")}
    times: Times = {kind: [] for kind in asked}
    for _ in range(TRIES):
        for kind, those in asked.items():
            sent = fields | {"email": next(those)}
            times[kind].append(seconds_to_answer(visitor, SIGN_IN, sent, 422))
    return times


def mails_asked_for(new_visitor: NewVisitor, path: str) -> Times:
    asked = {kind: addresses(kind, 4) for kind in ("known", "unknown")}
    times: Times = {kind: [] for kind in asked}
    for _ in range(TRIES // 10):
        visitor = new_visitor()  # Twenty mails are all that one browser may ask for.
        fields = visitor.page(path).form(path).fields
        for kind, those in list(asked.items()) * 10:
            sent = fields | {"email": next(those)}
            times[kind].append(seconds_to_answer(visitor, path, sent, 303))
    return times


def test_a64_a_wrong_password_takes_as_long_for_nobodys_address(new_visitor: NewVisitor) -> None:
    rounds = (passwords_tried(new_visitor()) for _ in range(ROUNDS))

    assert any(apart(times) < MOST_APART for times in rounds)


@pytest.mark.parametrize("path", ["/sign-up", "/reset"])
def test_a64_asking_for_a_mail_takes_as_long_for_nobodys_address(
    new_visitor: NewVisitor, path: str
) -> None:
    rounds = (mails_asked_for(new_visitor, path) for _ in range(ROUNDS))

    assert any(apart(times) < MOST_APART for times in rounds)
