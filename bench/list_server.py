"""Serves the lists of a district, page by page, as bytes that are ready: in a process of its own.

The token says which day of which district and how many milliseconds a page takes: `M-before-0`.
"""

from __future__ import annotations

import socketserver
import sys
import time
from array import array
from bisect import bisect_right
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs, urlsplit


class Listed:
    """One list on disk."""

    def __init__(self, path: Path) -> None:
        self.ids = path.with_suffix(".ids").read_text().split("\n")
        self.ends = array("Q", path.with_suffix(".ends").read_bytes())
        self._path = path

    def page(self, target: str, limit: int, after: str) -> bytes:
        first = bisect_right(self.ids, after)
        until = min(first + limit, len(self.ids))
        links = f'{{"rel": "self", "uri": "{target}"}}'
        if until < len(self.ids):
            base = target.split("starting_after")[0].rstrip("?&")
            following = f"{base}{'&' if '?' in base else '?'}starting_after={self.ids[until - 1]}"
            links += f', {{"rel": "next", "uri": "{following}"}}'
        return b'{"data": [%s], "links": [%s]}' % (self._items(first, until), links.encode())

    def _items(self, first: int, until: int) -> bytes:
        start = self.ends[first - 1] if first else 0
        with self._path.open("rb") as file:
            file.seek(start)
            return file.read(self.ends[until - 1] - start - 1)


class Handler(socketserver.StreamRequestHandler):
    """HTTP/1.1 with no more than a page of a list needs."""

    disable_nagle_algorithm = True

    def handle(self) -> None:
        while line := self.rfile.readline():
            target, token = line.split()[1].decode(), ""
            while (header := self.rfile.readline().strip()) != b"":
                if header.lower().startswith(b"authorization:"):
                    token = header.split()[-1].decode()
            size, day, milliseconds = token.split("-")
            body = page_at(target, f"{size}/{day}")
            time.sleep(int(milliseconds) / 1000)
            head = (
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
            )
            self.wfile.write(head % len(body) + body)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


@cache
def listed(name: str) -> Listed:
    return Listed(Path(sys.argv[1]) / name)


def page_at(target: str, folder: str) -> bytes:
    query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
    name = query.get("role") or urlsplit(target).path.rpartition("/")[2]
    limit, after = int(query["limit"]), query.get("starting_after", "")
    return listed(f"{folder}/{name}").page(target, limit, after)


if __name__ == "__main__":
    Server(("127.0.0.1", int(sys.argv[2])), Handler).serve_forever()
