"""A sandbox Clever as a real process on a free port: tests of sign-in and sync run on it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

ROOT = Path(__file__).resolve().parent.parent
READY_WITHIN = 30.0
CLIENT_ID, CLIENT_SECRET = "rosterly-test", "make-believe-secret"


@dataclass(frozen=True)
class Cast:
    """Ids by name in one district; a repeated name has a number: `Study Hall (2)`."""

    id: str
    name: str
    schools: dict[str, str]
    sections: dict[str, str]
    courses: dict[str, str]
    terms: dict[str, str]
    teachers: dict[str, str]
    staffs: dict[str, str]
    district_admins: dict[str, str]
    students: dict[str, str]
    contacts: dict[str, str]
    unshared: dict[str, str]


class RunningSandbox:
    """`python -m portal.sandbox` under test, with thin methods for its JSON control API.

    `switches` are the sandbox's own settings without their prefix: `oidc=1`, `pkce=0`,
    `token_type=1`, `redirect_uris="http://…"`, `latency_ms=200`, `client_id=…`.
    """

    def __init__(self, folder: Path, port: int | None = None, **switches: str | int) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        chosen = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET} | switches
        self.client_id, self.client_secret = str(chosen["client_id"]), str(chosen["client_secret"])
        chosen |= {"host": "127.0.0.1", "port": self.port, "db": str(folder / "sandbox.sqlite3")}
        environment = {f"SANDBOX_{name.upper()}": str(value) for name, value in chosen.items()}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "portal.sandbox"],
            cwd=ROOT,
            env=os.environ | environment,
            stdout=subprocess.DEVNULL,
        )
        self._api = local_client(f"{self.url}/sandbox/api")
        self._wait_until_ready()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process; the database stays, so another one on it carries on."""
        self._api.close()
        self._process.terminate()
        self._process.wait(timeout=10)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                if self._api.get("/health").json()["ready"]:
                    return
            except httpx.TransportError:
                time.sleep(0.02)
        self.stop()
        raise RuntimeError(f"The sandbox Clever did not answer at {self.url}.")

    def cast(self, district: str = "Lincoln USD") -> Cast:
        return Cast(**self._ask("GET", f"/district?name={district}"))

    def section(self, section_id: str) -> Any:
        """`{id, name, teachers: [{id, name, shared}], students: [{id, name, shared}]}`."""
        return self._ask("GET", f"/sections/{section_id}")

    def student_ids(self, section_id: str) -> list[str]:
        return [student["id"] for student in self.section(section_id)["students"]]

    def enrol(self, section_id: str, *student_ids: str) -> None:
        self._ask("POST", f"/sections/{section_id}/enrol", students=student_ids)

    def enrol_new(self, section_id: str, first: str, last: str, **more: str) -> str:
        """A new student in the class; `more`: grade, email. Answers the id."""
        return self.enrol_many_new(section_id, [{"first": first, "last": last} | more])[0]

    def enrol_many_new(self, section_id: str, students: Sequence[dict[str, str]]) -> list[str]:
        answer = self._ask("POST", f"/sections/{section_id}/enrol", new_students=students)
        made: list[str] = answer["students"]
        return made

    def withdraw(self, section_id: str, *student_ids: str) -> None:
        self._ask("POST", f"/sections/{section_id}/withdraw", students=student_ids)

    def move(self, student_id: str, from_section: str, to_section: str) -> None:
        self._ask("POST", f"/sections/{from_section}/move", students=[student_id], to=to_section)

    def set_teachers(self, section_id: str, teacher: str, co_teachers: Iterable[str] = ()) -> None:
        path = f"/sections/{section_id}/teachers"
        self._ask("POST", path, teacher=teacher, co_teachers=list(co_teachers))

    def rename(self, user_id: str, first: str, last: str) -> None:
        self._ask("POST", f"/users/{user_id}/rename", first=first, last=last)

    def give_new_id(self, user_id: str) -> str:
        """The same person under a new id, which is answered."""
        made: str = self._ask("POST", f"/users/{user_id}/new-id")["id"]
        return made

    def add_from_library(self, teacher_id: str) -> None:
        """The teacher adds the app from Clever Library."""
        self._ask("POST", f"/users/{teacher_id}/library/add")

    def remove_from_library(self, teacher_id: str) -> None:
        """The teacher removes it: her tokens stop."""
        self._ask("POST", f"/users/{teacher_id}/library/remove")

    def edit(self, record_id: str, **fields: Any) -> None:
        """Lay fields over any record; None takes a field away."""
        self._ask("PATCH", f"/records/{record_id}", **fields)

    def delete(self, record_id: str) -> None:
        self._ask("DELETE", f"/records/{record_id}")

    def share(self, record_id: str) -> None:
        self._ask("POST", f"/records/{record_id}/share")

    def unshare(self, record_id: str) -> None:
        self._ask("POST", f"/records/{record_id}/unshare")

    def pause(self, district_id: str) -> None:
        self._ask("POST", f"/districts/{district_id}/pause")

    def resume(self, district_id: str) -> None:
        self._ask("POST", f"/districts/{district_id}/resume")

    def revoke(self, district_id: str) -> None:
        """The district disconnects the app: tokens stop, `/oauth/tokens` lists it no more."""
        self._ask("POST", f"/districts/{district_id}/revoke")

    def connect(self, district_id: str) -> None:
        """The district connects the app, or gives it a new token while the old one stops."""
        self._ask("POST", f"/districts/{district_id}/connect")

    def add_district(self, name: str, **shape: int) -> Cast:
        """A generated district; `shape`: schools, teachers, sections, students_per_section."""
        return Cast(**self._ask("POST", "/districts", name=name, **shape))

    def fail_next(self, kind: str, times: int = 1, **where: Any) -> None:
        """The next answers fail; `where`: path_contains, only_later_pages, seconds, body."""
        self._ask("POST", "/faults", kind=kind, times=times, **where)

    def faults(self) -> list[dict[str, Any]]:
        """What is still going to fail."""
        waiting: list[dict[str, Any]] = self._ask("GET", "/faults")
        return waiting

    def stop_failing(self) -> None:
        self._ask("DELETE", "/faults")

    def requests(self) -> list[dict[str, Any]]:
        """What clients asked, oldest first: at, method, path, query, token_kind, district, status
        and fault."""
        asked: list[dict[str, Any]] = self._ask("GET", "/requests")
        return asked

    def forget_requests(self) -> None:
        self._ask("DELETE", "/requests")

    def advance_clock(self, seconds: float) -> None:
        """Codes, tokens and rate windows age at once."""
        self._ask("POST", "/clock", advance_seconds=seconds)

    def reset(self) -> None:
        self._ask("POST", "/reset")

    def district_token(self, district_id: str = "") -> str:
        """The app's token for a district (Lincoln USD when left out), as `/oauth/tokens` says."""
        wanted = {"owner_type": "district", "district": district_id or self.cast().id}
        auth = (self.client_id, self.client_secret)
        answer = self._api.get(f"{self.url}/oauth/tokens", params=wanted, auth=auth)
        token: str = answer.json()["data"][0]["access_token"]
        return token

    def _ask(self, method: str, path: str, **body: Any) -> Any:
        answer = self._api.request(method, path, json=body or None)
        if answer.is_error:
            raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
        return answer.json()


def local_client(url: str, **more: Any) -> httpx.Client:
    """A client for plain http on this machine: no proxies, and no certificates to load (30 ms)."""
    return httpx.Client(base_url=url, timeout=60, trust_env=False, verify=False, **more)


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
        return port
