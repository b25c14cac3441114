"""TCP and TLS on which no server can outlast the deadline, one dripping byte at a time (O9, F31).

httpx's own timeouts start anew with each byte; here every wait is cut to what is left.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
from collections.abc import Iterable
from typing import Any

import httpcore

from portal.providers.deadlines import TICK_SECONDS, Deadline, Lookout, no_one

SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)
Address = tuple[Any, ...]


class Watch:
    """The deadline and the lookout of the one answer that is being read."""

    def __init__(self) -> None:
        self.deadline = Deadline.after(0)
        self.lookout = Lookout(no_one)

    def seconds_left(self, at_most: float | None) -> float:
        left = self.deadline.left()
        if left <= 0:
            raise httpcore.ReadTimeout("the deadline has passed")
        return left if at_most is None else min(left, at_most)


class WatchedStream(httpcore.NetworkStream):
    """A connection whose every wait ends at the watch's deadline."""

    def __init__(self, stream: httpcore.NetworkStream, watch: Watch) -> None:
        self._stream = stream
        self._watch = watch

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        while True:
            patience = self._watch.seconds_left(TICK_SECONDS)
            try:
                received = self._stream.read(max_bytes, timeout=patience)
            except httpcore.ReadTimeout:
                self._watch.lookout.look()
            else:
                self._watch.lookout.look()
                return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, timeout=self._watch.seconds_left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        patience = self._watch.seconds_left(timeout)
        secured = self._stream.start_tls(ssl_context, server_hostname, timeout=patience)
        return WatchedStream(secured, self._watch)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class WatchedBackend(httpcore.NetworkBackend):
    """Opens watched connections; the name lookup and all addresses share the connect timeout,
    so that one dead address leaves time for the next."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        deadline = Deadline.after(self._watch.seconds_left(timeout))
        addresses = addresses_of(host, port, deadline)
        failure: Exception = httpcore.ConnectError("the name has no address")
        for untried in range(len(addresses), 0, -1):
            patience = max(0.01, deadline.left() / untried)
            try:
                stream = self._plain.connect_tcp(
                    addresses[-untried], port, patience, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return WatchedStream(stream, self._watch)
        raise failure


def addresses_of(host: str, port: int, deadline: Deadline) -> list[str]:
    """The host's addresses; the system's lookup knows no timeout, so a thread waits for it."""
    found: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            found.put(OSError(str(error)))
        else:
            found.put(list(dict.fromkeys(str(address[0]) for *_, address in entries)))

    threading.Thread(target=look_up, daemon=True, name="name-lookup").start()
    try:
        answer = found.get(timeout=max(0.0, deadline.left()))
    except queue.Empty:
        raise httpcore.ConnectTimeout("the name lookup took too long") from None
    if isinstance(answer, OSError):
        raise httpcore.ConnectError("the name lookup failed") from answer
    return answer
