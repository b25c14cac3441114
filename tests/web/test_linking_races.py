"""Two browsers link one identity in the same moment: one winner, no error (A31, ASVS 15.4.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Barrier
from time import perf_counter

import httpx
import pytest

from portal.models.accounts import Account, LinkedAccount
from portal.models.audit import AuditEvent
from portal.models.entrance.account_notices import AccountNotice
from tests.sandbox_clever import Cast
from tests.servers import RunningValkey
from tests.web.accounts import PASSWORD, oduya, sign_in
from tests.web.browsing import QUESTION, Visitor

NewVisitor = Callable[[], Visitor]
Step = Callable[[], httpx.Response]
ROUNDS, FEWER = 50, 15
MOST_TRIES = 6  # A busy machine starts few threads within ten milliseconds.
AT_MOST_APART = 0.010  # seconds
PROOF = "/sign-in/proof"
numbers = count()


class Race:
    """Two threads, and how often both began within ten milliseconds."""

    def __init__(self, threads: ThreadPoolExecutor, valkey: RunningValkey) -> None:
        self._threads = threads
        self._valkey = valkey
        self._close = 0

    def rounds(self, wanted: int = ROUNDS) -> Iterator[int]:
        """Until so many were close; each begins without what the last one linked and counted."""
        most = MOST_TRIES * wanted
        for number in range(most):
            if self._close == wanted:
                return
            for table in (LinkedAccount, AccountNotice):
                table.delete().execute()
            self._valkey.flush()
            yield number
        raise AssertionError(f"only {self._close} of {most} rounds were close")

    def run(self, *steps: Step) -> list[httpx.Response]:
        barrier = Barrier(len(steps))

        def begin(step: Step) -> tuple[float, httpx.Response]:
            barrier.wait()
            return perf_counter(), step()

        began, answers = zip(*self._threads.map(begin, steps), strict=True)
        self._close += max(began) - min(began) < AT_MOST_APART
        return list(answers)


@pytest.fixture
def race(empty_valkey: RunningValkey) -> Iterator[Race]:
    with ThreadPoolExecutor(2) as threads:
        yield Race(threads, empty_valkey)


def guest(new_visitor: NewVisitor, person_id: str) -> Visitor:
    """A browser in which this person has come back from Clever and is asked the question."""
    visitor = new_visitor()
    visitor.arrive(person_id)
    return visitor


def answering(visitor: Visitor, account: str) -> Step:
    fields = visitor.page(QUESTION).form(QUESTION).fields | {"account": account}
    return lambda: visitor.client.post(QUESTION, data=fields)


def proving(visitor: Visitor, address: str) -> Step:
    visitor.answer_question("mine")
    fields = visitor.page(PROOF).form(PROOF).fields | {"email": address, "password": PASSWORD}
    return lambda: visitor.client.post(PROOF, data=fields)


def places(answers: list[httpx.Response]) -> list[str]:
    return sorted(answer.headers.get("location", str(answer.status_code)) for answer in answers)


def test_two_guests_prove_two_accounts_and_one_of_them_is_linked(
    new_visitor: NewVisitor, race: Race, cast: Cast
) -> None:
    addresses = ("one@school.example", "other@school.example")
    for address in addresses:
        oduya(address)
    for _ in race.rounds(FEWER):
        guests = [guest(new_visitor, cast.teachers["Maria Rivera"]) for _ in addresses]
        steps = [proving(*each) for each in zip(guests, addresses, strict=True)]

        assert places(race.run(*steps)) == ["/account/linked", f"{PROOF}?problem=elsewhere"]
        assert (LinkedAccount.select().count(), AccountNotice.select().count()) == (1, 1)


def test_two_guests_make_a_new_account_and_there_is_one(
    new_visitor: NewVisitor, race: Race, cast: Cast
) -> None:
    for _ in race.rounds(FEWER):
        before = Account.select().count()
        guests = [guest(new_visitor, cast.teachers["Maria Rivera"]) for _ in range(2)]
        steps = [answering(each, "new") for each in guests]

        assert places(race.run(*steps)) == ["/dashboard"] * 2
        assert LinkedAccount.select().count() == 1
        assert Account.select().count() == before + 1


def test_one_makes_a_new_account_while_the_other_proves_an_old_one(
    new_visitor: NewVisitor, race: Race, cast: Cast
) -> None:
    """Whoever is first decides: the identity is the new account's or the old one's, never both."""
    old = oduya()
    for _ in race.rounds(FEWER):
        guests = [guest(new_visitor, cast.teachers["Maria Rivera"]) for _ in range(2)]
        steps = [answering(guests[0], "new"), proving(guests[1], "t.oduya@school.example")]
        answers = places(race.run(*steps))

        linked = LinkedAccount.get()
        won = "/account/linked" if linked.account == old else f"{PROOF}?problem=elsewhere"
        assert answers == sorted(["/dashboard", won])
        assert LinkedAccount.select().count() == 1


def test_two_accounts_connect_one_identity_and_it_belongs_to_one(
    new_visitor: NewVisitor, race: Race, cast: Cast
) -> None:
    """The other is shown how to bring both together, and takes nothing over (A31)."""
    visitors = [with_a_password(new_visitor(), cast.teachers["Maria Rivera"]) for _ in range(2)]
    for _ in race.rounds():
        before = refused_links()
        steps = [connecting(each) for each in visitors]

        assert places(race.run(*steps)) == [
            "/account/merge?found=",
            "/account?done=connected",
        ]
        assert (LinkedAccount.select().count(), AccountNotice.select().count()) == (1, 1)
        assert refused_links() == before + 1


def refused_links() -> int:
    """So far: the audit log only grows (V10)."""
    return AuditEvent.select().where(AuditEvent.action == "link.refused").count()


def with_a_password(visitor: Visitor, person_id: str) -> Visitor:
    """Signed in to an account of their own, and at Clever as this person."""
    address = f"teacher{next(numbers)}@school.example"
    oduya(address)
    sign_in(visitor, address)
    visitor.arrive_at_clever(person_id)
    return visitor


def connecting(visitor: Visitor) -> Step:
    """The last step of pressing Connect: the way back from Clever."""
    at_clever = visitor.submit("/account", "/account/clever").headers["location"]
    way_back = visitor.get(at_clever).headers["location"]
    return lambda: visitor.get(way_back)
