"""A browser that costs next to nothing: one connection, one prepared request."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

FORM = "application/x-www-form-urlencoded"
HEADERS_END = b"\r\n\r\n"


class Asker:
    """Asks one server for one page, again and again; with a `form` by sending it."""

    def __init__(
        self, url: str, headers: Mapping[str, str] | None = None, form: str | None = None
    ) -> None:
        address = urlsplit(url)
        path = f"{address.path}?{address.query}" if address.query else address.path
        lines = [f"{'GET' if form is None else 'POST'} {path} HTTP/1.1", f"Host: {address.netloc}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if form is not None:
            lines += [f"Content-Type: {FORM}", f"Content-Length: {len(form)}"]
        self._request = ("\r\n".join(lines) + "\r\n\r\n" + (form or "")).encode()
        self._place = (address.hostname, address.port)

    def body(self) -> bytes:
        with self._connected() as connection:
            return self._ask(connection)

    def seconds(self, times: int) -> list[float]:
        """How long each of so many answers takes, on a connection that is warm."""
        with self._connected() as connection:
            self._ask(connection)
            return [self._timed(connection) for _ in range(times)]

    def _connected(self) -> socket.socket:
        return socket.create_connection(self._place, timeout=30)

    def _timed(self, connection: socket.socket) -> float:
        started = time.perf_counter()
        self._ask(connection)
        return time.perf_counter() - started

    def _ask(self, connection: socket.socket) -> bytes:
        connection.sendall(self._request)
        answer = b""
        while HEADERS_END not in answer:
            answer += _more(connection)
        head, _, body = answer.partition(HEADERS_END)
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += _more(connection)
        return body


def _more(connection: socket.socket) -> bytes:
    received = connection.recv(65536)
    assert received, "the server closed the connection"
    return received
