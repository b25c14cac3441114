"""The sandbox as a process: its state outlives it, and it ends when told."""

from __future__ import annotations

import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from threading import Thread

import httpx

from tests.sandbox.asking import App
from tests.sandbox_clever import RunningSandbox, local_client


def test_changes_and_tokens_survive_a_restart(tmp_path: Path) -> None:
    with RunningSandbox(tmp_path) as first:
        section = first.cast().sections["Algebra I - Period 3"]
        first.enrol_new(section, "Noor", "Haddad")
        students, token = first.student_ids(section), first.district_token()
    with RunningSandbox(tmp_path) as second:
        assert second.student_ids(section) == students
        assert second.district_token() == token


def test_two_processes_share_one_district(tmp_path: Path) -> None:
    with RunningSandbox(tmp_path) as one, RunningSandbox(tmp_path) as other:
        section = one.cast().sections["Algebra I - Period 3"]
        made = one.enrol_new(section, "Noor", "Haddad")
        assert other.student_ids(section)[-1] == made


def test_it_stops_at_once_even_while_an_answer_is_slow(tmp_path: Path) -> None:
    running = RunningSandbox(tmp_path)
    running.fail_next("slow", seconds=60)
    waiting = Thread(target=ask_in_vain, args=(running.url,))
    waiting.start()
    while running.faults():
        time.sleep(0.01)
    started = time.monotonic()
    running.stop()
    waiting.join()
    assert time.monotonic() - started < 3


def ask_in_vain(url: str) -> None:
    with local_client(url) as client, suppress(httpx.TransportError):
        client.get("/v3.0/terms")


def test_the_data_api_can_be_made_slow_to_watch_a_sync(tmp_path: Path) -> None:
    with RunningSandbox(tmp_path, latency_ms=300) as slow, App(slow, slow.district_token()) as app:
        started = time.monotonic()
        app.body("/v3.0/terms")
        assert time.monotonic() - started >= 0.3


def test_many_clients_at_once_are_all_answered(sandbox: RunningSandbox, district: App) -> None:
    with ThreadPoolExecutor(16) as clients:
        answers = list(clients.map(district.get, ["/v3.0/terms"] * 200))
    assert {answer.status_code for answer in answers} == {200}
    counted = {
        (answer.headers["x-ratelimit-reset"], answer.headers["x-ratelimit-remaining"])
        for answer in answers
    }
    assert len(counted) == 200  # A minute may end between them, and its window with it.


def test_the_file_of_another_version_is_made_anew(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "sandbox.sqlite3")) as old:
        old.execute("CREATE TABLE records (id TEXT, from_last_year TEXT)")
    with RunningSandbox(tmp_path) as running:
        assert len(running.cast().teachers) == 6
