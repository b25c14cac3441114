"""Which ports to serve on."""

from __future__ import annotations

import socket
from contextlib import suppress

TRIES = 100


class NoPortError(Exception):
    """There is no port to serve on; the message says why."""


def asked_for(text: str) -> int:
    """The port somebody asked for; another one in its place would only confuse them."""
    port = int(text) if text.isdecimal() else 0
    if not 0 < port < 2**16:
        raise NoPortError(f"PORT is {text!r}, but a port is a number from 1 to 65535.")
    if not _is_free(port):
        raise NoPortError(f"Port {port} is in use. Choose another: PORT=8080 make demo")
    return port


def first_free(start: int) -> int:
    """The first free port from `start` up."""
    for port in range(start, start + TRIES):
        if _is_free(port):
            return port
    raise NoPortError(f"No free port between {start} and {start + TRIES}.")


def any_free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def _is_free(port: int) -> bool:
    """On both loopbacks: `localhost` may lead a browser to either."""
    with suppress(OSError), socket.create_server(("127.0.0.1", port)):
        return not _answers_on_ipv6(port)
    return False


def _answers_on_ipv6(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("::1", port), timeout=0.2):
        return True
    return False
