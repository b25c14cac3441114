"""What the sandbox shares with each reader, asked of its own lists, record by record."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from portal.roster.names import clean_name, display_name
from tests.sandbox_clever import Cast, RunningSandbox, local_client

Rows = set[tuple[str, ...]]
Tabs = dict[str, Rows]


class CleverLists:
    """Clever's Data API, as the district's token reads it."""

    def __init__(self, sandbox: RunningSandbox, cast: Cast) -> None:
        token = sandbox.district_token(cast.id)
        self._client = local_client(f"{sandbox.url}/v3.0")
        self._client.headers["Authorization"] = f"Bearer {token}"

    def __enter__(self) -> CleverLists:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, path: str, **query: str) -> list[Any]:
        answer = self._client.get(path, params={"limit": "10000"} | query)
        assert answer.is_success, answer.text
        return [each["data"] for each in answer.json()["data"]]

    def of_district(self) -> Tabs:
        """All that is shared."""
        return shown(
            self.ask("/schools"),
            self.ask("/users", role="teacher"),
            self.ask("/sections"),
            self.ask("/users", role="student"),
        )

    def of_school(self, school: str) -> Tabs:
        """One school, with those who attend it as a second one."""
        return shown(
            (each for each in self.ask("/schools") if each["id"] == school),
            self.ask(f"/schools/{school}/users", role="teacher"),
            self.ask(f"/schools/{school}/sections"),
            self.ask(f"/schools/{school}/users", role="student"),
        )

    def of_teacher(self, teacher: str) -> Tabs:
        """Her classes, their students and teachers, and her schools."""
        sections = self.ask(f"/users/{teacher}/sections")
        taught = [f"/sections/{each['id']}/users" for each in sections]
        return shown(
            self.ask(f"/users/{teacher}/schools"),
            (each for path in taught for each in self.ask(path, role="teacher")),
            sections,
            (each for path in taught for each in self.ask(path, role="student")),
        )


def shown(
    schools: Iterable[Any], teachers: Iterable[Any], classes: Iterable[Any], students: Iterable[Any]
) -> Tabs:
    """What the tabs should say of these records: each with its id where the page has one."""
    return {
        "schools": {(clean_name(each["name"]),) for each in schools},
        "teachers": {(name_of(each),) for each in teachers},
        "classes": {
            (each["id"], clean_name(each["name"]), str(len(each["students"]))) for each in classes
        },
        "students": {
            (each["id"], name_of(each), each["roles"]["student"].get("grade") or "")
            for each in students
        },
    }


def name_of(person: Any) -> str:
    first, last = (clean_name(person["name"].get(part) or "") for part in ("first", "last"))
    return display_name(first, last)
