"""Parts die at random moments while classes change and teachers sync (trust.md L5, Jepsen style).

SOAK_MINUTES bounds it for each database (default 5), SOAK_SEED repeats a run.
"""

from __future__ import annotations

import os
import random
import secrets
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import pytest

from portal.models.sections import Section
from portal.models.syncs.holds import Hold
from portal.models.syncs.sync_runs import SyncRun
from tests.faults.invariants import Ledger, assert_invariants
from tests.faults.parts import WORKERS, Stack
from tests.faults.teaching import Teacher, as_it_is_now
from tests.servers import wait_until
from tests.soak.figures import Figures, chosen_seed, minutes

CLASSES = ("Algebra I - Period 3", "Band - All Grades", "Advisory 8B", "Math 7 - Period 1")
ENDS_WITHIN = 120.0  # one lease for each of the kills that a round may bring, and room to work
LONGEST_PAUSE = 1.5
Kill = Callable[[Stack, random.Random], None]


def work_horse(stack: Stack, chance: random.Random) -> None:
    horses = [stack.horse(name) for name in stack.busy_workers()]
    with suppress(ProcessLookupError, IndexError):
        os.kill(chance.choice(horses), signal.SIGKILL)


def worker(stack: Stack, chance: random.Random) -> None:
    stack.portal.restart(chance.choice(WORKERS))


def web(stack: Stack, _chance: random.Random) -> None:
    stack.portal.restart("web")


def scheduler(stack: Stack, _chance: random.Random) -> None:
    stack.portal.restart("scheduler")


def valkey(stack: Stack, _chance: random.Random) -> None:
    stack.valkey.restart()


KILLS: tuple[Kill, ...] = (work_horse, work_horse, worker, worker, web, scheduler, valkey)


@pytest.fixture
def teacher(stack: Stack) -> Iterator[Teacher]:
    maria = Teacher(stack.portal.url, stack.portal.sandbox)
    maria.sign_in(stack.portal.sandbox.cast().teachers["Maria Rivera"])
    yield maria
    maria.close()


@pytest.mark.soak
def test_parts_killed_at_random_moments_never_bend_a_list(
    stack: Stack, teacher: Teacher, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = Figures(chosen_seed())
    chance = random.Random(figures.seed)
    cast = stack.portal.sandbox.cast()
    sections = [teacher.has_a_section(cast.sections[name]) for name in CLASSES]
    until = time.monotonic() + 60 * minutes("SOAK_MINUTES", 5)
    while time.monotonic() < until:
        play_a_round(stack, teacher, sections, chance, figures)
    figures.show(capsys, f"Random kills on {stack.database_url.partition(':')[0]}")


def play_a_round(
    stack: Stack,
    teacher: Teacher,
    sections: list[Section],
    chance: random.Random,
    figures: Figures,
) -> None:
    """Every class changes, every button is pressed, something dies, and all is well again."""
    before = Ledger.now()
    stack.portal.sandbox.forget_requests()
    for section in sections:
        change(teacher, section, chance)
    for _ in sections:
        seconds = chance.uniform(0.2, LONGEST_PAUSE)
        teacher.sandbox.fail_next("slow", path_contains="/users?", seconds=seconds)
    with ThreadPoolExecutor(1) as pool:
        pressed = pool.submit(press_every_button, teacher, sections)
        kill_something(stack, chance, figures)
    pressed.result()
    wait_until(everything_ended, ENDS_WITHIN)
    stack.portal.sandbox.stop_failing()
    assert_invariants(before, Ledger.now(), stack.portal.sandbox)
    count(before, figures)
    answer_what_waits(teacher, chance)


def change(teacher: Teacher, section: Section, chance: random.Random) -> None:
    """Somebody leaves, somebody comes, somebody is renamed."""
    class_id, sandbox = section.class_sourced_id, teacher.sandbox
    listed = sandbox.student_ids(class_id)
    if len(listed) > 5:
        sandbox.withdraw(class_id, *chance.sample(listed, chance.randint(0, 2)))
    if chance.random() < 0.7:
        sandbox.enrol_new(class_id, "New", f"Comer {chance.randrange(1_000_000)}")
    sandbox.rename(chance.choice(listed), "Renamed", f"Person {chance.randrange(1_000_000)}")


def press_every_button(teacher: Teacher, sections: list[Section]) -> None:
    """A web server that dies takes the click with it; then nothing was promised."""
    for section in sections:
        with suppress(httpx.TransportError):
            teacher.sends_sync(section, secrets.token_urlsafe(12), teacher.csrf_token())


def kill_something(stack: Stack, chance: random.Random, figures: Figures) -> None:
    """In the main thread: what a thread has started dies with it (PR_SET_PDEATHSIG)."""
    for _ in range(chance.randint(1, 2)):
        threading.Event().wait(chance.uniform(0, LONGEST_PAUSE))
        kill = chance.choice(KILLS)
        kill(stack, chance)
        figures.kills[kill.__name__] += 1


def everything_ended() -> bool:
    return not SyncRun.select().where(SyncRun.finished_at.is_null()).exists()


def count(before: Ledger, figures: Figures) -> None:
    figures.rounds += 1
    for run in SyncRun.select().where(SyncRun.id.not_in(before.ended_runs)):
        ended = as_it_is_now(run)
        figures.outcomes[ended.state] += 1
        figures.attempts[ended.attempt] += 1
        figures.seconds.append((ended.finished_at - ended.requested_at).total_seconds())


def answer_what_waits(teacher: Teacher, chance: random.Random) -> None:
    for hold in Hold.select().where(Hold.state == "waiting"):
        answer = chance.choice(["keep", "remove", "remove"])
        teacher.post(f"/holds/{hold.public_id}/answer", answer=answer)
