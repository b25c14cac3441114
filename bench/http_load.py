"""A browser that costs next to nothing: one kept connection, one prepared request."""

from __future__ import annotations

import socket
import time
from collections.abc import Mapping
from typing import Self
from urllib.parse import urlsplit

HEADERS_END = b"\r\n\r\n"


class Asker:
    """Asks for one page again and again."""

    def __init__(self, url: str, headers: Mapping[str, str] | None = None) -> None:
        address = urlsplit(url)
        path = address.path + (f"?{address.query}" if address.query else "")
        lines = [f"GET {path} HTTP/1.1", f"Host: {address.netloc}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self._request = ("\r\n".join(lines) + "\r\n\r\n").encode()
        self._socket = socket.create_connection((address.hostname, address.port), timeout=30)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._socket.close()

    def seconds(self) -> float:
        """How long one answer takes."""
        started = time.perf_counter()
        self.body()
        return time.perf_counter() - started

    def body(self) -> bytes:
        self._socket.sendall(self._request)
        answer = b""
        while HEADERS_END not in answer:
            answer += self._more()
        head, body = answer.split(HEADERS_END, 1)
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += self._more()
        return body

    def _more(self) -> bytes:
        received = self._socket.recv(65536)
        assert received, "the server closed the connection"
        return received
