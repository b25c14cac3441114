"""The sandbox as a process: its state outlives it, and it ends when told."""

from __future__ import annotations

import time
from pathlib import Path

from tests.sandbox_clever import RunningSandbox


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
    started = time.monotonic()
    running.stop()
    assert time.monotonic() - started < 2
