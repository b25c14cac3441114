"""A Clever on a raw socket that can break any of its answers, byte by byte.

It serves a HealthyDistrict. `answer(path, …)` replaces the next answers at a path (then it is
healthy again), `always(path, …)` every one of them; both can be narrowed to one page of a list.
"""

from __future__ import annotations

import json
import socket
import socketserver
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.healthy_district import HealthyDistrict, Json, page_number

REASONS = {200: "OK", 429: "Too Many Requests"}


@dataclass
class Hit:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: str

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def authorization(self) -> str | None:
        return self.headers.get("authorization")


@dataclass
class Exchange:
    """A request to answer: `healthy` is what a well Clever would say, None for its 404."""

    connection: socket.socket
    hit: Hit
    healthy: Json | None
    stopping: threading.Event

    def send(self, sent: bytes) -> None:
        self.connection.sendall(sent)


Answer = Callable[[Exchange], None]


@dataclass
class HostileClever:
    """The running server: its address, its district, and everything that was asked of it."""

    origin: str
    district: HealthyDistrict
    hits: list[Hit] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    _scripts: list[tuple[str, int | None, Iterator[Answer]]] = field(default_factory=list)

    def answer(self, path: str, *answers: Answer, page: int | None = None) -> None:
        """The next requests for this path are answered so, one answer each."""
        self._scripts.append((path, page, iter(answers)))

    def always(self, path: str, answer: Answer, page: int | None = None) -> None:
        """Every request for this path is answered so."""
        self._scripts.append((path, page, iter(lambda: answer, None)))

    def heal(self) -> None:
        """Every answer is well again, and nothing has been asked."""
        self._scripts.clear()
        self.hits.clear()

    def paths(self) -> list[str]:
        return [hit.path for hit in self.hits]

    def scripted(self, hit: Hit) -> Answer:
        for path, page, answers in self._scripts:
            if path == hit.path and page in (None, page_number(hit.target)):
                answer = next(answers, None)
                if answer is not None:
                    return answer
        return well


def well(exchange: Exchange) -> None:
    """The healthy answer, or Clever's own 404 (Clever's specification, NotFound)."""
    if exchange.healthy is None:
        status(404, b'{"message": "Resource not found"}', Content_Type="application/json")(exchange)
    else:
        answered(exchange.healthy)(exchange)


def raw(sent: bytes) -> Answer:
    """Exactly these bytes, then the end of the connection."""
    return lambda exchange: exchange.send(sent)


def status(code: int, body: bytes = b"", **headers: str) -> Answer:
    """An answer with an honest length; header names are written with underscores."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    fields = {"Content-Length": str(len(body)), "Connection": "close", **fields}
    lines = [f"HTTP/1.1 {code} {REASONS.get(code, 'Status')}"]
    lines += [f"{name}: {value}" for name, value in fields.items()]
    return raw("\r\n".join([*lines, "", ""]).encode() + body)


def body(sent: bytes, **headers: str) -> Answer:
    """A 200 with these bytes as its JSON."""
    return status(200, sent, **{"Content_Type": "application/json", **headers})


def answered(value: Any) -> Answer:
    return body(json.dumps(value).encode())


def changed(edit: Callable[[Json], object]) -> Answer:
    """The healthy answer after an edit of its JSON in place."""

    def send(exchange: Exchange) -> None:
        healthy = json.loads(json.dumps(exchange.healthy))
        edit(healthy)
        answered(healthy)(exchange)

    return send


def in_a_record(extra: str) -> Answer:
    """The healthy page, with some raw JSON inside its first record."""

    def send(exchange: Exchange) -> None:
        text = json.dumps(exchange.healthy)
        body(text.replace('{"data": {', '{"data": {' + extra + ", ", 1).encode())(exchange)

    return send


def recoded(encoding: str) -> Answer:
    """The healthy page with an é, in another encoding than UTF-8."""

    def send(exchange: Exchange) -> None:
        healthy = json.loads(json.dumps(exchange.healthy))
        healthy["data"][0]["data"]["name"]["first"] = "Zoé"
        body(json.dumps(healthy, ensure_ascii=False).encode(encoding))(exchange)

    return send


def html(code: int = 200) -> Answer:
    page = b"<!doctype html><title>Back soon</title>"
    return status(code, page, Content_Type="text/html; charset=utf-8")


def redirect(location: str, code: int = 302) -> Answer:
    return status(code, Location=location)


def short_of_its_length() -> Answer:
    """Half of the healthy body under a Content-Length that promises all of it (M02)."""

    def send(exchange: Exchange) -> None:
        whole = json.dumps(exchange.healthy).encode()
        status(
            200,
            whole[: len(whole) // 2],
            Content_Type="application/json",
            Content_Length=str(len(whole)),
        )(exchange)

    return send


def cut_in_a_chunk() -> Answer:
    """A chunked body that ends inside a chunk (M03)."""
    head = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    return raw(head + b'400\r\n{"data": [')


def reset_mid_body() -> Answer:
    """The connection is reset after the first bytes of the body (F32)."""

    def send(exchange: Exchange) -> None:
        body(b'{"data": [', Content_Length="1000")(exchange)
        _wait(exchange, 0.05)
        exchange.connection.setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", True, False)
        )

    return send


def hang_up() -> Answer:
    """No answer at all, only the end of the connection."""
    return raw(b"")


def silence() -> Answer:
    """No answer and no end."""
    return lambda exchange: _wait(exchange, 60)


def drip(before: bytes = b"", seconds: float = 0.05) -> Answer:
    """`before` at once, then one byte after another for as long as anyone listens (F31)."""

    def send(exchange: Exchange) -> None:
        exchange.send(before)
        while not exchange.stopping.is_set():
            exchange.send(b" ")
            _wait(exchange, seconds)

    return send


def gzip_bomb(megabytes: int = 100) -> Answer:
    """About 100 kB that unpack to 100 MB of JSON (M11), packed without ever holding them."""
    packer = zlib.compressobj(9, wbits=31)
    zeros = b"0" * 1024 * 1024
    packed = packer.compress(b'{"data": ["') + b"".join(
        packer.compress(zeros) for _ in range(megabytes)
    )
    return body(packed + packer.compress(b'"]}') + packer.flush(), Content_Encoding="gzip")


def _wait(exchange: Exchange, seconds: float) -> None:
    exchange.stopping.wait(seconds)


@contextmanager
def hostile_clever(students: int = 26) -> Iterator[HostileClever]:
    """Serve on a free port until the end of the block."""

    class Connection(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                hit = _received(self.request)
                if hit is not None:
                    clever.hits.append(hit)
                    healthy = clever.district.answer(hit.target)
                    answer = clever.scripted(hit)
                    answer(Exchange(self.request, hit, healthy, clever.stopping))

    with _Server(("127.0.0.1", 0), Connection) as server:
        origin = f"http://127.0.0.1:{server.server_address[1]}"
        clever = HostileClever(origin, HealthyDistrict(students))
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        try:
            yield clever
        finally:
            clever.stopping.set()
            server.shutdown()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 64


def _received(connection: socket.socket) -> Hit | None:
    """The whole request, or None if the client went away."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += (more := connection.recv(65536))
        if not more:
            return None
    head, _, content = received.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    while len(content) < int(headers.get("content-length", "0")):
        content += connection.recv(65536)
    method, target, _ = first.split(" ")
    return Hit(method, target, headers, content.decode())
