"""A district's whole read into the mirror, beside what else could carry it (performance.md).

Every contestant runs in a process of its own and reads the same pages; costs are CPU seconds of
that process and of the database server's that works for it, memory is above its imports.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from bench.large_district import DISTRICT, Size, write_lists
from bench.mirror_rows import KEYS
from bench.other_writer import OtherWriter
from bench.table import Line
from bench.timing import cpu_seconds
from portal import clock, database
from portal.models.districts import DistrictConnection
from tests.servers import free_port, running_process

Cost = dict[str, float]
Fresh = Callable[[str], str]
ROUNDS, KILLS = 3, 4
LONG, SHORT = 10_000, 1_000


class Arena:
    """The pages of a district, served, and databases to carry them into; `fresh` makes one."""

    def __init__(self, origin: str, fresh: Fresh, size: Size) -> None:
        self.origin = origin
        self.size = size
        self._fresh = fresh
        self._made = 0

    def database(self) -> str:
        """An empty one with the district, which was never read."""
        self._made += 1
        url = self._fresh(f"mirror_{self.size.name.lower()}_{self._made}")
        database.init(url)
        database.migrate()
        for district in (DISTRICT, "other"):
            DistrictConnection.keep("clever", district, "sealed", clock.now())
        database.close()
        return url

    def command(self, name: str, url: str, day: str, page_size: int, latency: int) -> list[str]:
        token = f"{self.size.name}-{day}-{latency}"
        step = [sys.executable, "-m", "bench.mirror_step", name]
        return [*step, url, self.origin, token, str(page_size)]

    def cost(
        self, name: str, url: str, day: str = "before", page_size: int = LONG, latency: int = 0
    ) -> Cost:
        said = subprocess.check_output(self.command(name, url, day, page_size, latency))
        cost: Cost = json.loads(said.splitlines()[-1])
        return cost


@contextmanager
def arena(folder: Path, fresh: Fresh, size: Size) -> Iterator[Arena]:
    lists, port = folder / "lists", free_port()
    for day in ("before", "after"):
        if not (lists / size.name / day).exists():
            write_lists(lists / size.name / day, size, changed=day == "after")
    command = [sys.executable, "-m", "bench.list_server", str(lists), str(port)]
    with running_process(command):
        time.sleep(0.5)
        yield Arena(f"http://127.0.0.1:{port}", fresh, size)


def on_sqlite(given: Arena, rounds: int) -> Iterator[Line]:
    """First, unchanged and changed, in turn with their floors."""
    columns = list(zip(*(_sqlite_round(given) for _ in range(rounds)), strict=True))
    upsert, fetch, first, same, changed, short = (median(column) for column in columns)
    name = given.size.name
    yield Line(f"{name} first; floor: raw upsert of every row", first, "s", upsert, "1.3x")
    yield Line(f"{name} unchanged; floor: fetch and json", same, "s", fetch, "0.75x")
    yield Line(f"{name} 1 % changed; floor: our own unchanged", changed, "s", same, "2.5x")
    yield Line(f"{name} memory above the imports, pages of 1,000", short, "MB", goal="32 MB")


def _sqlite_round(given: Arena) -> list[float]:
    floor, url = given.database(), given.database()
    steps = [
        given.cost("upsert", floor),
        given.cost("json", floor),
        given.cost("ours", url),
        given.cost("ours", url),
        given.cost("ours", url, "after"),
    ]
    short = max(given.cost("ours", url, day, SHORT)["above"] for day in ("after", "before"))
    return [*(step["cpu"] for step in steps), short]


def on_postgresql(given: Arena, rounds: int) -> Iterator[Line]:
    columns = list(zip(*(_postgresql_round(given) for _ in range(rounds)), strict=True))
    floor, floor_same, first, same, changed = (median(column) for column in columns)
    name, what = given.size.name, "COPY and anti-joins"
    yield Line(f"{name} first; floor: {what}", first, "s", floor, "1x")
    yield Line(f"{name} unchanged; floor: {what}", same, "s", floor_same, "0.25x")
    yield Line(f"{name} 1 % changed; floor: our own unchanged", changed, "s", same, "2.5x")


def _postgresql_round(given: Arena) -> list[float]:
    floor, url = given.database(), given.database()
    steps = [
        given.cost("antijoin", floor),
        given.cost("antijoin", floor),
        given.cost("ours", url),
        given.cost("ours", url),
        given.cost("ours", url, "after"),
    ]
    return [step["cpu"] for step in steps]


def beside_peewee(given: Arena) -> Iterator[Line]:
    batches = given.cost("peewee", given.database())["cpu"]
    first = given.cost("ours", given.database())["cpu"]
    yield Line(f"{given.size.name} first; floor: peewee's batches", first, "s", batches, "0.2x")


def a_record(small: Arena, large: Arena) -> Iterator[Line]:
    """What a record costs in the large district; floor: in the small one."""
    costs = []
    for given in (large, small):
        url = given.database()
        costs.append([given.cost("ours", url)["cpu"] / given.size.students for _ in range(2)])
    for name, goal, big, little in zip(
        ("first", "unchanged"), ("1.5x", "1.2x"), *costs, strict=True
    ):
        what = f"a record of L, {name}; floor: of M"
        yield Line(what, big * 1e6, "us", little * 1e6, goal)


def far_away(given: Arena) -> Iterator[Line]:
    """Where a page takes 80 ms, in pages of 1,000: on the wall, and how many are asked for."""
    url = given.database()
    given.cost("ours", url)
    one_by_one = given.cost("json", url, "before", SHORT, 80)
    ours = given.cost("ours", url, "before", SHORT, 80)
    name = given.size.name
    yield Line(f"{name} at 80 ms a page, wall", ours["wall"], "s", one_by_one["wall"], "0.2x")
    yield Line(f"{name} requests; floor: pages", ours["requests"], "", one_by_one["requests"], "1x")


def beside_another_writer(given: Arena) -> Iterator[Line]:
    """Somebody else writes one row fifty times a second meanwhile: how long each write takes."""
    alone = given.cost("ours", given.database())["wall"]
    url = given.database()
    with OtherWriter(url) as writer:
        together = given.cost("ours", url)["wall"]
    first, name = writer, given.size.name
    with OtherWriter(url) as writer:
        given.cost("ours", url)
    yield Line(f"{name} first: others' writes, p99", first.p99 * 1000, "ms", goal="250 ms")
    yield Line(f"{name} first: others' longest wait", first.longest * 1000, "ms")
    yield Line(f"{name} first beside them, wall; floor: alone", together, "s", alone, "1.7x")
    yield Line(f"{name} unchanged: others' writes, p99", writer.p99 * 1000, "ms", goal="5 ms")


def killed(given: Arena) -> Iterator[Line]:
    """Killed at a random moment of the first load and begun again: right, and at what cost."""
    whole = given.database()
    load = given.cost("ours", whole)
    imports = _used(given, "nothing", whole, seconds=60)
    dice, costs, right = random.Random(), [], 0
    for _ in range(KILLS):
        url = given.database()
        used = _used(given, "ours", url, imports + dice.uniform(0.1, 0.9) * load["cpu"])
        costs.append(max(0.0, used - imports) + given.cost("ours", url)["cpu"])
        right += said(url) == said(whole)
    name = given.size.name
    yield Line(
        f"{name} killed and begun again; floor: one load", max(costs), "s", load["cpu"], "1.5x"
    )
    yield Line(f"{name} killed and begun again: right", right, "", KILLS, "1x")


def _used(given: Arena, name: str, url: str, seconds: float) -> float:
    """CPU seconds of a contestant that is killed after about so many, its imports among them."""
    child = subprocess.Popen(given.command(name, url, "before", LONG, 0), stdout=subprocess.DEVNULL)
    while os.waitid(os.P_PID, child.pid, EXITED) is None and cpu_seconds([child.pid]) < seconds:
        time.sleep(0.005)
    os.kill(child.pid, signal.SIGKILL)  # Popen's own way would take the child's figures away.
    used = os.wait4(child.pid, 0)[2]
    child.returncode = 0
    return used.ru_utime + used.ru_stime


EXITED = os.WEXITED | os.WNOHANG | os.WNOWAIT


def said(url: str) -> list[object]:
    """What the tables say, whatever the order in which it was written."""
    database.init(url)
    found = [
        database.execute(f"SELECT COUNT(*), {_sum(table)} FROM {table}").fetchall()
        for table in KEYS
    ]
    listed = database.execute(
        "SELECT c.sourced_id, s.sourced_id, s.ended_at IS NULL FROM class_students s"
        " JOIN shared_classes c ON c.id = s.shared_class_id ORDER BY 1, 2"
    ).fetchall()
    counts = database.execute(
        "SELECT school_count, teacher_count, class_count, student_count FROM district_connections"
        " ORDER BY id"
    ).fetchall()
    database.close()
    return [found, listed, counts]


def _sum(table: str) -> str:
    """The digests say everything of a record; of a link there is no more than its ids."""
    return (
        "MIN(digest), MAX(digest), AVG(digest)"
        if table.startswith("shared_") and table != "shared_places"
        else "0"
    )
