"""Every page of a district with the standard library alone: the floor of all reads."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

LISTS = (
    "/schools",
    "/terms",
    "/courses",
    "/users?role=teacher",
    "/users?role=student",
    "/sections",
)


def pages(origin: str, token: str, page_size: int) -> Iterator[tuple[str, Any]]:
    """Each list's name with each of its pages in turn, over one connection."""
    connection = http.client.HTTPConnection(urlsplit(origin).netloc)
    for path in LISTS:
        size = min(page_size, 1_000) if path == "/sections" else page_size
        target: str | None = f"/v3.0{path}{'&' if '?' in path else '?'}limit={size}"
        while target:
            connection.request("GET", target, headers={"Authorization": f"Bearer {token}"})
            answer = json.loads(connection.getresponse().read())
            yield path, [item["data"] for item in answer["data"]]
            target = next((link["uri"] for link in answer["links"] if link["rel"] == "next"), None)
    connection.close()
